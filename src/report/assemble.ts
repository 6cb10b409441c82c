import type { Earlier } from '../domain/earlier.ts';
import type { Finding } from '../domain/finding.ts';
import { matches } from '../domain/glob.ts';
import { canonicalJson, sha256 } from '../domain/identify.ts';
import { byKey, byText, groupBy } from '../domain/order.ts';
import { isPlacedIn } from '../domain/place.ts';
import type { Plan } from '../domain/plan.ts';
import type { Recording } from '../domain/recording.ts';
import type { EnvironmentCoverage, Report, ReportRow } from '../domain/report.ts';
import type { Vouchable } from '../domain/statement.ts';
import type { Ledger } from '../inventory/ledger.ts';
import type { Row } from '../inventory/row.ts';
import type { AnyRule } from '../judge/define-rule.ts';
import type { Judged, JudgedFile } from '../judge/judge.ts';
import { ownedBy, ownerOfFile } from '../judge/owners.ts';
import { openWaivers, type Waivers } from '../judge/waivers.ts';
import { baseMovesOf } from './base-moves.ts';
import { evidenceOf } from './cited.ts';
import { clustersOf } from './clusters.ts';
import { exitCodeOf } from './exit-code.ts';
import { type FileTerms, type FoundInFiles, fileFindingsOf, filesJudged } from './file-findings.ts';
import { findingsOf, type Terms, termsOf, worstFirst } from './findings.ts';
import { gapsOf, gapsOfMissing, gapsOfShrinkage, gapsOfStale, gapsOfStaleKinds, gapsOfUnanswered, gapsOfUnseen } from './gaps.ts';
import { keepListOf } from './keep-list.ts';
import { knownBefore } from './known-before.ts';
import { lawOf } from './law-of.ts';
import { withCauses } from './likely-causes.ts';
import { owned } from './owners.ts';
import { registriesOf } from './registries.ts';
import { unclearOf } from './unclear.ts';
import { unknownsOf } from './unknowns.ts';
import { untoldBy } from './untold.ts';
import { formatStanding, nextStepFor } from './words.ts';

export type Assembly = Readonly<{
  recordings: readonly Recording[];
  ledger: Ledger;
  rules: readonly AnyRule[];
  judged: readonly Judged[];
  judgedFiles: readonly JudgedFile[];
  plan: Plan;
  version: string;
  /** What findings are compared with, where only those that are new decide. */
  earlier?: Earlier | undefined;
}>;

/** Puts together everything an audit concluded; the same recordings and plan give the same bytes. */
export function assembleReport({ recordings, ledger, rules, judged, judgedFiles, plan, version, earlier }: Assembly): Report {
  const inOrder = recordings.toSorted(byKey(({ takenAt, digest }) => `${takenAt.to} ${digest}`));
  const effectiveAt = inOrder.at(-1)?.takenAt.to ?? '1970-01-01T00:00:00Z';
  const today = effectiveAt.slice(0, 10);
  const waivers = openWaivers(plan, today);
  const terms = { plan, waivers, today };
  const rows = ledger.rows.map((row) => ({ ...toReportRow(row, ledger, waivers), ...ownedBy(row, plan) }));
  const asked = askedFor(inOrder);
  const isAlone = asked.has('workflow-file') && !asked.has('running-image') && !asked.has('channel');
  const { findings: found, cited, waived } = everyFinding({ judged, judgedFiles, ledger, ...terms, isAlone });
  const findings = knownBefore(found, earlier, { effectiveAt, law: lawOf(plan), failOn: plan.failOn });
  const gaps = everyGap(inOrder, isAlone ? [] : plan.promotion.flat(), ledger);
  return {
    schema: 'selfsame/report/v1',
    tool: { name: 'selfsame', version },
    effectiveAt,
    recordings: inOrder.map(({ digest, takenAt }) => ({ digest, takenAt })),
    plan: `sha256:${sha256(canonicalJson(plan))}`,
    law: lawOf(plan),
    ...(earlier ? { against: earlier.effectiveAt } : {}),
    promotion: plan.promotion,
    ...conclude({ findings, rows, gaps, ledger, judged, judgedFiles, terms, isAlone, against: earlier?.effectiveAt }),
    only: plan.only.toSorted(byText),
    coverage: (isAlone ? [] : plan.promotion.slice(1).flat()).map((environment) => coverageOf(environment, rows, ledger)),
    ...oldestOf(ledger),
    upstreamOnly: ledger.upstreamOnly,
    idle: [...ledger.idle],
    pending: [...ledger.pending],
    clusters: clustersOf(inOrder),
    ...registriesOf(inOrder),
    outside: ledger.outside.map((namespace) => ({ ...namespace, ours: [...namespace.ours], onPath: [...namespace.onPath] })),
    rows,
    files: filesJudged(ledger.workflows).map((file) => ({ ...file, ...ownerOfFile(file.where, plan) })),
    keep: keepListOf({ ledger, gaps, plan }),
    ...owned(findings, rows, plan),
    ...baseMovesOf(findings, rows),
    ...unknownsOf(judged, judgedFiles),
    unasked: asked.has('workflow-file') ? [] : rules.filter(({ judges }) => judges !== 'deployed').map(({ id }) => id),
    tally: tallyOf([...judged, ...judgedFiles], waived),
    waivers: waivers.states().map(toReportWaiver),
    gaps,
    evidence: evidenceOf(cited),
  };
}

type Concluding = Pick<Assembly, 'ledger' | 'judged' | 'judgedFiles'> &
  Pick<Report, 'rows' | 'gaps'> &
  Readonly<{ findings: readonly Finding[]; terms: Terms; isAlone: boolean; against: string | undefined }>;

function conclude({
  findings,
  rows,
  gaps,
  ledger,
  judged,
  judgedFiles,
  terms,
  isAlone,
  against,
}: Concluding): ReturnType<typeof exitCodeOf> {
  const { plan } = terms;
  const places = [...rows.map(({ where }) => where), ...ledger.idle];
  const unmatched = plan.only.filter((place) => !places.some((where) => isPlacedIn(where, place)));
  const strays = plan.only.length > 0 ? [] : ledger.outside.filter(({ onPath }) => onPath.length > 0);
  const isJudged = (environment: string) => isAsked(environment, plan) && (unmatched.length === 0 || rows.length > 0);
  const lastRank = isAlone ? [] : (plan.promotion.at(-1) ?? []).filter(isJudged);
  const unclear = isAlone ? unclearOf(judgedFiles) : { all: 0, decisive: 0 };
  const untold = untoldBy(judged, ledger, terms);
  return exitCodeOf({
    findings,
    rows,
    gaps,
    lastRank,
    isAlone,
    isEnough: plan.filesAlone === true,
    unclear,
    files: ledger.workflows.jobs.length + ledger.workflows.dockerfiles.length,
    untold,
    strays: strays.length,
    unmatched,
    failOn: plan.failOn,
    against,
  });
}

type Found = Pick<Assembly, 'judged' | 'judgedFiles' | 'ledger'> & FileTerms;

function everyFinding({ judged, judgedFiles, ledger, ...terms }: Found): FoundInFiles {
  const found = findingsOf(judged, ledger, terms);
  const inFiles = fileFindingsOf(judgedFiles, terms);
  return {
    findings: worstFirst(withCauses(found, inFiles.findings, ledger)),
    cited: new Set([...found.cited, ...inFiles.cited]),
    waived: found.waived + inFiles.waived,
  };
}

/** What sources were to answer for. */
function askedFor(recordings: readonly Recording[]): ReadonlySet<Vouchable> {
  const asked = new Set<Vouchable>();
  for (const { observations } of recordings) for (const seen of observations) if (seen.kind === 'expected') asked.add(seen.of);
  return asked;
}

function everyGap(inOrder: readonly Recording[], environments: readonly string[], { shrinkage, looks }: Ledger): Report['gaps'] {
  return [
    ...gapsOfUnseen(inOrder, environments),
    ...gapsOf(inOrder),
    ...gapsOfUnanswered(inOrder),
    ...gapsOfMissing(inOrder),
    ...gapsOfStale(inOrder, looks),
    ...gapsOfStaleKinds(inOrder),
    ...gapsOfShrinkage(shrinkage),
  ];
}

/** What was narrowed away is not missing. */
function isAsked(environment: string, { only }: Plan): boolean {
  return only.length === 0 || only.some((place) => matches(place.split('/')[0] ?? '', environment));
}

function toReportRow(row: Row, ledger: Ledger, waivers: Waivers): ReportRow {
  const standing = ledger.standing(row);
  const { is, reason, tier, order, rung, level, confidence, counterpart, parity } = standing;
  const next = is === 'unresolved' ? nextStepFor(reason, ledger.unheardGates) : undefined;
  const waiver =
    is === 'unresolved'
      ? waivers.waiverFor({ standing: is, where: row.where, family: ledger.familyOf(row), digest: row.artifact?.digest })
      : undefined;
  return {
    where: row.where,
    environment: row.environment,
    image: row.line,
    artifact: row.artifact?.key ?? '',
    digest: row.artifact?.digest ?? row.running[0]?.digest ?? '',
    ...(row.artifact?.platform ? { platform: row.artifact.platform } : {}),
    instances: row.instances,
    last: row.last,
    pending: row.pending,
    ...(row.published ? { published: true } : {}),
    standing: {
      is,
      reason,
      ...(tier ? { tier } : {}),
      ...(order ? { order } : {}),
      ...(rung ? { rung } : {}),
      ...(level ? { level } : {}),
      confidence,
    },
    text: formatStanding(standing),
    ...(next ? { next } : {}),
    ...(counterpart ? { counterpart: counterpart.digest } : {}),
    ...(parity ? { parity } : {}),
    ...(waiver ? { waived: termsOf(waiver) } : {}),
  };
}

function coverageOf(environment: string, rows: readonly ReportRow[], ledger: Ledger): EnvironmentCoverage {
  const here = rows.filter((row) => row.environment === environment);
  const firstParty = here.filter(({ standing }) => standing.is !== 'vendor');
  const withOrigin = ledger.rows.filter((row) => {
    const origin = row.environment === environment ? ledger.originOf(row) : undefined;
    return origin?.known === true && typeof origin.value === 'object';
  });
  const published = here.filter((row) => row.published).length;
  const differs = here.filter(({ parity }) => parity === 'differs').length;
  const standings = [...groupBy(here, ({ standing }) => standing.is)].map(([word, group]) => [word, group.length] as const);
  return {
    environment,
    rows: here.length,
    instances: here.reduce((sum, { instances }) => sum + instances, 0),
    firstParty: firstParty.length,
    rehearsed: firstParty.filter(({ standing }) => standing.is === 'selfsame' || standing.is === 'equivalent').length,
    originKnown: withOrigin.length,
    waived: here.filter(({ waived }) => waived).length,
    ...(published > 0 ? { published } : {}),
    ...(differs > 0 ? { differs } : {}),
    standings: Object.fromEntries(standings.toSorted(byKey(([word]) => word))),
  };
}

/** Upstream counts too: what it ran then may not be what it runs now. */
function oldestOf({ rows, looks }: Ledger): Pick<Report, 'oldest'> {
  const running = rows.flatMap((row) => row.running.map(({ at }) => at));
  const [oldest] = [...running, ...looks.map(({ at }) => at)].toSorted(byText);
  return oldest ? { oldest } : {};
}

function tallyOf(judged: readonly Pick<Judged, 'verdict'>[], waived: number): Report['tally'] {
  const count = (outcome: string) => judged.filter(({ verdict }) => verdict.outcome === outcome).length;
  return { pass: count('pass'), drift: count('drift') - waived, waived, unknown: count('unknown'), notApplicable: count('not-applicable') };
}

function toReportWaiver({ waiver, state, why, concerns }: ReturnType<Waivers['states']>[number]): Report['waivers'][number] {
  const { rule, standing, where, owner, until, approver, ticket } = waiver;
  const known = Object.entries({ owner, approver, ticket, until }).filter(([, value]) => value);
  return { about: rule ?? `standing ${standing}`, where, ...Object.fromEntries(known), state, why, concerns: [...concerns] };
}
