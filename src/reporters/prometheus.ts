import { defineReporter, isOpen, isToMend, printable, type Report, type Severity } from 'selfsame';

type Sample = Readonly<{ labels: Readonly<Record<string, string>>; value: number }>;
const SEVERITIES: readonly Severity[] = ['high', 'medium', 'low', 'info'];

export default defineReporter({
  id: 'prometheus',
  title: 'Metrics for the textfile collector of the Prometheus node exporter',
  mediaType: 'text/plain',
  *render(report) {
    const { coverage, gaps, exitCode, effectiveAt, rows } = report;
    yield metric('selfsame_exit_code', '0 complete and clean, 1 drift, 3 inconclusive.', [{ labels: {}, value: exitCode }]);
    yield metric('selfsame_effective_timestamp_seconds', 'When the newest recording was taken: alert on its age.', [
      { labels: {}, value: Date.parse(effectiveAt) / 1000 },
    ]);
    yield metric('selfsame_rows', 'Containers by environment and standing.', coverage.flatMap(standingsOf));
    yield metric(
      'selfsame_findings',
      'Findings that count: not waived, of rules that apply, and not known before, by rule and severity.',
      findingsOf(report),
    );
    yield metric('selfsame_findings_known', 'Findings that counted before, where only new ones do, by severity.', knownOf(report));
    yield metric('selfsame_findings_waived', 'Findings that are waived.', [
      { labels: {}, value: report.findings.filter(({ waived, under }) => waived && !under).length },
    ]);
    yield metric('selfsame_findings_later', 'Findings of rules that apply from a later day.', [
      { labels: {}, value: report.findings.filter((finding) => finding.from && isToMend(finding)).length },
    ]);
    yield metric('selfsame_waivers', 'Waivers by what became of them; what is expiring or too-broad is applied too.', waiversOf(report));
    yield metric('selfsame_gaps', 'Gaps in what was read, by kind.', countsOf(gaps.map(({ of, because }) => ({ of, because }))));
    yield metric('selfsame_rehearsed_ratio', 'Share of first-party containers that run what was rehearsed.', coverage.flatMap(rehearsedOf));
    yield metric('selfsame_unresolved', 'Containers that could not be judged, by reason.', countsOf(unresolvedOf(rows)));
  },
});

/** One metric with its help and type; a gauge without samples is told as nothing but those, so that it is known to be there. */
function metric(name: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

function standingsOf({ environment, standings }: Report['coverage'][number]): Sample[] {
  return Object.entries(standings).map(([standing, value]) => ({ labels: { environment, standing }, value }));
}

function rehearsedOf({ environment, firstParty, rehearsed }: Report['coverage'][number]): Sample[] {
  return firstParty === 0 ? [] : [{ labels: { environment }, value: rehearsed / firstParty }];
}

/** A total for each severity, zero too, so that an alert on it resolves; then every rule that found something. */
function findingsOf({ findings }: Report): Sample[] {
  const open = findings.filter(isOpen);
  const found = countsOf(open.map(({ rule, severity }) => ({ rule, severity })));
  const quiet = SEVERITIES.filter((severity) => !open.some((one) => one.severity === severity));
  return [...found, ...quiet.map((severity) => ({ labels: { rule: '', severity }, value: 0 }))];
}

/** Each severity, zero too, so that they can be added to those that count. */
function knownOf({ findings }: Report): Sample[] {
  const known = findings.filter((finding) => finding.since && !finding.from && isToMend(finding));
  return SEVERITIES.map((severity) => ({ labels: { severity }, value: known.filter((one) => one.severity === severity).length }));
}

/** A zero too for each that somebody has to look at, so that an alert on it resolves. */
function waiversOf({ waivers }: Report): Sample[] {
  const states = waivers.flatMap(({ state, concerns }) => [state, ...concerns.map(({ is }) => is)]);
  const told = ['applied', 'expired', 'expiring', 'not-applied', 'stale-digest', 'too-broad', 'unused'];
  return told.map((state) => ({ labels: { state }, value: states.filter((one) => one === state).length }));
}

function unresolvedOf(rows: Report['rows']): Readonly<Record<string, string>>[] {
  const open = rows.filter(({ standing, waived }) => standing.is === 'unresolved' && !waived);
  return open.map(({ environment, standing }) => ({ environment, reason: standing.reason }));
}

function countsOf(all: readonly Readonly<Record<string, string>>[]): Sample[] {
  const groups = Map.groupBy(all, (labels) => JSON.stringify(labels));
  return [...groups.values()].flatMap((group) => (group[0] ? [{ labels: group[0], value: group.length }] : []));
}

/** The text format allows any character in a label but a bare backslash, quote or line feed (prometheus.io, Exposition formats). */
function escapeLabel(text: string): string {
  return printable(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
