import { formatImageReference } from '../domain/image-reference.ts';
import type { BuildRecord, DeclaredImage, Observation, RunningImage, Tag, TestRecord } from '../domain/observation.ts';
import { byKey, groupBy, indexBy, remember, sortedBy } from '../domain/order.ts';
import type { Plan } from '../domain/plan.ts';
import type { Recording } from '../domain/recording.ts';
import type { StandingReason } from '../domain/standing.ts';
import { type Closure, openClosure } from './closure.ts';
import { lineOf } from './image-class.ts';
import { hasUnreadOutput, type Line, type Source, sourceOfArtifact } from './origin.ts';
import { openPairing, type Pairing, type Placed, placeOf, type Slot, slotsOf } from './pairing.ts';
import type { Artifact } from './row.ts';
import { openSilence, type Question, type Silence } from './silence.ts';
import { sourceKeysOf } from './source-key.ts';

/** One running image in one recording, with the artifact it leads to where that is known. */
export type Sighting = Readonly<{ slot: string; line: string; recording: number; image: RunningImage; artifact: Artifact | undefined }>;

/** Everything observed, joined and indexed once; recordings are oldest first. */
export type World = Readonly<{
  plan: Plan;
  recordings: readonly Recording[];
  closure: Closure;
  silenceOn(question: Question): Silence;
  /** The same, asked of one recording alone. */
  silenceIn(recording: number, question: Question): Silence;
  /** The coverage of the newest recording that was to see an environment, where it did. */
  listingOf(environment: string): readonly Observation[] | undefined;
  pairing: Pairing;
  slots: ReadonlyMap<string, Slot>;
  /** The key of the slot that an image runs or is declared in. */
  slotOf(image: RunningImage | DeclaredImage): string;
  sightings: readonly Sighting[];
  sightingsOf: ReadonlyMap<string, readonly Sighting[]>;
  sightingsIn: ReadonlyMap<string, readonly Sighting[]>;
  sightingsOfLine: ReadonlyMap<string, readonly Sighting[]>;
  /** Every `recording environment line` that ran. */
  linesSeen: ReadonlySet<string>;
  declaredIn: ReadonlyMap<string, readonly DeclaredImage[]>;
  buildsOf: ReadonlyMap<string, readonly BuildRecord[]>;
  buildsOfLine: ReadonlyMap<string, readonly BuildRecord[]>;
  /** By source key and line: a commit that builds many images is compared within one line only. */
  buildsFrom: ReadonlyMap<string, readonly BuildRecord[]>;
  testsOf: ReadonlyMap<string, readonly TestRecord[]>;
  testsOfGate: ReadonlyMap<string, readonly TestRecord[]>;
  /** Those that name a digest, by the line they say it is of. */
  testsOfLine: ReadonlyMap<string, readonly TestRecord[]>;
  /** What an artifact was made from, where that is known. */
  sourceOf(artifact: Artifact): Source | undefined;
  /** Whether a build of the line made something that was never read. */
  hasUnreadOutput(line: Line): boolean;
  /** The results of configured gates that name a digest of the line. */
  gateBindingsOf(line: string): readonly TestRecord[];
  /** The newest sight of every tag, by its reference. */
  tags: ReadonlyMap<string, Tag>;
}>;

/** Joins recordings of any times into one world. */
export function openWorld(unordered: readonly Recording[], plan: Plan): World {
  const recordings = unordered.toSorted(byKey(({ takenAt, digest }) => `${takenAt.to} ${digest}`));
  const silences = recordings.map((recording) => openSilence([recording]));
  const closure = openClosure(everyObservation(recordings));
  const sightings = recordings.flatMap((recording, at) => sightingsIn(recording, at, closure, plan));
  const declared = ofKind(recordings, 'declared-image');
  const slots = slotsOf([...sightings.map(({ image }) => image), ...declared.map(placed)], plan);
  const slotOf = (image: RunningImage | DeclaredImage) => placeOf(placed(image), plan).key;
  const builds = sortedBy(ofKind(recordings, 'build'), ({ at, run, outputs }) => `${at} ${run?.id} ${run?.attempt} ${outputs[0]?.digest}`);
  const tests = sortedBy(
    ofKind(recordings, 'test'),
    ({ at, gate, run, subject, result }) => `${at} ${gate} ${run?.id} ${subject.digest} ${result}`,
  );
  const world: World = {
    plan,
    recordings,
    closure,
    silenceOn: openSilence(recordings),
    silenceIn: (recording, question) => silences[recording]?.(question) ?? { covered: false, because: 'not-configured' },
    listingOf: remember(
      (environment: string) => environment,
      (environment: string) => newestListing(silences, environment),
    ),
    pairing: openPairing([...slots.values()], plan),
    slots,
    slotOf,
    sightings,
    sightingsOf: groupBy(
      sightings.filter(({ artifact }) => artifact),
      ({ artifact }) => artifact?.key ?? '',
    ),
    sightingsIn: groupBy(sightings, ({ slot }) => slot),
    sightingsOfLine: groupBy(sightings, ({ line }) => line),
    linesSeen: new Set(sightings.map(({ recording, image, line }) => `${recording} ${image.environment} ${line}`)),
    declaredIn: groupBy(declared, slotOf),
    buildsOf: indexBy(builds, ({ outputs }) => outputs.map(({ digest }) => digest)),
    buildsOfLine: indexBy(builds, (build) => linesOf(build, plan)),
    buildsFrom: indexBy(builds, (build) => linesOf(build, plan).flatMap((line) => sourceKeysOf(build).map((key) => `${key} ${line}`))),
    testsOf: indexBy(tests, ({ subject }) => subject.digest ?? subject.image?.digest ?? []),
    testsOfGate: groupBy(tests, ({ gate }) => gate),
    testsOfLine: indexBy(tests, ({ subject: { digest, image } }) => (image && (digest ?? image.digest) ? lineOf(image, plan) : [])),
    tags: newestTags(ofKind(recordings, 'tag')),
    sourceOf: remember(
      ({ key, digest }: Artifact) => `${key} ${digest}`,
      (artifact: Artifact) => sourceOfArtifact(world, artifact),
    ),
    gateBindingsOf: remember(
      (line: string) => line,
      (line: string) => gateBindingsOf(world, line),
    ),
    hasUnreadOutput: remember(
      ({ line, platform }: Line) => `${line} ${platform}`,
      (line: Line) => hasUnreadOutput(world, line),
    ),
  };
  return world;
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

/** A recording that was not to see an environment says nothing of it: another may have been taken for each cluster. */
function newestListing(silences: readonly ((question: Question) => Silence)[], environment: string): readonly Observation[] | undefined {
  const answers = silences.map((silenceOn) => silenceOn({ of: 'running-image', environment }));
  const newest = answers.findLast((answer) => answer.covered || answer.because !== 'not-configured');
  return newest?.covered ? newest.evidence : undefined;
}

function* everyObservation(recordings: readonly Recording[]): Iterable<Observation> {
  for (const { observations } of recordings) yield* observations;
}

function sightingsIn({ observations }: Recording, recording: number, closure: Closure, plan: Plan): Sighting[] {
  const images = observations.filter((seen) => seen.kind === 'running-image').filter(({ role }) => role !== 'ephemeral');
  return sortedBy(images, placeAndState).map((image) => {
    const found = artifactRunBy(image, closure);
    const artifact = typeof found === 'string' ? undefined : found;
    return { slot: placeOf(image, plan).key, line: lineOf(image.declared.spec, plan), recording, image, artifact };
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

/** What a container runs. A pod spec pinned by digest proves it, unless what the runtime reports resolves to another (SEMANTICS 10). */
export function artifactRunBy({ digest, declared, platform, phase }: RunningImage, closure: Closure): Artifact | StandingReason {
  const pinned = declared.spec.digest && closure.artifactOf(declared.spec.digest, platform);
  const reported = digest && phase !== 'waiting' ? closure.artifactOf(digest, platform) : undefined;
  if (!pinned) return reported ?? 'no-digest';
  if (typeof pinned === 'string' || !reported || typeof reported === 'string') return pinned;
  const contradicts = isResolved(pinned) && isResolved(reported) && pinned.key !== reported.key;
  return contradicts ? 'declared-contradicts-reported' : pinned;
}

/** Whether an artifact is known down to its config digest, so that unequal keys mean unequal artifacts. */
export function isResolved({ manifest, config }: Artifact): boolean {
  return manifest !== undefined || config !== undefined;
}
