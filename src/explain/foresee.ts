import { judgeRecorded } from '../audit.ts';
import { formatImageReference } from '../domain/image-reference.ts';
import type { Plan } from '../domain/plan.ts';
import type { Recording } from '../domain/recording.ts';
import type { Report, ReportRow } from '../domain/report.ts';
import type { AnyRule } from '../judge/define-rule.ts';
import { isCounted } from '../report/findings.ts';
import { asIfDeployed, type Candidate } from './candidate.ts';

type Findings = Report['findings'];

/** What a deployment of the candidates would make of their containers, and which findings would come and go. */
export type Foreseen = Readonly<{
  /** 0 they may go, 1 they may not, 3 it cannot be told. */
  exitCode: 0 | 1 | 3;
  images: readonly Readonly<{ image: string; digest: string; environment: string }>[];
  rows: readonly ReportRow[];
  appear: Findings;
  disappear: Findings;
}>;

export type Law = Readonly<{ plan: Plan; rules: readonly AnyRule[]; version: string }>;

/** Judges the recordings as they are and as if the candidates were deployed. */
export function foresee(candidates: readonly Candidate[], recordings: readonly Recording[], { plan, rules, version }: Law): Foreseen {
  const before = judgeRecorded(recordings, plan, rules, version);
  const { recordings: after, destinations } = asIfDeployed(recordings, candidates, plan);
  const slots = destinations.map(({ where }) => where);
  const then = judgeRecorded(after, plan, rules, version);
  const ofSlots = (findings: Findings) => findings.filter(({ where }) => where.some((place) => slots.includes(place)));
  const rows = then.rows.filter(({ where }) => slots.includes(where));
  const appear = without(ofSlots(then.findings), before.findings);
  return {
    exitCode: exitCodeOf(rows, appear, plan),
    images: candidates.map(({ image, digest, environment }) => ({ image: formatImageReference(image), digest, environment })),
    rows,
    appear,
    disappear: without(ofSlots(before.findings), then.findings),
  };
}

function without(findings: Findings, others: Findings): Findings {
  const isSame = (a: Findings[number], b: Findings[number]) =>
    a.rule === b.rule && a.message === b.message && a.artifact === b.artifact && a.where.some((place) => b.where.includes(place));
  return findings.filter((finding) => !others.some((other) => isSame(finding, other)));
}

function exitCodeOf(rows: readonly ReportRow[], appear: Findings, { failOn }: Plan): Foreseen['exitCode'] {
  const words = new Set(rows.map(({ standing }) => standing.is));
  const isAccused = ['rebuilt', 'foreign', 'untested'].some((word) => rows.some(({ standing, waived }) => standing.is === word && !waived));
  if (isAccused || appear.some((finding) => isCounted(finding, failOn) && finding.confidence !== 'low')) return 1;
  return rows.length === 0 || words.has('unresolved') ? 3 : 0;
}
