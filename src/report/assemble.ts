import { canonicalJson, identify, sha256 } from '../domain/identify.ts';
import type { Gap, Observation } from '../domain/observation.ts';
import { byKey, byText, groupBy } from '../domain/order.ts';
import type { Plan } from '../domain/plan.ts';
import type { Recording } from '../domain/recording.ts';
import type { EnvironmentCoverage, Report, ReportRow } from '../domain/report.ts';
import type { Ledger } from '../inventory/ledger.ts';
import type { Row } from '../inventory/row.ts';
import type { Judged } from '../judge/judge.ts';
import { exitCodeOf } from './exit-code.ts';
import { findingsOf } from './findings.ts';
import { formatStanding, nextStepFor, tellObservation } from './words.ts';

export type Assembly = Readonly<{
  recordings: readonly Recording[];
  ledger: Ledger;
  judged: readonly Judged[];
  plan: Plan;
  version: string;
}>;

/** Puts together everything an audit concluded; the same recordings and plan give the same bytes. */
export function assembleReport({ recordings, ledger, judged, plan, version }: Assembly): Report {
  const inOrder = recordings.toSorted(byKey(({ takenAt, digest }) => `${takenAt.to} ${digest}`));
  const rows = ledger.rows.map((row) => toReportRow(row, ledger));
  const { findings, cited } = findingsOf(judged, ledger, plan);
  const gaps = gapsOf(inOrder);
  const unknowns = unknownsOf(judged);
  const isDormant = ({ because }: Report['unknowns'][number]) => because.endsWith('not-configured');
  const lastRank = plan.promotion.at(-1) ?? [];
  return {
    schema: 'selfsame/report/v1',
    tool: { name: 'selfsame', version },
    effectiveAt: inOrder.at(-1)?.takenAt.to ?? '1970-01-01T00:00:00Z',
    recordings: inOrder.map(({ digest, takenAt }) => ({ digest, takenAt })),
    plan: `sha256:${sha256(canonicalJson(plan))}`,
    promotion: plan.promotion,
    ...exitCodeOf({ findings, rows, gaps, lastRank, failOn: plan.failOn }),
    coverage: plan.promotion
      .slice(1)
      .flat()
      .map((environment) => coverageOf(environment, rows, ledger)),
    upstreamOnly: ledger.upstreamOnly,
    rows,
    findings,
    unknowns: unknowns.filter((one) => !isDormant(one)),
    dormant: [...new Set(unknowns.filter(isDormant).map(({ rule }) => rule))].toSorted(byText),
    tally: tallyOf(judged),
    gaps,
    evidence: Object.fromEntries([...cited].map(tellCited).toSorted(byKey(([id]) => id))),
  };
}

function tellCited(seen: Observation): [string, Report['evidence'][string]] {
  return [identify(seen), { kind: seen.kind, at: seen.at, origin: seen.origin, says: tellObservation(seen) }];
}

function toReportRow(row: Row, ledger: Ledger): ReportRow {
  const standing = ledger.standing(row);
  const { is, reason, tier, order, rung, confidence, counterpart } = standing;
  const next = is === 'unresolved' ? nextStepFor(reason) : undefined;
  const digest = row.artifact?.digest ?? row.running[0]?.digest ?? '';
  return {
    where: row.where,
    environment: row.environment,
    image: row.line,
    artifact: row.artifact?.key ?? '',
    digest,
    ...(row.artifact?.platform ? { platform: row.artifact.platform } : {}),
    instances: row.instances,
    last: row.last,
    standing: { is, reason, ...(tier ? { tier } : {}), ...(order ? { order } : {}), ...(rung ? { rung } : {}), confidence },
    text: formatStanding(standing),
    ...(next ? { next } : {}),
    ...(counterpart ? { counterpart: counterpart.digest } : {}),
  };
}

function coverageOf(environment: string, rows: readonly ReportRow[], ledger: Ledger): EnvironmentCoverage {
  const here = rows.filter((row) => row.environment === environment);
  const firstParty = here.filter(({ standing }) => standing.is !== 'vendor');
  const withOrigin = ledger.rows.filter((row) => {
    const origin = row.environment === environment ? ledger.originOf(row) : undefined;
    return origin?.known === true && typeof origin.value === 'object';
  });
  const standings = [...groupBy(here, ({ standing }) => standing.is)].map(([word, group]) => [word, group.length] as const);
  return {
    environment,
    rows: here.length,
    instances: here.reduce((sum, { instances }) => sum + instances, 0),
    firstParty: firstParty.length,
    rehearsed: firstParty.filter(({ standing }) => standing.is === 'selfsame' || standing.is === 'equivalent').length,
    originKnown: withOrigin.length,
    standings: Object.fromEntries(standings.toSorted(byKey(([word]) => word))),
  };
}

/** Gaps that no later recording has answered. */
function gapsOf(recordings: readonly Recording[]): Omit<Gap, 'at'>[] {
  const gaps = recordings.flatMap(({ observations }, at) => {
    const later = recordings
      .slice(at + 1)
      .flatMap((recording) => recording.observations.filter((seen) => seen.kind === 'coverage' || seen.kind === 'gap'));
    const isAnswered = (gap: Gap) => later.some(({ of, scope }) => of === gap.of && samePlace(scope, gap.scope));
    return observations.filter((seen) => seen.kind === 'gap').filter((gap) => !isAnswered(gap));
  });
  const distinct = new Map(gaps.map(({ at: _, ...gap }) => [canonicalJson(gap), gap]));
  return [...distinct].toSorted(byKey(([key]) => key)).map(([, gap]) => gap);
}

function samePlace({ since: _a, until: _b, ...a }: Gap['scope'], { since: _c, until: _d, ...b }: Gap['scope']): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

function unknownsOf(judged: readonly Judged[]): Report['unknowns'] {
  const all = judged.flatMap(({ rule, row, verdict }) =>
    verdict.outcome === 'unknown' ? verdict.because.map((because) => ({ rule: rule.id, because, where: row.where })) : [],
  );
  return [...groupBy(all, ({ rule, because }) => `${rule} ${because}`)]
    .toSorted(byKey(([key]) => key))
    .flatMap(([, [first, ...more]]) =>
      first ? [{ rule: first.rule, because: first.because, where: [first, ...more].map(({ where }) => where).toSorted(byText) }] : [],
    );
}

function tallyOf(judged: readonly Judged[]): Report['tally'] {
  const count = (outcome: string) => judged.filter(({ verdict }) => verdict.outcome === outcome).length;
  return { pass: count('pass'), drift: count('drift'), unknown: count('unknown'), notApplicable: count('not-applicable') };
}
