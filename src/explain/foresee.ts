import { judgeRecorded } from '../audit.ts';
import { Digest } from '../domain/digest.ts';
import { formatImageReference } from '../domain/image-reference.ts';
import type { Plan } from '../domain/plan.ts';
import type { Recording } from '../domain/recording.ts';
import type { Report, ReportRow } from '../domain/report.ts';
import type { Closure } from '../inventory/closure.ts';
import type { AnyRule } from '../judge/define-rule.ts';
import { isCounted } from '../report/findings.ts';
import { asIfDeployed, type Candidate, type Destination } from './candidate.ts';

type Findings = Report['findings'];

/** A row as it would be judged. */
export type ForeseenRow = Readonly<
  ReportRow & {
    /** Why the candidate cannot run there at all. */
    unfit?: string;
    /** What of its release was rehearsed, and can run there. */
    instead?: string;
  }
>;

/** What a deployment of the candidates would make of their containers, and which findings would come and go. */
export type Foreseen = Readonly<{
  /** 0 they may go, 1 they may not, 3 it cannot be told. */
  exitCode: 0 | 1 | 3;
  images: readonly Readonly<{ image: string; digest: string; environment: string }>[];
  rows: readonly ForeseenRow[];
  appear: Findings;
  /** Findings on what runs already, which would stay. */
  remain: Findings;
  disappear: Findings;
}>;

export type Law = Readonly<{ plan: Plan; rules: readonly AnyRule[]; version: string }>;

/** Judges the recordings as they are and as if the candidates were deployed. */
export function foresee(candidates: readonly Candidate[], recordings: readonly Recording[], { plan, rules, version }: Law): Foreseen {
  const before = judgeRecorded(recordings, plan, rules, version);
  const { recordings: after, destinations, closure } = asIfDeployed(recordings, candidates, plan);
  const then = judgeRecorded(after, plan, rules, version);
  const byPlace = new Map(destinations.map((destination) => [destination.where, destination]));
  const rows = then.rows.flatMap((row) => foreseenRow(row, byPlace.get(row.where), closure));
  const findings = at(then.findings, (place) => byPlace.has(place));
  return {
    exitCode: exitCodeOf({ rows, findings, unknowns: then.unknowns, destinations, plan }),
    images: candidates.map(({ image, digest, environment }) => ({ image: formatImageReference(image), digest, environment })),
    rows,
    appear: at(findings, (place, finding) => !isAmong(before.findings, finding, place)),
    remain: at(findings, (place, finding) => isAmong(before.findings, finding, place)),
    disappear: at(before.findings, (place, finding) => byPlace.has(place) && !isAmong(then.findings, finding, place)),
  };
}

function foreseenRow(row: ReportRow, destination: Destination | undefined, closure: Closure): ForeseenRow[] {
  if (!destination) return [];
  const unfit = unfitIn(destination, closure);
  const instead = insteadOf(row, destination, closure);
  return [{ ...row, ...(unfit ? { unfit } : {}), ...(instead ? { instead } : {}) }];
}

function unfitIn({ unfit, candidate }: Destination, closure: Closure): string | undefined {
  if (unfit.length === 0) return undefined;
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

type Told = Readonly<{
  rows: readonly ForeseenRow[];
  findings: Findings;
  unknowns: Report['unknowns'];
  destinations: readonly Destination[];
  plan: Plan;
}>;

/** As the night would judge it: findings accuse, as far as the plan counts them, and what is not known leaves it open. */
function exitCodeOf({ rows, findings, unknowns, destinations, plan }: Told): Foreseen['exitCode'] {
  const counted = findings.filter((finding) => isCounted(finding, plan.failOn));
  if (rows.some(({ unfit }) => unfit) || counted.some(({ confidence }) => confidence !== 'low')) return 1;
  const isThere = new Set(destinations.filter((one) => one.isThere).map(({ where }) => where));
  const isOpen = ({ where, standing, waived }: ForeseenRow) => {
    if (standing.is === 'unresolved') return !waived;
    // An accusation that no rule could tell is no acquittal.
    const isTold = findings.some((finding) => finding.where.includes(where));
    return isAccusing(standing) && !isTold && !isThere.has(where) && unknowns.some((unknown) => unknown.where.includes(where));
  };
  return rows.length === 0 || counted.length > 0 || rows.some(isOpen) ? 3 : 0;
}

function isAccusing({ is }: ReportRow['standing']): boolean {
  return is === 'rebuilt' || is === 'foreign' || is === 'untested';
}
