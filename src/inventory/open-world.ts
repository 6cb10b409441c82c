import type { Tag } from '../domain/content.ts';
import { formatImageReference } from '../domain/image-reference.ts';
import type { BuildRecord, DeclaredImage, Observation, RunningImage, TestRecord } from '../domain/observation.ts';
import { byKey, groupBy, indexBy, remember, sortedBy } from '../domain/order.ts';
import type { Plan } from '../domain/plan.ts';
import { distinctRecordings, type Recording } from '../domain/recording.ts';
import type { Artifact } from './artifact.ts';
import { artifactRead } from './artifact-run.ts';
import { openBases } from './base.ts';
import { openClosure } from './closure.ts';
import { lineOf } from './image-class.ts';
import { hasUnreadOutput, sourceOfArtifact } from './origin.ts';
import { openPairing, type Placed, placeOf, rankOf, slotsOf } from './pairing.ts';
import { openPresences } from './presence.ts';
import { openSilence, type Question, type Silence } from './silence.ts';
import { sourceKeysOf } from './source-key.ts';
import { speaksForItsGate } from './speaks-for-its-gate.ts';
import type { Line, Sighting, World } from './world.ts';

/** Joins recordings of any times into one world. */
export function openWorld(unordered: readonly Recording[], plan: Plan): World {
  const recordings = distinctRecordings(unordered).toSorted(byKey(({ takenAt, digest }) => `${takenAt.to} ${digest}`));
  const closure = openClosure(everyObservation(recordings));
  const vouched = vouching(recordings);
  const world: World = {
    plan,
    recordings,
    closure,
    bases: openBases(() => everyObservation(recordings), closure),
    presences: openPresences(recordings),
    ...vouched,
    ...places(recordings, { plan, closure, ...vouched }),
    ...records(recordings, plan),
    sourceOf: remember(
      (artifact: Artifact) => artifact,
      (artifact: Artifact) => sourceOfArtifact(world, artifact),
    ),
    gateBindingsOf: remember(
      (line: string) => line,
      (line: string) => gateBindingsOf(world, line),
    ),
    hasUnreadTest: remember(
      (line: string) => line,
      (line: string) => hasUnreadTest(world, line),
    ),
    hasUnreadOutput: remember(
      ({ line, platform }: Line) => `${line} ${platform}`,
      (line: Line) => hasUnreadOutput(world, line),
    ),
  };
  return world;
}

/** What silence means, over all recordings and in each. */
function vouching(recordings: readonly Recording[]): Pick<World, 'silenceOn' | 'silenceIn' | 'listingOf'> {
  const silences = recordings.map((recording) => openSilence([recording]));
  const clustersOf = clustersAsked(recordings);
  return {
    silenceOn: openSilence(recordings),
    silenceIn: (recording, question) => silences[recording]?.(question) ?? { covered: false, because: 'not-configured' },
    listingOf: remember(
      (environment: string) => environment,
      (environment: string) => newestListing({ silences, clustersOf }, environment),
    ),
  };
}

type Places = Pick<
  World,
  | 'pairing'
  | 'slots'
  | 'slotOf'
  | 'sightings'
  | 'sightingsAt'
  | 'sightingsOnPath'
  | 'ranksOf'
  | 'runsNow'
  | 'sightingsIn'
  | 'sightingsOfLine'
  | 'linesSeen'
  | 'declaredIn'
>;

type Readable = Pick<World, 'plan' | 'closure' | 'silenceOn'>;

/** What ran and what is declared, by artifact, slot and line. */
function places(recordings: readonly Recording[], known: Readable): Places {
  const { plan } = known;
  const sightings = recordings.flatMap((recording, at) => sightingsIn(recording, at, known));
  // A manifest says what somebody means to deploy: no slot is idle for it, and no revision ran.
  const declared = ofKind(recordings, 'declared-image').filter(({ because }) => because !== 'manifest');
  const slots = slotsOf([...sightings.map(({ image }) => image), ...declared.map(placed)], plan);
  const pairing = openPairing([...slots.values()], plan);
  const resolved = sightings.filter(({ artifact }) => artifact);
  const slotOf = (image: RunningImage | DeclaredImage) => placeOf(placed(image), plan).key;
  const inSlot = groupBy(sightings, ({ slot }) => slot);
  return {
    pairing,
    slots,
    slotOf,
    sightings,
    sightingsAt: ({ key }, slot) => (inSlot.get(slot) ?? []).filter(({ artifact }) => artifact?.key === key),
    sightingsOnPath: groupBy(
      resolved.filter(({ slot }) => pairing.isOnPath(slot)),
      ({ artifact, image, line }) => `${artifact?.key} ${rankOf(image.environment, plan)} ${line}`,
    ),
    ranksOf: ranksOf(
      resolved.filter(({ image }) => image.phase !== 'published'),
      plan,
    ),
    runsNow: marksOf(
      sightings.filter(({ recording }) => recording === recordings.length - 1),
      plan,
    ),
    sightingsIn: inSlot,
    sightingsOfLine: groupBy(sightings, ({ line }) => line),
    linesSeen: new Set(sightings.map(({ recording, image, line }) => `${recording} ${image.environment} ${line}`)),
    declaredIn: groupBy(declared, slotOf),
  };
}

function marksOf(sightings: readonly Sighting[], plan: Plan): (place: string) => ReadonlySet<string> {
  const marks = new Map<string, Set<string>>();
  for (const { slot, line, image, artifact } of sightings)
    for (const place of [`slot ${slot}`, `line ${line}`]) {
      const name = `${rankOf(image.environment, plan)} ${place}`;
      const found = marks.get(name) ?? new Set<string>();
      marks.set(name, found);
      for (const mark of [artifact?.key, image.digest]) if (mark !== undefined) found.add(mark);
    }
  return (place) => marks.get(place) ?? new Set();
}

function ranksOf(sightings: readonly Sighting[], plan: Plan): ReadonlyMap<string, ReadonlyMap<number, Sighting>> {
  const ranks = new Map<string, Map<number, Sighting>>();
  for (const sighting of sightings) {
    const key = sighting.artifact?.key ?? '';
    const ofArtifact = ranks.get(key) ?? new Map<number, Sighting>();
    ranks.set(key, ofArtifact);
    const rank = rankOf(sighting.image.environment, plan);
    if (!ofArtifact.has(rank)) ofArtifact.set(rank, sighting);
  }
  return ranks;
}

type Records = Pick<World, 'buildsOf' | 'buildsOfLine' | 'buildsFrom' | 'testsOf' | 'testsOfGate' | 'testsOfLine' | 'tags'>;

/** What was built, tested and tagged, by everything it is looked up by. */
function records(recordings: readonly Recording[], plan: Plan): Records {
  const builds = sortedBy(ofKind(recordings, 'build'), ({ at, run, outputs }) => `${at} ${run?.id} ${run?.attempt} ${outputs[0]?.digest}`);
  const tests = sortedBy(
    ofKind(recordings, 'test').filter((test) => speaksForItsGate(test, plan)),
    ({ at, gate, run, subject, result }) => `${at} ${gate} ${run?.id} ${subject.digest} ${result}`,
  );
  return {
    buildsOf: indexBy(builds, ({ outputs }) => outputs.map(({ digest }) => digest)),
    buildsOfLine: indexBy(builds, (build) => linesOf(build, plan)),
    buildsFrom: indexBy(builds, (build) => linesOf(build, plan).flatMap((line) => sourceKeysOf(build).map((key) => `${key} ${line}`))),
    testsOf: indexBy(tests, ({ subject }) => subject.digest ?? subject.image?.digest ?? []),
    testsOfGate: groupBy(tests, ({ gate }) => gate),
    testsOfLine: indexBy(tests, ({ subject: { digest, image } }) => (image && (digest ?? image.digest) ? lineOf(image, plan) : [])),
    tags: newestTags(ofKind(recordings, 'tag')),
  };
}

function ofKind<K extends Observation['kind']>(recordings: readonly Recording[], kind: K): Extract<Observation, { kind: K }>[] {
  const isOfKind = (seen: Observation): seen is Extract<Observation, { kind: K }> => seen.kind === kind;
  return recordings.flatMap(({ observations }) => observations.filter(isOfKind));
}

function linesOf({ outputs }: BuildRecord, plan: Plan): string[] {
  return [...new Set(outputs.map(({ image }) => lineOf(image, plan)))];
}

function newestTags(tags: readonly Tag[]): Map<string, Tag> {
  return new Map(tags.toSorted(byKey(({ at, digest }) => `${at} ${digest}`)).map((tag) => [formatImageReference(tag.image), tag]));
}

/** A declared image has one reference, a running one two. */
function placed(image: RunningImage | DeclaredImage): Placed {
  return image.kind === 'declared-image' ? { ...image, declared: { spec: image.declared } } : image;
}

/**
 * A recording that was not to see a cluster of an environment says nothing of it: another may have been taken for each. Every cluster
 * that any recording was to see has to be listed by the newest that was.
 */
function newestListing(vouching: Vouching, environment: string): readonly Observation[] | undefined {
  const clusters = vouching.clustersOf(environment);
  const answers = clusters.map((cluster) => {
    const ofCluster = vouching.silences.map((silenceOn) =>
      silenceOn({ of: 'running-image', environment, ...(cluster ? { cluster } : {}) }),
    );
    return ofCluster.findLast((answer) => answer.covered || answer.because !== 'not-configured');
  });
  return answers.every((answer) => answer?.covered) ? answers.flatMap((answer) => (answer?.covered ? answer.evidence : [])) : undefined;
}

type Vouching = Readonly<{
  silences: readonly ((question: Question) => Silence)[];
  clustersOf(environment: string): readonly (string | undefined)[];
}>;

/** The clusters that some source was to see for an environment; one without a name stands for all where none is named. */
function clustersAsked(recordings: readonly Recording[]): (environment: string) => readonly (string | undefined)[] {
  const asked = ofKind(recordings, 'expected').filter(({ of }) => of === 'running-image');
  return (environment) => {
    const here = asked.filter(({ scope }) => scope.environment === undefined || scope.environment === environment);
    const named = new Set(here.flatMap(({ scope }) => scope.cluster ?? []));
    return named.size > 0 ? [...named].toSorted() : [undefined];
  };
}

function* everyObservation(recordings: readonly Recording[]): Iterable<Observation> {
  for (const { observations } of recordings) yield* observations;
}

function sightingsIn({ observations }: Recording, recording: number, known: Readable): Sighting[] {
  const images = observations.filter((seen) => seen.kind === 'running-image').filter(({ role }) => role !== 'ephemeral');
  return sortedBy(images, placeAndState).map((image) => {
    const found = artifactRead(image, known);
    const artifact = typeof found === 'string' ? undefined : found;
    return { slot: placeOf(image, known.plan).key, line: lineOf(image.declared.spec, known.plan), recording, image, artifact };
  });
}

/** Orders what was seen by what it is, so that the order it was read in does not matter. */
function placeAndState({ environment, workload, container, reported, phase, revision, platform, origin }: RunningImage): string {
  const { cluster, namespace, kind, name } = workload;
  return [environment, cluster, namespace, kind, name, container, reported, phase, revision?.name, platform, origin.locator].join(' ');
}

/** A gate names a digest of the line where the record says so, or where a build of the line made that digest. */
function gateBindingsOf({ plan, buildsOfLine, testsOf, testsOfLine }: World, line: string): readonly TestRecord[] {
  const gates = new Set(plan.gates.map(({ name }) => name));
  const digests = new Set((buildsOfLine.get(line) ?? []).flatMap(({ outputs }) => outputs.map(({ digest }) => digest)));
  const byBuild = [...digests].flatMap((digest) => testsOf.get(digest) ?? []);
  return [...new Set([...byBuild, ...(testsOfLine.get(line) ?? [])])].filter(({ gate }) => gates.has(gate));
}

function hasUnreadTest({ closure, gateBindingsOf }: World, line: string): boolean {
  const digests = gateBindingsOf(line).flatMap(({ subject }) => subject.digest ?? subject.image?.digest ?? []);
  return digests.some((digest) => closure.roleOf(digest) === 'unknown');
}
