import type { Observation, TestRecord } from '../domain/observation.ts';
import { slotKey } from '../domain/place.ts';
import { type Tier, tierOf } from '../domain/trust.ts';
import { rankOf } from './pairing.ts';
import type { Artifact } from './row.ts';
import type { Sighting, World } from './world.ts';

/** Counting evidence that an artifact was rehearsed: tested, or run upstream. */
export type Rehearsal = Readonly<{
  tier: Tier;
  order: 'established' | 'not-established';
  upstream: string;
  evidence: readonly Observation[];
}>;

/** Where and since when an artifact is judged downstream. */
export type Arrival = Readonly<{ slot: string; environment: string; line: string }>;

const FIVE_MINUTES_MS = 5 * 60 * 1000;

/** The threshold a plan sets: recorded as soon as a gate is configured, else observed (SEMANTICS 21). */
export function thresholdOf({ evidence, gates }: World['plan']): 'attested' | 'recorded' | 'observed' {
  if (evidence !== 'auto') return evidence;
  return gates.length > 0 ? 'recorded' : 'observed';
}

/** The best counting evidence for an artifact that arrived somewhere downstream, if there is any. */
export function rehearsalOf(world: World, artifact: Artifact, arrival: Arrival): Rehearsal | undefined {
  const tested = testedRehearsal(world, artifact);
  const least = thresholdOf(world.plan);
  if (tested && (tested.tier === 'attested' || least !== 'attested')) return tested;
  return least === 'observed' ? observedRehearsal(world, artifact, arrival) : undefined;
}

/** Every test record that is bound to the artifact: by its digest, its config's, or an index above it. */
export function testsBoundTo(world: World, artifact: Artifact): readonly TestRecord[] {
  const tests = [...world.closure.familyOf(artifact)].flatMap((digest) => world.testsOf.get(digest) ?? []);
  return tests.filter(({ subject }) => subject.platform === undefined || subject.platform === artifact.platform);
}

function testedRehearsal(world: World, artifact: Artifact): Rehearsal | undefined {
  const passed = testsBoundTo(world, artifact).filter(
    (test) => test.result !== 'failed' && tierOf(test.trust) !== 'claimed' && hadTheArtifact(world, artifact, test),
  );
  const gates = world.plan.gates.length > 0 ? world.plan.gates : [...new Set(passed.map(({ gate }) => gate))];
  const perGate = gates.map((gate) => passed.filter((test) => test.gate === gate));
  if (perGate.length === 0 || perGate.some((passes) => passes.length === 0)) return undefined;

  const attested = perGate.every((passes) => passes.some(({ trust }) => tierOf(trust) === 'attested'));
  return {
    tier: attested ? 'attested' : 'recorded',
    order: 'established',
    upstream: gates.toSorted().join(', '),
    evidence: perGate.flat(),
  };
}

/** A job that started before the artifact was pushed cannot have tested it. */
function hadTheArtifact(world: World, artifact: Artifact, { startedAt }: TestRecord): boolean {
  if (startedAt === undefined) return true;
  const pushes = [...world.closure.familyOf(artifact)]
    .flatMap((digest) => world.buildsOf.get(digest) ?? [])
    .map(({ pushedAt }) => pushedAt);
  return pushes.length === 0 || pushes.some((pushedAt) => pushedAt === undefined || pushedAt <= startedAt);
}

function observedRehearsal(world: World, artifact: Artifact, arrival: Arrival): Rehearsal | undefined {
  const upstream = upstreamSightings(world, artifact, arrival).filter(({ image }) => hasServed(image));
  const [first] = upstream;
  if (!first) return declaredRehearsal(world, artifact, arrival);
  const here = (world.sightingsOf.get(artifact.key) ?? []).find(({ slot }) => slot === arrival.slot);
  const order = orderOf(first, here);
  return order === 'late' ? undefined : { tier: 'observed', order, upstream: first.slot, evidence: [first.image] };
}

/** An old revision of the counterpart, pinned by digest, was declared upstream; it is not known to have served (SEMANTICS 17). */
function declaredRehearsal(world: World, artifact: Artifact, { slot }: Arrival): Rehearsal | undefined {
  const here = world.slots.get(slot);
  const revisions = here ? world.pairing.counterpartsOf(here).flatMap(({ key }) => world.declaredIn.get(key) ?? []) : [];
  const pinned = revisions.find(({ because, declared }) => {
    const found = because === 'revision' && declared.digest ? world.closure.artifactOf(declared.digest, artifact.platform) : undefined;
    return typeof found === 'object' && found.key === artifact.key;
  });
  return pinned && { tier: 'observed', order: 'not-established', upstream: slotKey(pinned), evidence: [pinned] };
}

function hasServed({ phase, ready }: Sighting['image']): boolean {
  return phase === 'completed' || (phase === 'running' && ready);
}

/** Sightings one rank up: in the counterpart; in another slot of the line only where there is no counterpart, or it is idle. */
function upstreamSightings(world: World, artifact: Artifact, arrival: Arrival): readonly Sighting[] {
  const rank = rankOf(arrival.environment, world.plan) - 1;
  const above = (world.sightingsOf.get(artifact.key) ?? []).filter(({ image }) => rankOf(image.environment, world.plan) === rank);
  const slot = world.slots.get(arrival.slot);
  const counterparts = slot ? world.pairing.counterpartsOf(slot) : [];
  const inCounterpart = above.filter((sighting) => counterparts.some(({ key }) => key === sighting.slot));
  if (inCounterpart.length > 0) return inCounterpart;
  const newest = world.recordings.length - 1;
  const idle = counterparts.every(({ key }) => !(world.sightingsIn.get(key) ?? []).some(({ recording }) => recording === newest));
  const listed = (world.plan.promotion[rank] ?? []).every((environment) => world.silenceOn({ of: 'running-image', environment }).covered);
  return idle && listed ? above.filter(({ line }) => line === arrival.line) : [];
}

/** Recordings order arrivals; inside one, revision creation times do, with five minutes' tolerance. Pod starts never do. */
function orderOf(upstream: Sighting, here: Sighting | undefined): Rehearsal['order'] | 'late' {
  if (!here) return 'not-established';
  if (upstream.recording !== here.recording) return upstream.recording < here.recording ? 'established' : 'late';
  const [above, below] = [upstream.image.revision?.created, here.image.revision?.created];
  if (above === undefined || below === undefined) return 'not-established';
  const lead = Date.parse(below) - Date.parse(above);
  if (lead < -FIVE_MINUTES_MS) return 'late';
  return lead > FIVE_MINUTES_MS ? 'established' : 'not-established';
}
