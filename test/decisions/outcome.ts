import { readdirSync, readFileSync } from 'node:fs';
import { judgeRecorded, type Observation, type Report } from 'selfsame';
import type { Scenario } from 'selfsame/testing';
import { expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';
import { isCounted } from '../../src/report/findings.ts';
import { readSketch } from '../../src/testing/observe.ts';

const rules = await loadAll('rules');

/** What comes of a scenario, as a decision states it. */
export type Outcome = Readonly<{
  /** `environment/workload standing (reason)`, in the order of the report. */
  rows: readonly string[];
  /** The findings that decide the exit code, as `severity rule`. */
  counted: readonly string[];
  /** Every other finding, in the same form. */
  shown: readonly string[];
  exit: number;
}>;

/** The report on a scenario by every rule there is. */
export function judgeAll(given: Scenario): Report {
  return judgeRecorded(given.recordings(), given.plan(), rules, '0.0.0');
}

/** The outcome of a scenario by every rule there is. */
export function outcomeOf(given: Scenario): Outcome {
  const { rows, findings, exitCode } = judgeAll(given);
  const isDecisive = (finding: (typeof findings)[number]) => isCounted(finding, given.plan().failOn);
  const name = ({ severity, rule }: (typeof findings)[number]) => `${severity} ${rule}`;
  return {
    rows: rows.map(({ where, standing }) => `${placeOf(where)} ${standing.is} (${standing.reason})`),
    counted: findings.filter(isDecisive).map(name),
    shown: findings.filter((finding) => !isDecisive(finding)).map(name),
    exit: exitCode,
  };
}

function placeOf(where: string): string {
  const [environment = '', , , , workload = ''] = where.split('/');
  return `${environment}/${workload}`;
}

/** A scenario whose recordings hold what the timeline cannot say; `at` counts recordings from 0. */
export function rewritten(given: Scenario, rewrite: (seen: Observation, at: number) => readonly Observation[]): Scenario {
  const recordings = () =>
    given
      .recordings()
      .map((recording, at) => ({ ...recording, observations: recording.observations.flatMap((seen) => rewrite(seen, at)) }));
  return { ...given, recordings };
}

/** A scenario in which nobody kept a record of what a run built. */
export function withoutRecordOf(run: string, given: Scenario): Scenario {
  return rewritten(given, (seen) => (seen.kind === 'build' && seen.run?.id === run ? [] : [seen]));
}

/** What `selfsame baseline` writes for production's payments-api, where it is unresolved. */
export function openingBalance(image: string) {
  const where = 'production/test/default/Deployment/payments-api/app';
  const terms = { because: 'the opening balance', owner: 'platform', until: '2026-06-01' };
  return { waivers: [{ standing: 'unresolved' as const, where, digest: readSketch(image).digest, ...terms }] };
}

/** The decisions by chapter, as they are agreed. */
const DECISIONS = {
  A: [1, 3, 5, 7, 9, 11, 13, 15],
  B: [2, 4, 6, 7, 8, 10, 12, 14, 16, 18, 20],
  C: [1, 3, 5, 7, 9, 11, 13, 15, 16, 17, 19, 21, 22, 23, 25, 27, 29, 31],
  D: [1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22],
  E: [2, 4, 6, 8, 10],
  F: [1, 3, 5],
  G: [1, 3, 5],
  H: [1, 3, 5, 7, 9, 11, 13, 15],
} as const;

/** Holds a chapter to its list: every decision is tested in one of its files, and nothing else is. */
export function everyDecisionIsKept(chapter: keyof typeof DECISIONS): void {
  it(`chapter ${chapter} keeps every decision`, () => {
    const files = readdirSync(import.meta.dirname).filter((name) => name.startsWith(`${chapter.toLowerCase()}-`));
    const texts = files.map((name) => readFileSync(`${import.meta.dirname}/${name}`, 'utf8'));
    const tested = texts.flatMap((text) =>
      [...text.matchAll(/^\s*it\('(?<decision>[A-H]\d+): /gm)].map(({ groups }) => groups?.decision ?? ''),
    );

    const kept = new Set(tested);

    expect([...kept].toSorted(byNumber)).toEqual(DECISIONS[chapter].map((number) => `${chapter}${number}`));
  });
}

function byNumber(a: string, b: string): number {
  return Number(a.slice(1)) - Number(b.slice(1));
}
