import {
  defineReporter,
  type Finding,
  isOpen,
  printable,
  printableJson,
  type Report,
  type ReportEvent,
  type Severity,
  VERDICTS,
} from 'selfsame';

/** A receiver takes an event of some ten kilobytes and reads the report where it wants more. */
const LISTED_FINDINGS = 100;
const LISTED_PLACES = 5;
const TEXT_LENGTH = 500;

export default defineReporter({
  id: 'webhook',
  title: 'One small event for a program of your own, selfsame/event/v1',
  mediaType: 'application/json',
  *render(report) {
    yield `${printableJson(JSON.stringify(eventOf(report)))}\n`;
  },
});

function eventOf(report: Report): ReportEvent {
  const { tool, effectiveAt, recordings, plan, exitCode, because, only, view, coverage } = report;
  const findings = report.findings.filter(({ under }) => !under);
  const [newest] = recordings.toSorted((a, b) => (a.takenAt.to < b.takenAt.to ? 1 : -1));
  const listed = [...findings.filter(isOpen), ...findings.filter((one) => !isOpen(one))].slice(0, LISTED_FINDINGS);
  return {
    schema: 'selfsame/event/v1',
    tool,
    effectiveAt,
    recording: newest?.digest ?? '',
    plan,
    exitCode,
    verdict: VERDICTS[exitCode],
    because: because.map(short),
    only,
    ...(view ? { owner: view.owner } : {}),
    coverage: coverage.map(({ environment, firstParty, rehearsed, standings }) => ({ environment, firstParty, rehearsed, standings })),
    counts: countsOf(findings, report),
    findings: listed.map(tellFinding),
    left: findings.length - listed.length,
  };
}

function countsOf(findings: readonly Finding[], { rows, gaps }: Report): ReportEvent['counts'] {
  const count = (wanted: Severity) => findings.filter((one) => isOpen(one) && one.severity === wanted).length;
  return {
    high: count('high'),
    medium: count('medium'),
    low: count('low'),
    info: count('info'),
    waived: findings.filter(({ waived }) => waived).length,
    later: findings.filter(({ waived, from }) => from && !waived).length,
    unresolved: rows.filter(({ standing, waived }) => standing.is === 'unresolved' && !waived).length,
    gaps: gaps.length,
  };
}

function tellFinding(finding: Finding): ReportEvent['findings'][number] {
  const { fingerprint, rule, severity, confidence, text, where, owners = [], at } = finding;
  return {
    fingerprint,
    rule,
    severity,
    confidence,
    counted: isOpen(finding),
    text: short(text),
    where: where.slice(0, LISTED_PLACES),
    places: where.length,
    owners,
    ...(at ? { at } : {}),
  };
}

function short(text: string): string {
  const told = printable(text);
  return told.length > TEXT_LENGTH ? `${told.slice(0, TEXT_LENGTH - 1).toWellFormed()}…` : told;
}
