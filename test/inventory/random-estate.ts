import fc from 'fast-check';
import type { Observation, Plan, Recording } from 'selfsame';
import { type Scenario, scenario } from 'selfsame/testing';
import { type GapReason, Vouchable } from '../../src/domain/statement.ts';
import type { Build, Place, Test } from '../../src/testing/events.ts';
import { type Judged, vouchedAs } from './estate-laws.ts';
import { build, cleanUps, how, listing, test } from './random-events.ts';
import { move } from './random-moves.ts';
import { mostly, oneOf, plan } from './random-plan.ts';

/** An estate that nobody thought of: what was recorded of it, what it is judged by, and how it came to be. */
export type Estate = Judged & Readonly<{ toString(): string }>;

const MOST_RECORDINGS = 3;
const START = Date.parse('2026-03-02T00:00:00Z');
const SOURCES: Readonly<Record<Vouchable, string>> = {
  'running-image': 'cluster',
  build: 'ci',
  test: 'ci-tests',
  content: 'registry',
  channel: 'registry',
  tag: 'registry-tags',
  'workflow-file': 'workflows',
  dockerfile: 'workflows',
  deployment: 'ci-deployments',
  approval: 'ci-approvals',
};
type Step = (so: Scenario) => Scenario;
type Timed = Readonly<{ passed: number; steps: readonly Step[] }>;

const LETTERS = ['A', 'B', 'C', 'D'] as const;
const ours = oneOf(...LETTERS.map((letter) => `payments@${letter}`), 'payments@R', 'refunds@A', 'refunds@B', 'copy.test/payments@A');
const theirs = oneOf('library/nginx@A', 'library/nginx@B', 'mirror.test/istio/proxyv2@P');
const odd = oneOf(
  'payments@I',
  'payments@I',
  'payments@J',
  'payments:1.4=A',
  'payments:1.4=B',
  'payments:1.4@C',
  'payments:1.4',
  'payments@U',
);
const running = fc.oneof({ arbitrary: ours, weight: 5 }, { arbitrary: odd, weight: 3 }, { arbitrary: theirs, weight: 2 });

const workload = oneOf('payments-api', 'payments-api', 'payments-worker', 'audit');
const environment = oneOf('development', 'staging', 'staging', 'production', 'production', 'production-us');
const place = fc.tuple(environment, workload).map(([where, name]): Place => `${where}/${name}`);

/** What most releases do: staging, a test, production, each with its slips. */
const release: fc.Arbitrary<Timed> = fc
  .record({
    passed: oneOf(0, 1, 60, 26 * 60),
    first: running,
    second: mostly<string | undefined>(undefined, running, 2),
    name: workload,
    renamed: mostly<string | undefined>(undefined, workload, 3),
    to: fc.subarray(['development', 'staging', 'production', 'production-us'], { minLength: 1 }),
    tested: mostly<Test | undefined>(undefined, test, 1),
    isRecordedBetween: fc.boolean(),
    how,
  })
  .map(({ passed, first, second, name, renamed = name, to, tested, isRecordedBetween, how: by }) => ({
    passed,
    steps: [
      ...to
        .filter((one) => !one.startsWith('production'))
        .map(
          (one): Step =>
            (so) =>
              so.deployed(first, `${one}/${name}`),
        ),
      ...(tested && first.includes('@') ? [(so: Scenario) => so.tested(first, tested)] : []),
      ...(isRecordedBetween ? [(so: Scenario) => so.recorded()] : []),
      ...to
        .filter((one) => one.startsWith('production'))
        .map(
          (one): Step =>
            (so) =>
              so.deployed(second ?? first, `${one}/${renamed}`, by),
        ),
    ],
  }));

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(running, place, how).map(
    ([one, to, by]): Step =>
      (so) =>
        so.deployed(one, to, by),
  ),
  fc.tuple(fc.oneof(ours, oneOf('payments@I', 'payments@U')), test).map(
    ([one, by]): Step =>
      (so) =>
        so.tested(one, by),
  ),
  test.map(
    (by): Step =>
      (so) =>
        so.probed({ ...by, platform: undefined }),
  ),
  fc.tuple(ours, build).map(
    ([one, by]): Step =>
      (so) =>
        so.recordedBuild(one, by),
  ),
  ours.map(
    (one): Step =>
      (so) =>
        so.pushed(one),
  ),
  fc.tuple(ours, oneOf(true, false, undefined)).map(
    ([one, immutable]): Step =>
      (so) =>
        so.tagged('payments:1.4', one, immutable === undefined ? {} : { immutable }),
  ),
  fc.tuple(running, place, fc.integer({ min: 1, max: 4 })).map(
    ([one, at, revision]): Step =>
      (so) =>
        so.had(one, at, { revision }),
  ),
  fc.tuple(running, place).map(
    ([one, at]): Step =>
      (so) =>
        so.idle(one, at),
  ),
  fc.tuple(ours, fc.boolean()).map(
    ([one, isHeld]): Step =>
      (so) =>
        isHeld ? so.held(one) : so.deleted(one),
  ),
  fc.tuple(cleanUps, listing).map(
    ([rules, listed]): Step =>
      (so) =>
        so.cleansUp('payments', rules, listed),
  ),
  fc.tuple(ours, oneOf<string[]>([], ['https://slsa.dev/provenance/v1'])).map(
    ([one, types]): Step =>
      (so) =>
        so.attached(one, ...types),
  ),
  fc.tuple(oneOf('X', 'Y'), fc.boolean()).map(
    ([letter, isNamed]): Step =>
      (so) =>
        isNamed ? so.heldBase(letter).namedBase(letter) : so.heldBase(letter),
  ),
  place.map(
    (at): Step =>
      (so) =>
        so.stopped(at),
  ),
  fc.constant<Step>((so) => so.recorded()),
);
const aside: fc.Arbitrary<Timed> = fc.record({ passed: oneOf(0, 1, 10, 60, 26 * 60), steps: fc.oneof(step, move).map((one) => [one]) });

const where = oneOf(
  {},
  { environment: 'staging' },
  { environment: 'production', namespace: 'pr-1' },
  { project: 'acme/payments' },
  { registry: 'registry.test' },
);
const blindness: fc.Arbitrary<Timed> = fc.oneof(
  fc
    .tuple(oneOf(...Vouchable.options), oneOf<GapReason>('forbidden', 'expired', 'incomplete', 'not-found'), where)
    .map(([kind, because, at]) => ({ passed: 0, steps: [(so: Scenario) => so.blindTo(kind, because, at)] })),
  oneOf(...Vouchable.options).map((kind) => ({ passed: 0, steps: [(so: Scenario) => so.withoutSource(kind)] })),
);

/** Everything that may run, as it was made: by a build most of the time, sometimes by nobody, sometimes read by nobody. */
const made: fc.Arbitrary<readonly Step[]> = fc
  .record({
    builds: fc.array(build, { minLength: 8, maxLength: 8 }),
    byNobody: fc.subarray(['payments@C', 'payments@D', 'refunds@B']),
    members: mostly(['payments@A', 'payments@R'], fc.subarray(['payments@A', 'payments@B', 'payments@R'], { minLength: 1 }), 2),
  })
  .map(({ builds, byNobody, members }) => [
    ...[...LETTERS.map((letter) => `payments@${letter}`), 'payments@R', 'refunds@A', 'refunds@B'].map((image, at): Step => {
      const by = { ...(builds[at] as Build), ...(image === 'payments@R' ? { platform: 'linux/arm64' } : {}) };
      const isItself = by.like === image;
      return (so) => (byNobody.includes(image) ? so.pushed(image) : so.built(image, isItself ? { ...by, like: undefined } : by));
    }),
    (so) => so.indexed('payments@I', members).indexed('payments@J', ['payments@B', 'payments@R']),
    (so) => so.pushed('library/nginx@A').pushed('library/nginx@B').pushed('mirror.test/istio/proxyv2@P'),
  ]);

/** Estates of one to three recordings, in which what a source was not asked for is not there either. */
export const estate: fc.Arbitrary<Estate> = fc
  .record({
    plan,
    scoped: fc.boolean(),
    made,
    happened: fc.array(fc.oneof({ arbitrary: release, weight: 3 }, { arbitrary: aside, weight: 4 }), { minLength: 1, maxLength: 7 }),
    blind: mostly<Timed[]>([], fc.array(blindness, { minLength: 1, maxLength: 2 }), 3),
    blindFrom: fc.nat({ max: 7 }),
  })
  .map(({ plan: judgedBy, scoped, made: first, happened, blind, blindFrom }) => {
    const told = play(first, [...happened.slice(0, blindFrom), ...blind, ...happened.slice(blindFrom)]);
    const all = told.recordings();
    const content = openContent(all);
    const recordings = all.slice(-MOST_RECORDINGS).map((recording) => asCollected(recording, content, { plan: judgedBy, scoped }));
    return { recordings, plan: judgedBy, toString: () => `\n${told.toString()}\n${JSON.stringify(judgedBy)}${scoped ? '\nscoped' : ''}\n` };
  });

function play(first: readonly Step[], then: readonly Timed[]): Scenario {
  let minutes = 0;
  let so = first.reduce((all, one) => one(all), scenario().at(clock(minutes)));
  for (const { passed, steps } of then) {
    minutes += passed;
    for (const one of steps) so = one(so.at(clock((minutes += 1))));
  }
  return so;
}

function clock(minutes: number): string {
  return new Date(START + minutes * 60_000).toISOString().replace('.000', '');
}

/** A digest names one content, whatever a timeline says; only where and when it was pushed may differ. */
function openContent(recordings: readonly Recording[]): (seen: Observation) => Observation {
  const everything = recordings.flatMap(({ observations }) => observations).toReversed();
  const configOf = new Map(everything.flatMap((seen) => (seen.kind === 'manifest' ? [[seen.digest, seen.config] as const] : [])));
  const contentOf = new Map(everything.flatMap((seen) => (seen.kind === 'config' ? [[seen.digest, seen] as const] : [])));
  return (seen) => {
    if (seen.kind === 'manifest') return { ...seen, config: configOf.get(seen.digest) ?? seen.config };
    return seen.kind === 'config' ? { ...(contentOf.get(seen.digest) ?? seen), at: seen.at, origin: seen.origin } : seen;
  };
}

type Collecting = Readonly<{ plan: Plan; scoped: boolean }>;

/** Each kind has a source of its own; a source that is not configured brings nothing; a cluster's is asked environment by environment. */
function asCollected(
  recording: Recording,
  content: (seen: Observation) => Observation,
  { plan: { promotion }, scoped }: Collecting,
): Recording {
  const asked = new Set(recording.observations.flatMap((seen) => (seen.kind === 'expected' ? [seen.of] : [])));
  const observations = recording.observations.flatMap((seen): readonly Observation[] => {
    if (seen.kind !== 'expected' && seen.kind !== 'coverage' && seen.kind !== 'gap') {
      const kind = vouchedAs(seen);
      return kind && !asked.has(kind) ? [] : [content(seen)];
    }
    const named = { ...seen, scope: { ...seen.scope, source: SOURCES[seen.of] } };
    if (!scoped || seen.of !== 'running-image' || seen.kind === 'gap') return [named];
    return promotion.flat().map((one) => ({ ...named, scope: { ...named.scope, environment: one } }));
  });
  return { ...recording, observations };
}
