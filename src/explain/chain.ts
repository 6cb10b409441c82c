import type { Law } from '../audit.ts';
import { Severity } from '../domain/finding.ts';
import type { Observation } from '../domain/observation.ts';
import { sortedBy } from '../domain/order.ts';
import { isPlacedIn } from '../domain/place.ts';
import type { StandingWord } from '../domain/standing.ts';
import type { Ledger } from '../inventory/ledger.ts';
import type { Row } from '../inventory/row.ts';
import type { AnyRule, Verdict } from '../judge/define-rule.ts';
import { judge } from '../judge/judge.ts';
import { isOff, optionsOf, severityOf } from '../judge/policy.ts';
import { fillMessage, fillWhole, formatStanding, nextStepFor, tellObservation } from '../report/words.ts';

/** One fact that a row's standing rests on, with where it was read. */
export type Step = Readonly<{ at: string; says: string; source: string; locator: string; trust?: string }>;

/** What a rule said of a row. */
export type Said = Readonly<{ rule: string; outcome: Verdict['outcome'] | 'dormant'; says: string; severity?: Severity; fix?: string }>;

/** The whole chain of one row, told in order of time. */
export type Chain = Readonly<{
  where: string;
  standing: StandingWord;
  says: string;
  runs: string;
  digests: readonly string[];
  steps: readonly Step[];
  difference?: string;
  rules: readonly Said[];
  next?: string;
}>;

/** Tells one row: what it runs, what its standing rests on, and what every rule says of it. */
export function chainOf(ledger: Ledger, row: Row, { rules, plan }: Pick<Law, 'rules' | 'plan'>): Chain {
  const standing = ledger.standing(row);
  const origin = ledger.originOf(row);
  const evidence = [...standing.evidence, ...row.running, ...(origin.known ? origin.evidence : [])];
  const next = standing.is === 'unresolved' ? nextStepFor(standing.reason, ledger.unheardGates) : undefined;
  return {
    where: row.where,
    standing: standing.is,
    says: formatStanding(standing),
    runs: `${row.line}@${row.artifact?.digest ?? row.running[0]?.digest ?? 'no digest'}`,
    digests: [...ledger.familyOf(row)].toSorted(),
    steps: stepsOf(evidence),
    ...(standing.difference ? { difference: standing.difference.says } : {}),
    rules: saidOf(ledger, row, { rules, plan }),
    ...(next ? { next } : {}),
  };
}

function stepsOf(evidence: readonly Observation[]): Step[] {
  const steps = [...new Set(evidence)].map((seen) => ({
    at: seen.at,
    says: tellObservation(seen),
    source: seen.origin.source,
    locator: seen.origin.locator,
    ...('trust' in seen ? { trust: seen.trust } : {}),
  }));
  const distinct = new Map(steps.map((step) => [JSON.stringify(step), step]));
  return sortedBy([...distinct.values()], ({ at, says, locator }) => `${at} ${says} ${locator}`);
}

/** What is to be mended first comes first: the most severe drift, then what only explains one, then what is not known. */
function saidOf(ledger: Ledger, row: Row, { rules, plan }: Pick<Law, 'rules' | 'plan'>): readonly Said[] {
  const awake = rules.filter((rule) => rule.judges === 'deployed' && !isOff(rule, row.environment, plan));
  const ranked = awake.flatMap((rule) => {
    const verdict = judge(rule, row, ledger, optionsOf(rule, plan));
    const severity = verdict.outcome === 'drift' ? severityOf(rule, verdict.message, row, plan) : undefined;
    if (severity === 'off') return [];
    const said = { ...toSaid(rule, verdict), ...(severity ? { severity } : {}) };
    return [{ said, rank: rankOf(said, rule) }];
  });
  return sortedBy(ranked, ({ said, rank }) => `${rank} ${said.rule}`).map(({ said }) => said);
}

function rankOf({ outcome, severity }: Said, { explains }: AnyRule): number {
  if (severity) return Severity.options.indexOf(severity) + (explains ? Severity.options.length : 0);
  return 2 * Severity.options.length + (outcome === 'unknown' ? 0 : 1);
}

function toSaid(rule: AnyRule, verdict: Verdict): Said {
  const { outcome } = verdict;
  switch (outcome) {
    case 'pass':
      return { rule: rule.id, outcome, says: '' };
    case 'not-applicable':
      return { rule: rule.id, outcome, says: rule.skips[verdict.because] ?? verdict.because };
    case 'unknown':
      return { rule: rule.id, outcome: isDormant(verdict.because) ? 'dormant' : outcome, says: verdict.because.join('; ') };
    case 'drift':
      return {
        rule: rule.id,
        outcome,
        says: fillMessage(rule.messages[verdict.message] ?? '', verdict.facts),
        fix: fillWhole(rule.fix, verdict.facts),
      };
  }
}

/** Nobody configured what it needs: it is asleep, and says nothing of this row. */
function isDormant(because: readonly string[]): boolean {
  return because.every((reason) => reason.endsWith('not-configured'));
}

/** The rows that a question is about: a place, a digest or its first twelve characters, a commit, an image line. */
export function rowsAbout(ledger: Ledger, what: string): readonly Row[] {
  const hex = what.replace(/^sha(?:256|512):/, '');
  const isHex = /^[0-9a-f]{6,}$/.test(hex);
  return ledger.rows.filter((row) => {
    if (row.where === what || isPlacedIn(row.where, what) || isInjectedAs(row, what) || row.line === what.replace(/[@:][^/]*$/, ''))
      return true;
    if (!isHex) return false;
    const builds = ledger.originOf(row);
    const commit = builds.known && typeof builds.value === 'object' ? builds.value.source?.commit : undefined;
    return (
      (commit?.startsWith(hex) ?? false) ||
      [...ledger.familyOf(row)].some((digest) => digest.slice(digest.indexOf(':') + 1).startsWith(hex))
    );
  });
}

/** What was injected into many workloads goes by its environment and container, as reports say it. */
function isInjectedAs({ workload, environment, container }: Row, what: string): boolean {
  return workload.kind === 'Injected' && what === `${environment}/${container}`;
}
