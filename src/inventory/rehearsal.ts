import type { DigestRole } from '../domain/digest.ts';
import type { Observation, TestRecord } from '../domain/observation.ts';
import { rememberPair } from '../domain/order.ts';
import { type Confidence, type Tier, tierOf } from '../domain/trust.ts';
import { type ArrivalOrder, orderOf } from './arrival-order.ts';
import type { Artifact } from './artifact.ts';
import { declaredUpstream } from './declared.ts';
import { passesByPlace } from './gate-by-place.ts';
import { listedNow } from './history.ts';
import { buildsOfArtifact } from './origin.ts';
import { rankOf } from './pairing.ts';
import type { Row } from './row.ts';
import { sureCounterparts } from './sure-counterparts.ts';
import type { Sighting, World } from './world.ts';

/** Counting evidence that an artifact was rehearsed: tested, or run upstream. */
export type Rehearsal = Readonly<{
  tier: Tier;
  order: 'established' | 'not-established';
  confidence: Confidence;
  /** What the weakest of it names: the artifact itself, or only the index above it. */
  level: DigestRole;
  upstream: string;
  /** A channel upstream published it, and nobody saw it run. */
  isPublication?: boolean;
  /** When it was first seen upstream or tested. */
  at: string;
  evidence: readonly Observation[];
}>;

/** Where an artifact is judged downstream. */
export type Arrival = Pick<Row, 'where' | 'environment' | 'lines' | 'counterparts' | 'published'>;

/** The threshold a plan sets: recorded as soon as a gate is configured, else observed (SEMANTICS 21). */
export function thresholdOf({ evidence, gates }: World['plan']): 'attested' | 'recorded' | 'observed' {
  if (evidence !== 'auto') return evidence;
  return gates.length > 0 ? 'recorded' : 'observed';
}

/** The best counting evidence for an artifact that arrived somewhere downstream, if there is any. */
export function rehearsalOf(world: World, artifact: Artifact, arrival: Arrival): Rehearsal | undefined {
  return rehearsalBy(world, artifact, { ...arrival, counterparts: sureCounterparts(world, arrival) }, ['established', 'not-established']);
}

/** Whether it would count as rehearsed if nothing were upstream but what was seen: where that is not known, nor is it that it was not. */
export function mayBeRehearsed(world: World, artifact: Artifact, arrival: Arrival): boolean {
  return rehearsalBy(world, artifact, arrival, ['established', 'not-established', 'doubtful']) !== undefined;
}

function rehearsalBy(world: World, artifact: Artifact, arrival: Arrival, counting: readonly ArrivalOrder[]): Rehearsal | undefined {
  const tested = testedRehearsal(world, artifact, arrival);
  const least = thresholdOf(world.plan);
  if (tested && (tested.tier === 'attested' || least !== 'attested')) return tested;
  return least === 'observed' ? observedRehearsal(world, artifact, arrival, counting) : undefined;
}

/** Every test record that is bound to the artifact: by its digest, its config's, or an index above it. */
export const testsBoundTo = rememberPair((world: World, artifact: Artifact): readonly TestRecord[] => {
  const tests = [...world.closure.familyOf(artifact)].flatMap((digest) => world.testsOf.get(digest) ?? []);
  return tests.filter(({ subject }) => subject.platform === undefined || subject.platform === artifact.platform);
});

/** A pass, and what binds it to an artifact. */
export type Pass = Readonly<{ test: TestRecord; bound: 'digest' | 'place' }>;

/** Every pass that counts for an artifact, by the digest that it names or by the place that it tested. */
export function passesOn(world: World, artifact: Artifact, { counterparts }: Pick<Arrival, 'counterparts'>): readonly Pass[] {
  const byPlace = passesByPlace(world, artifact, counterparts).filter(doesCount);
  const byDigest = passesByDigest(world, artifact);
  return byPlace.length === 0 ? byDigest : [...byDigest, ...byPlace.map((test) => ({ test, bound: 'place' as const }))];
}

const passesByDigest = rememberPair((world: World, artifact: Artifact): readonly Pass[] => {
  const passes = testsBoundTo(world, artifact).filter((test) => doesCount(test) && hadTheArtifact(world, artifact, test));
  return passes.map((test) => ({ test, bound: 'digest' }));
});

function testedRehearsal(world: World, artifact: Artifact, arrival: Arrival): Rehearsal | undefined {
  const passed = passesOn(world, artifact, arrival);
  const configured = world.plan.gates.map(({ name }) => name);
  const gates = configured.length > 0 ? configured : [...new Set(passed.map(({ test }) => test.gate))];
  const perGate = gates.map((gate) => passed.filter(({ test }) => test.gate === gate));
  if (perGate.length === 0 || perGate.some((passes) => passes.length === 0)) return undefined;

  const isAttested = (passes: readonly Pass[]) => passes.some(({ test }) => tierOf(test.trust) === 'attested');
  // Every configured gate has to be attested; where none is, one that is not takes nothing from one that is.
  const attested = configured.length > 0 ? perGate.every(isAttested) : perGate.some(isAttested);
  return {
    tier: attested ? 'attested' : 'recorded',
    order: 'established',
    confidence: perGate.every((passes) => passes.some(({ bound }) => bound === 'digest')) ? 'high' : 'medium',
    level: levelOf(world, artifact, perGate),
    upstream: gates.toSorted().join(', '),
    at:
      perGate
        .flat()
        .map(({ test }) => test.at)
        .toSorted()[0] ?? '',
    evidence: perGate.flat().map(({ test }) => test),
  };
}

/** An index stands for the artifact only where the record names its platform. */
function levelOf({ closure }: World, { digest, config }: Artifact, perGate: readonly (readonly Pass[])[]): DigestRole {
  const rolesOf = (passes: readonly Pass[]) =>
    passes.map(({ test: { subject }, bound }): DigestRole => {
      const role = closure.roleOf(subject.digest ?? subject.image?.digest ?? digest);
      return role === 'index' && (subject.platform !== undefined || bound === 'place') ? 'manifest' : role;
    });
  const best = perGate.map((passes) => {
    const roles = rolesOf(passes);
    return (['config', 'manifest', 'unknown'] as const).find((role) => roles.includes(role)) ?? 'index';
  });
  for (const role of ['index', 'unknown'] as const) if (best.includes(role)) return role;
  return best.every((role) => role === 'config') && config ? 'config' : 'manifest';
}

/** Whether a result is a pass that can stand as evidence: nothing that is only claimed does. */
export function doesCount({ result, trust }: TestRecord): boolean {
  return result !== 'failed' && tierOf(trust) !== 'claimed';
}

/** A job that started before the artifact was pushed cannot have tested it. */
function hadTheArtifact(world: World, artifact: Artifact, { at, startedAt = at }: TestRecord): boolean {
  const builds = buildsOfArtifact(world, artifact);
  const held = artifact.manifest?.pushedAt ?? artifact.index?.pushedAt;
  const pushes = [...builds.map(({ pushedAt }) => pushedAt), ...(held === undefined ? [] : [held])];
  return pushes.length === 0 || pushes.some((pushedAt) => pushedAt === undefined || pushedAt <= startedAt);
}

function observedRehearsal(world: World, artifact: Artifact, arrival: Arrival, counting: readonly ArrivalOrder[]): Rehearsal | undefined {
  // What a channel publishes is rehearsal of what another publishes, and never of what runs (SEMANTICS 17).
  // What is asked with doubts is what follows if nothing were upstream but what was seen.
  const isListed = counting.includes('doubtful') || listedNow(world, arrival) !== undefined;
  const upstream = upstreamSightings(world, artifact, arrival, isListed).filter(
    ({ image }) => hasServed(image) || (arrival.published && image.phase === 'published'),
  );
  if (upstream.length === 0) return declaredRehearsal(world, artifact, arrival);
  const [here] = world.sightingsAt(artifact, arrival.where);
  const ordered = upstream.map((sighting) => ({ sighting, order: orderOf(world, sighting, here) }));
  const [best] = counting.flatMap((order) => ordered.find((one) => one.order === order) ?? []);
  if (!best) return undefined;
  const { sighting } = best;
  return {
    tier: 'observed',
    order: best.order === 'established' ? 'established' : 'not-established',
    confidence: 'high',
    level: artifact.config ? 'config' : 'manifest',
    upstream: sighting.slot,
    ...(sighting.image.phase === 'published' ? { isPublication: true } : {}),
    at: arrivalOf(world, sighting),
    evidence: [sighting.image],
  };
}

/** An old revision was declared upstream; it is not known to have served (SEMANTICS 17). */
function declaredRehearsal(world: World, artifact: Artifact, { counterparts }: Arrival): Rehearsal | undefined {
  const found = declaredUpstream(world, artifact, counterparts);
  return found && { tier: 'observed', order: 'not-established', confidence: 'medium', level: 'manifest', ...found };
}

/** Whether an image was seen ready, or done with what it had to do. */
export function hasServed({ phase, ready }: Sighting['image']): boolean {
  return phase === 'completed' || (phase === 'running' && ready);
}

function arrivalOf({ recordings }: World, { image, recording }: Sighting): string {
  return image.revision?.created ?? recordings[recording]?.takenAt.to ?? image.at;
}

/** Sightings one rank up: in the counterpart; in another slot of the path only where there is no counterpart, or it is idle. */
function upstreamSightings(
  world: World,
  artifact: Artifact,
  { environment, lines, counterparts }: Arrival,
  isListed: boolean,
): readonly Sighting[] {
  const rank = rankOf(environment, world.plan) - 1;
  const inCounterpart = counterparts.flatMap(({ key }) => world.sightingsAt(artifact, key));
  if (inCounterpart.length > 0) return inCounterpart;
  const newest = world.recordings.length - 1;
  const idle = counterparts.every(({ key }) => !(world.sightingsIn.get(key) ?? []).some(({ recording }) => recording === newest));
  if (!idle || !isListed) return [];
  return lines.flatMap((line) => world.sightingsOnPath.get(`${artifact.key} ${rank} ${line}`) ?? []);
}
