import { type Finding, reaches, Severity, type Waived } from '../domain/finding.ts';
import { identify, sha256 } from '../domain/identify.ts';
import type { Observation } from '../domain/observation.ts';
import { byKey, byText, groupBy } from '../domain/order.ts';
import type { Plan, Waiver } from '../domain/plan.ts';
import { weakest } from '../domain/trust.ts';
import type { Ledger } from '../inventory/ledger.ts';
import type { Row } from '../inventory/row.ts';
import type { Judged } from '../judge/judge.ts';
import { notBefore, severityOf } from '../judge/policy.ts';
import type { Waivers } from '../judge/waivers.ts';
import { isOpen } from './is-open.ts';
import { mayStandUnder } from './may-stand-under.ts';
import { fillMessage, fillWhole } from './words.ts';

/** Before what rules say of a container, where only a channel names it. */
const PUBLISHED = 'By what its channel publishes (nobody saw it run): ';

type Drift = Readonly<{
  rule: Judged['rule'];
  row: Row;
  verdict: Extract<Judged['verdict'], { outcome: 'drift' }>;
  severity: Severity;
  waiver: Waiver | undefined;
}>;

export type Found = Readonly<{
  findings: readonly Finding[];
  cited: ReadonlySet<Observation>;
  waived: number;
  /** The rows of every finding, by its fingerprint. */
  rowsOf: ReadonlyMap<string, readonly Row[]>;
}>;

/** How a plan is applied on a day: the end of the newest recording. */
export type Terms = Readonly<{ plan: Plan; waivers: Waivers; today: string }>;

/** Findings, one per rule, artifact and counterpart, with every row that uses it; and the observations they cite. */
export function findingsOf(judged: readonly Judged[], ledger: Ledger, terms: Terms): Found {
  const drifts = judged.flatMap((one) => toDrift(one, ledger, terms));
  const groups = [...groupBy(drifts, (drift) => groupKeyOf(drift, ledger, terms.plan)).values()].map((group) => ({
    group,
    finding: toFinding(group, ledger, terms),
  }));
  const primaryOf = primaries(groups);
  const findings = groups.map(({ group, finding }) => {
    const under = group[0]?.rule.explains ? coveredBy(group, finding, primaryOf) : undefined;
    return under ? { ...finding, under } : finding;
  });
  return {
    findings: worstFirst(findings),
    rowsOf: new Map(groups.map(({ group, finding }) => [finding.fingerprint, group.map(({ row }) => row)])),
    cited: new Set(drifts.flatMap(({ verdict }) => verdict.evidence)),
    waived: drifts.filter(({ waiver }) => waiver).length,
  };
}

/** Findings as reports list them. */
export function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted(byKey(({ severity, rule, fingerprint }) => `${Severity.options.indexOf(severity)} ${rule} ${fingerprint}`));
}

function toDrift({ rule, row, verdict }: Judged, ledger: Ledger, { plan, waivers }: Terms): Drift[] {
  if (verdict.outcome !== 'drift') return [];
  const severity = severityOf(rule, verdict.message, row, plan);
  if (severity === 'off') return [];
  const waiver = waivers.waiverFor({
    rule: rule.id,
    explains: rule.explains,
    standing: ledger.standing(row).is,
    where: row.where,
    family: ledger.familyOf(row),
    digest: row.artifact?.digest,
  });
  return [{ rule, row, verdict, severity, waiver }];
}

function groupKeyOf({ rule, row, verdict, severity, waiver }: Drift, ledger: Ledger, { waivers }: Plan): string {
  const counterpart = ledger.standing(row).counterpart?.key ?? '';
  return [rule.id, verdict.message, row.artifact?.key ?? row.where, counterpart, severity, waiver ? waivers.indexOf(waiver) : ''].join(' ');
}

/** Told under another only where that may be so for every row of it; a waiver accepts a finding with its cause, and nothing that only stands beside it. */
function coveredBy(group: readonly Drift[], finding: Finding, primaryOf: ReadonlyMap<Row, Finding>): string | undefined {
  const over = group.map(({ row }) => primaryOf.get(row));
  const isAccepted = finding.waived !== undefined || !group[0]?.rule.countsAlone;
  const isOver = (one: Finding | undefined) => one !== undefined && mayStandUnder(finding, one) && (!one.waived || isAccepted);
  return over.every(isOver) ? over[0]?.fingerprint : undefined;
}

/** The finding that each row is first of all told by: the most severe of ours that explains no other. */
function primaries(groups: readonly { group: readonly Drift[]; finding: Finding }[]): ReadonlyMap<Row, Finding> {
  const ordered = groups
    .filter(({ group: [first] }) => !first?.rule.explains && !first?.rule.yours)
    .toSorted((a, b) => rankOf(b) - rankOf(a));
  return new Map(ordered.flatMap(({ group, finding }) => group.map(({ row }) => [row, finding] as const)));
}

function rankOf({ finding }: { finding: Finding }): number {
  return Severity.options.indexOf(finding.severity);
}

function toFinding(group: readonly Drift[], ledger: Ledger, { plan, today }: Terms): Finding {
  // A group has at least the drift that opened it.
  const [{ rule, row, verdict, severity, waiver }] = group as readonly [Drift, ...Drift[]];
  const where = [...new Set(group.map((one) => one.row.where))].toSorted(byText);
  const standing = ledger.standing(row);
  return {
    fingerprint: sha256([rule.id, verdict.message, ...where].join('\n')).slice(0, 32),
    rule: rule.id,
    severity,
    confidence: weakest(group.map((one) => ledger.standing(one.row).confidence)),
    message: verdict.message,
    facts: verdict.facts,
    text: `${group.every((one) => one.row.published) ? PUBLISHED : ''}${fillMessage(rule.messages[verdict.message] ?? verdict.message, verdict.facts)}`,
    // The cause of a difference is none of a rule that tells of something else in the same row.
    ...(standing.difference && 'difference' in verdict.facts ? { cause: standing.difference.cause } : {}),
    fix: fillWhole(rule.fix, verdict.facts),
    artifact: row.artifact?.key ?? '',
    ...(standing.counterpart ? { counterpart: standing.counterpart.key } : {}),
    where,
    evidence: [...new Set(group.flatMap((one) => one.verdict.evidence.map(identify)))].toSorted(byText),
    ...notBefore(rule, plan, today),
    ...(waiver ? { waived: termsOf(waiver) } : {}),
  };
}

/** What a waiver that is applied says for itself. */
export function termsOf({ because = '', owner = '', until = '', approver, ticket }: Waiver): Waived {
  return { because, owner, until, ...(approver ? { approver } : {}), ...(ticket ? { ticket } : {}) };
}

/** Whether a finding decides an exit code: it is open, and severe enough. */
export function isCounted(finding: Finding, failOn: Severity): boolean {
  return isOpen(finding) && reaches(finding.severity, failOn);
}
