import { type Known, known, unknown } from '../domain/known.ts';
import type { Observation, TestRecord } from '../domain/observation.ts';
import { remember, rememberOf, rememberPair, sortedBy } from '../domain/order.ts';
import { mayBePassedUnseen, testsSilence } from './absence.ts';
import { lookAt } from './arrival-order.ts';
import { CLOCK_TOLERANCE_MS, clockToleranceMs } from './clock-tolerance.ts';
import { madeAt } from './origin.ts';
import { rankOf } from './pairing.ts';
import { type Pass, passesOn } from './rehearsal.ts';
import { type Identified, isIdentified, type Row } from './row.ts';
import { clockOfThereBy, thereBy } from './there-by.ts';
import type { Sighting, World } from './world.ts';

/**
 * Whether every gate had passed before an artifact reached the end of the path. `first-seen-after`: a recording that listed every test
 * and saw the artifact there had no pass; `passed-after`: the pass itself says so.
 */
export type TestOrder = Readonly<
  | { state: 'before' | 'not-last' | 'no-gates' | 'not-passed' }
  | { state: 'passed-after'; gate: string; at: string; there: string }
  | { state: 'first-seen-after'; gate: string; at: string; there: string; seen: string }
>;

type GateOrder = TestOrder | Readonly<{ state: 'unknown'; because: string }>;

/** Opens the order of tests and arrivals. A time that a record declares may accuse, beyond the tolerance of clocks; it proves no order. */
export function openTestOrder(world: World): (row: Row) => Known<TestOrder> {
  const firstSeen = new WeakMap<Observation, number>();
  for (const [at, { observations }] of world.recordings.entries())
    for (const seen of observations) if (seen.kind === 'test' && !firstSeen.has(seen)) firstSeen.set(seen, at);
  const passesOf = rememberOf((passes: readonly Pass[]) => openPasses(passes, (test) => firstSeen.get(test) ?? 0));
  return (row) => {
    if (!row.last) return known({ state: 'not-last' });
    const gates = gatesBefore(world, row);
    if (gates.length === 0) return known({ state: 'no-gates' });
    if (!isIdentified(row)) return unknown(row.missing ?? 'no-digest');
    return orderIn(world, row, gates, passesOf);
  };
}

/** A gate that tests the place itself, such as a smoke test after a deployment, can only pass once the artifact is there. */
function gatesBefore({ plan }: World, { environment }: Row): readonly string[] {
  const rank = rankOf(environment, plan);
  return plan.gates.filter((gate) => gate.environment === undefined || rankOf(gate.environment, plan) < rank).map(({ name }) => name);
}

type Tested = Readonly<{ all: readonly TestRecord[]; of(gate: string): Passes }>;

/** The passes of each gate, oldest first; those of one artifact are many rows'. */
function openPasses(found: readonly Pass[], firstSeen: (test: TestRecord) => number): Tested {
  const all = found.map(({ test }) => test);
  const oldestFirst = sortedBy(all, ({ at }) => at);
  const toPasses = (gate: string): Passes => {
    const passes = oldestFirst.filter((test) => test.gate === gate);
    return { passes, seenIn: Math.min(...passes.map(firstSeen)), passedMs: Date.parse(passes[0]?.at ?? '') };
  };
  return { all, of: remember((gate: string) => gate, toPasses) };
}

function orderIn(world: World, row: Identified, gates: readonly string[], passesOf: (found: readonly Pass[]) => Tested): Known<TestOrder> {
  const [first, ...more] = world.sightingsAt(row.artifact, row.where).filter(({ image }) => image.phase !== 'waiting');
  if (!first) return unknown('not-started');
  const tested = passesOf(passesOn(world, row.artifact, row));
  const orders = gates.map((gate) => orderOfGate(world, row, [first, ...more], tested.of(gate)));
  return conclude(orders, tested.all);
}

/** One gate that passed too late is enough; that all passed in time has to be known of each. */
function conclude(orders: readonly GateOrder[], passes: readonly TestRecord[]): Known<TestOrder> {
  for (const state of ['first-seen-after', 'passed-after', 'unknown', 'not-passed'] as const) {
    const found = orders.find((order) => order.state === state);
    if (found) return found.state === 'unknown' ? unknown(found.because) : known(found, passes);
  }
  return known({ state: 'before' }, passes);
}

type Passes = Readonly<{ passes: readonly TestRecord[]; seenIn: number; passedMs: number }>;

function orderOfGate(
  world: World,
  row: Identified,
  here: readonly [Sighting, ...Sighting[]],
  { passes, seenIn, passedMs }: Passes,
): GateOrder {
  const [first] = passes;
  if (first && wasAbsentSince(world, here, seenIn)) return { state: 'before' };
  // That none passed earlier can be said only where every test was listed, whatever digest it names.
  const silence = testsSilence(world, row);
  if (!silence.covered) return { state: 'unknown', because: silence.because === 'not-configured' ? 'not-configured' : 'tests-not-covered' };
  if (mayBePassedUnseen(world, row)) return { state: 'unknown', because: 'build-not-known' };
  if (!first) return { state: 'not-passed' };

  const there = thereBy(here);
  const told = { gate: first.gate, at: first.at };
  const without = recordingWithout(world, row, here, { seenIn, by: first.origin.source });
  if (without) return { state: 'first-seen-after', ...told, there: without, seen: world.recordings[seenIn]?.takenAt.to ?? '' };
  const lateMs = passedMs - Date.parse(there);
  if (lateMs > clockToleranceMs(world, [clockOfThereBy(here)])) return { state: 'passed-after', ...told, there };
  return { state: 'unknown', because: doubtOf(lateMs) };
}

/** What is too late by all that clocks may differ, and is left open only because one was measured to be off, is no order that nobody told. */
function doubtOf(lateMs: number): string {
  if (lateMs > CLOCK_TOLERANCE_MS) return 'clocks-differ';
  return lateMs < -CLOCK_TOLERANCE_MS ? 'order-only-declared' : 'clocks-too-close';
}

/** Whether some recording that had a pass, or came later, saw the place without the artifact. */
function wasAbsentSince(world: World, here: readonly Sighting[], seenIn: number): boolean {
  const first = here.reduce((one, other) => (other.recording < one.recording ? other : one));
  if (first.recording <= seenIn) return false;
  const between = Array.from({ length: first.recording - seenIn }, (_, at) => seenIn + at);
  return between.some((recording) => lookAt(world, first, recording) === 'absent');
}

/** The time of a recording that found the artifact in its place, listed every test there was, and had no pass. */
function recordingWithout(
  world: World,
  { artifact }: Identified,
  here: readonly Sighting[],
  { seenIn, by }: Readonly<{ seenIn: number; by: string }>,
): string | undefined {
  const without = here.filter(({ recording }) => recording < seenIn);
  if (without.length === 0) return undefined;
  const since = madeAt(artifact);
  const about = world.closure.familyOf(artifact);
  const found = without.find(({ recording }) => {
    const until = world.recordings[recording]?.takenAt.from ?? '';
    // Who told the pass later has to have been asked then.
    const wasAsked = askedForTests(world, recording).has(by);
    return wasAsked && thereBy(here) <= until && world.silenceIn(recording, { of: 'test', about, since, until }).covered;
  });
  return found && world.recordings[found.recording]?.takenAt.from;
}

/** The sources that were to list tests in a recording. */
const askedForTests = rememberPair((world: World, recording: number): ReadonlySet<string> => {
  const expected = (world.recordings[recording]?.observations ?? []).filter((seen) => seen.kind === 'expected');
  return new Set(expected.filter(({ of }) => of === 'test').map(({ scope }) => scope.source));
});
