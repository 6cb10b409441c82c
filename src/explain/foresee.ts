import { judgeRecorded, type Law } from '../audit.ts';
import { Digest } from '../domain/digest.ts';
import { formatImageReference } from '../domain/image-reference.ts';
import { groupBy } from '../domain/order.ts';
import type { Plan } from '../domain/plan.ts';
import type { Recording } from '../domain/recording.ts';
import type { Report, ReportRow } from '../domain/report.ts';
import type { Vouchable } from '../domain/statement.ts';
import type { Closure } from '../inventory/closure.ts';
import { isCounted } from '../report/findings.ts';
import { asIfDeployed, type Candidate, type Destination } from './candidate.ts';
import { silentOn, untoldOf } from './untold.ts';

type Findings = Report['findings'];

/** A row as it would be judged. */
export type ForeseenRow = Readonly<
  ReportRow & {
    /** Why the candidate cannot run there at all. */
    unfit?: string;
    /** What of its release was rehearsed, and can run there. */
    instead?: string;
    /** Nothing of its line was seen in the environment: the place is made up. */
    invented?: true;
    /** Nothing runs there yet: its manifest adds it. */
    added?: true;
    /** The rules that could not tell: of an accusing standing, where no rule could, and wherever they must. */
    untold?: readonly string[];
  }
>;

/** What a candidate is judged by wherever it goes: a failed gate or a missing approval may stand in what was not read. */
const DECISIVE: ReadonlySet<Vouchable> = new Set(['build', 'test', 'approval', 'deployment']);

export type Verdict = 'may-go' | 'must-not-go' | 'cannot-tell';

/** An image with what becomes of it in all the places it goes to. */
export type ForeseenImage = Readonly<{
  image: string;
  /** Left out of what others build, where nothing says what its tag names. */
  digest?: string;
  environment: string;
  verdict: Verdict;
  where: readonly string[];
}>;

/** What a deployment of the candidates would make of their containers, and which findings would come and go. */
export type Foreseen = Readonly<{
  /** 0 they all may go, 1 one may not, 3 it cannot be told of one. */
  exitCode: 0 | 1 | 3;
  /** When the newest recording ended that it was judged by. */
  effectiveAt: string;
  images: readonly ForeseenImage[];
  rows: readonly ForeseenRow[];
  appear: Findings;
  /** Findings on what runs already, which would stay. */
  remain: Findings;
  disappear: Findings;
  /** What of builds, tests, approvals and deployments could not be read: a gate may have failed there. And what runs where they go. */
  gaps: Report['gaps'];
  /** The objects beside the candidates that hold an image and start nobody knows what: with one, not all is told. */
  notJudged?: readonly string[];
}>;

/** Judges the recordings as they are and as if the candidates were deployed, as though the path ended where they go. */
export function foresee(
  candidates: readonly Candidate[],
  recordings: readonly Recording[],
  { plan: whole, rules, version }: Law,
): Foreseen {
  const plan = endingAt(new Set(candidates.map(({ environment }) => environment)), whole);
  const law = { plan, rules, version };
  const before = judgeRecorded(recordings, plan, rules, version);
  const { recordings: after, destinations, closure } = asIfDeployed(recordings, candidates, plan);
  const report = judgeRecorded(after, plan, rules, version);
  const byPlace = new Map(destinations.map((destination) => [destination.where, destination]));
  const rows = report.rows.flatMap((row) => foreseenRow(row, byPlace.get(row.where), { report, closure, law }));
  const findings = at(report.findings, (place) => byPlace.has(place));
  const gaps = report.gaps.filter((gap) => DECISIVE.has(gap.of) || candidates.some((candidate) => isBlindTo(gap, candidate)));
  const images = [...groupBy(candidates, imageOf).values()].flatMap((group) => {
    const where = destinations.filter(({ candidate }) => group.includes(candidate)).map((one) => one.where);
    const here = at(findings, (place) => where.includes(place));
    const verdict = verdictOn(where, { rows: rowsIn(rows, where), findings: here, gaps }, plan);
    return group.slice(0, 1).map(({ image, digest, environment }) => {
      return { image: formatImageReference(image), ...(digest ? { digest } : {}), environment, verdict, where };
    });
  });
  const isKnown = (place: string, rule: string) => byPlace.has(place) && isJudged(report, rowsIn(rows, [place]), { place, rule });
  return {
    exitCode: exitCodeOf(images),
    effectiveAt: before.effectiveAt,
    images,
    rows,
    appear: at(findings, (place, finding) => !isAmong(before.findings, finding, place)),
    remain: at(findings, (place, finding) => isAmong(before.findings, finding, place)),
    disappear: at(before.findings, (place, finding) => isKnown(place, finding.rule) && !isAmong(report.findings, finding, place)),
    gaps,
  };
}

/** Findings before the last rank are worth little: nobody is asked to go on from where an image is to go. */
function endingAt(environments: ReadonlySet<string>, plan: Plan): Plan {
  const last = plan.promotion.findLastIndex((rank) => rank.some((environment) => environments.has(environment)));
  return { ...plan, promotion: plan.promotion.slice(0, last + 1) };
}

/** Of what was not read where a candidate goes, it is not known whether it would change, too. */
function isBlindTo({ of, scope }: Report['gaps'][number], { environment }: Candidate): boolean {
  return of === 'running-image' && (scope.environment === undefined || scope.environment === environment);
}

/** Several containers of a manifest may run one image. */
function imageOf({ image, digest, environment }: Candidate): string {
  return [formatImageReference(image), digest, environment].join(' ');
}

function rowsIn(rows: readonly ForeseenRow[], where: readonly string[]): readonly ForeseenRow[] {
  return rows.filter((row) => where.includes(row.where));
}

/** Whether a finding that is gone is one that nothing gave rise to: not where what would run there is not known, or no rule could tell. */
function isJudged({ unknowns }: Report, rows: readonly ForeseenRow[], { place, rule }: Readonly<{ place: string; rule: string }>): boolean {
  if (rows.length === 0 || rows.some(({ standing, unfit }) => unfit || standing.is === 'unresolved')) return false;
  return !unknowns.some((unknown) => unknown.rule === rule && unknown.where.includes(place));
}

type Seen = Readonly<{ report: Report; closure: Closure; law: Law }>;

function foreseenRow(row: ReportRow, destination: Destination | undefined, { report, closure, law }: Seen): ForeseenRow[] {
  if (!destination) return [];
  const unfit = unfitIn(destination, closure);
  const instead = insteadOf(row, destination, closure);
  const untold = [...(destination.isThere ? [] : untoldOf(row, report)), ...silentOn(row, { report, closure, ...law })];
  return [
    {
      ...row,
      ...(unfit ? { unfit } : {}),
      ...(instead ? { instead } : {}),
      ...(destination.invented ? { [destination.candidate.manifest ? 'added' : 'invented']: true } : {}),
      ...(untold.length > 0 ? { untold } : {}),
    },
  ];
}

function unfitIn({ unfit, candidate }: Destination, closure: Closure): string | undefined {
  if (unfit.length === 0 || candidate.digest === undefined) return undefined;
  return `it is for ${closure.platformsOf(candidate.digest).join(', ') || 'no platform'}, and has nothing for the ${unfit.join(', ')} of its nodes`;
}

/** The counterpart, where every node of the place is known to run it. */
function insteadOf({ counterpart }: ReportRow, { candidate, nodes }: Destination, { isFor }: Closure): string | undefined {
  const digest = Digest.safeParse(counterpart).data;
  if (!digest || digest === candidate.digest || nodes.length === 0) return undefined;
  return nodes.every((node) => isFor(digest, node)) ? digest : undefined;
}

/** The findings in those of their places that are asked about. */
function at(findings: Findings, isAsked: (place: string, finding: Findings[number]) => boolean): Findings {
  const narrowed = findings.map((finding) => ({ ...finding, where: finding.where.filter((place) => isAsked(place, finding)) }));
  return narrowed.filter(({ where }) => where.length > 0);
}

function isAmong(findings: Findings, { rule, message, artifact }: Findings[number], place: string): boolean {
  return findings.some((one) => one.rule === rule && one.message === message && one.artifact === artifact && one.where.includes(place));
}

/** As the night would judge it: findings accuse, as far as the plan counts them, and what is not known leaves it open. */
function verdictOn(
  where: readonly string[],
  { rows, findings, gaps }: Pick<Foreseen, 'rows' | 'gaps'> & Readonly<{ findings: Findings }>,
  { failOn }: Plan,
): Verdict {
  const counted = findings.filter((finding) => isCounted(finding, failOn));
  if (rows.some(({ unfit }) => unfit) || counted.some(({ confidence }) => confidence !== 'low')) return 'must-not-go';
  const isOpen = rows.some(({ standing, waived, untold }) => (standing.is === 'unresolved' && !waived) || untold);
  const isJudgedWhole = where.length > 0 && where.every((place) => rows.some((row) => row.where === place));
  return !isJudgedWhole || counted.length > 0 || isOpen || gaps.length > 0 ? 'cannot-tell' : 'may-go';
}

function exitCodeOf(images: readonly ForeseenImage[]): Foreseen['exitCode'] {
  const verdicts = images.map(({ verdict }) => verdict);
  if (verdicts.includes('must-not-go')) return 1;
  return verdicts.includes('cannot-tell') ? 3 : 0;
}
