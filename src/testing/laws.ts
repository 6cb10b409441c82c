import { isDeepStrictEqual } from 'node:util';
import { identify } from '../domain/identify.ts';
import type { Observation } from '../domain/observation.ts';
import type { Plan } from '../domain/plan.ts';
import type { Recording } from '../domain/recording.ts';
import type { Verdict } from '../judge/define-rule.ts';
import type { Scenario } from './scenario.ts';

/** A rule's verdicts by slot and artifact. */
export type Verdicts = ReadonlyMap<string, Verdict>;
export type Judge = (recordings: readonly Recording[], plan: Plan) => Verdicts;

/** Fails a case with the incident it is about. */
export function fail(problem: string, given?: Scenario): never {
  throw new TypeError(given ? `${problem}\n\n${given.toString()}\n` : problem);
}

const VOUCHED_AS: Readonly<Partial<Record<Observation['kind'], string>>> = {
  build: 'build',
  test: 'test',
  deployment: 'deployment',
  approval: 'approval',
  tag: 'tag',
  index: 'content',
  manifest: 'content',
  config: 'content',
  presence: 'content',
  attachments: 'content',
  'workflow-file': 'workflow-file',
  dockerfile: 'workflow-file',
  'lifecycle-policy': 'content',
};

/** To lose a record is to lose the vouching for its kind with it: a source that missed one cannot vouch for all. */
export function losingEvidenceNeverAcquits(judge: Judge, given: Scenario): void {
  const [whole, plan] = [given.recordings(), given.plan()];
  const before = judge(whole, plan);
  const guilty = [...before].filter(([, { outcome }]) => outcome === 'drift').map(([where]) => where.split(' ')[0]);
  const losable = new Map(
    whole
      .flatMap(({ observations }) => observations)
      .filter(({ kind }) => VOUCHED_AS[kind])
      .map((seen) => [identify(seen), seen]),
  );
  for (const [lost, seen] of losable) {
    const after = judge(
      whole.map((recording) => without(recording, lost, VOUCHED_AS[seen.kind])),
      plan,
    );
    const acquitted = [...after].find(
      ([where, { outcome }]) => guilty.includes(where.split(' ')[0]) && outcome !== 'drift' && outcome !== 'unknown',
    );
    const places = new Set([...after.keys()].map((where) => where.split(' ')[0]));
    const gone = guilty.find((where) => !places.has(where));
    // A file that is lost takes what is judged of it along.
    if (gone && VOUCHED_AS[seen.kind] !== 'workflow-file')
      fail(`${gone} is no longer judged once a ${seen.kind} is lost (${seen.origin.locator}) in`, given);
    if (acquitted && before.get(acquitted[0])?.outcome !== acquitted[1].outcome)
      fail(`${acquitted[0]} becomes ${acquitted[1].outcome} once a ${seen.kind} is lost (${seen.origin.locator}) in`, given);
  }
}

function without(recording: Recording, lost: string, vouched: string | undefined): Recording {
  const observations = recording.observations.filter(
    (seen) => identify(seen) !== lost && !(seen.kind === 'coverage' && seen.of === vouched),
  );
  return { ...recording, observations };
}

/** Recordings and observations may come in any order. */
export function orderIsIrrelevant(judge: Judge, given: Scenario): void {
  const [whole, plan] = [given.recordings(), given.plan()];
  const settled = (recordings: readonly Recording[]) =>
    [...judge(recordings, plan)].map(([where, verdict]) => [
      where,
      'evidence' in verdict ? { ...verdict, evidence: verdict.evidence.map(identify).toSorted() } : verdict,
    ]);
  const reversed = whole.map((recording) => ({ ...recording, observations: recording.observations.toReversed() })).toReversed();
  const rotated = whole.map((recording) => ({
    ...recording,
    observations: [...recording.observations.slice(1), ...recording.observations.slice(0, 1)],
  }));
  for (const other of [reversed, rotated])
    if (!isDeepStrictEqual(settled(whole), settled(other))) fail('the verdict depends on the order of observations in', given);
}

/** An unrelated workload leaves every other verdict as it was. */
export function bystanderChangesNothing(judge: Judge, given: Scenario): void {
  const crowded = given
    .at('23:00')
    .built('bystander@Q', { run: '99', commit: 'decade' })
    .deployed('bystander@Q', 'staging/bystander')
    .deployed('bystander@Q', 'production/bystander');
  const [before, after] = [judge(given.at('23:00').recordings(), given.plan()), judge(crowded.recordings(), given.plan())];
  for (const [where, verdict] of before) {
    const other = after.get(where);
    if (outline(verdict) !== outline(other)) fail(`an unrelated workload changes the verdict on ${where} in`, given);
  }
}

function outline(verdict: Verdict | undefined): string {
  return JSON.stringify(verdict && 'evidence' in verdict ? { ...verdict, evidence: verdict.evidence.map(identify).toSorted() } : verdict);
}

/** Judging frozen observations twice gives the same verdicts. */
export function inputIsLeftAlone(judge: Judge, given: Scenario): void {
  const [frozen, plan] = [given.recordings().map(freeze), freeze(given.plan())];
  if (!isDeepStrictEqual(judge(frozen, plan), judge(frozen, plan))) fail('judging twice differs in', given);
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) freeze(member);
    Object.freeze(value);
  }
  return value;
}
