import type { BuildRecord, DeclaredImage, Observation, RunningImage, TestRecord } from '../domain/observation.ts';
import { groupBy } from '../domain/order.ts';
import { slotKey } from '../domain/place.ts';
import type { Plan } from '../domain/plan.ts';
import type { Recording } from '../domain/recording.ts';
import type { StandingReason } from '../domain/standing.ts';
import { type Closure, openClosure } from './closure.ts';
import { lineOf } from './image-class.ts';
import { openPairing, type Pairing, type Slot, slotsOf } from './pairing.ts';
import type { Artifact } from './row.ts';
import { openSilence, type Question, type Silence } from './silence.ts';

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
  pairing: Pairing;
  slots: ReadonlyMap<string, Slot>;
  sightingsOf: ReadonlyMap<string, readonly Sighting[]>;
  sightingsIn: ReadonlyMap<string, readonly Sighting[]>;
  sightingsOfLine: ReadonlyMap<string, readonly Sighting[]>;
  declaredIn: ReadonlyMap<string, readonly DeclaredImage[]>;
  buildsOf: ReadonlyMap<string, readonly BuildRecord[]>;
  buildsOfLine: ReadonlyMap<string, readonly BuildRecord[]>;
  buildsFrom: ReadonlyMap<string, readonly BuildRecord[]>;
  testsOf: ReadonlyMap<string, readonly TestRecord[]>;
}>;

/** Joins recordings of any times into one world. */
export function openWorld(unordered: readonly Recording[], plan: Plan): World {
  const recordings = unordered.toSorted((a, b) => (`${a.takenAt.to} ${a.digest}` < `${b.takenAt.to} ${b.digest}` ? -1 : 1));
  const silences = recordings.map((recording) => openSilence([recording]));
  const closure = openClosure(everyObservation(recordings));
  const sightings = recordings.flatMap((recording, at) => sightingsIn(recording, at, closure, plan));
  const declared = recordings.flatMap(({ observations }) => observations.filter((seen) => seen.kind === 'declared-image'));
  const slots = slotsOf(
    [...sightings.map(({ image }) => image), ...declared.map((image) => ({ ...image, declared: { spec: image.declared } }))],
    plan,
  );
  const builds = recordings.flatMap(({ observations }) => observations.filter((seen) => seen.kind === 'build'));
  const tests = recordings.flatMap(({ observations }) => observations.filter((seen) => seen.kind === 'test'));
  return {
    plan,
    recordings,
    closure,
    silenceOn: openSilence(recordings),
    silenceIn: (recording, question) => silences[recording]?.(question) ?? { covered: false, because: 'not-configured' },
    pairing: openPairing(slots.values(), plan),
    slots,
    sightingsOf: groupBy(
      sightings.filter(({ artifact }) => artifact),
      ({ artifact }) => artifact?.key ?? '',
    ),
    sightingsIn: groupBy(sightings, ({ slot }) => slot),
    sightingsOfLine: groupBy(sightings, ({ line }) => line),
    declaredIn: groupBy(declared, slotKey),
    buildsOf: indexBy(builds, ({ outputs }) => outputs.map(({ digest }) => digest)),
    buildsOfLine: indexBy(builds, ({ outputs }) => outputs.map(({ image }) => lineOf(image, plan))),
    buildsFrom: indexBy(builds, (build) => sourceKeysOf(build)),
    testsOf: indexBy(tests, ({ subject }) => subject.digest ?? subject.image?.digest ?? []),
  };
}

/** The names a source goes by: repository (without its host, which labels and records write differently) and commit, or the git tree. */
export function sourceKeysOf({ source }: Pick<BuildRecord, 'source'>): string[] {
  if (!source) return [];
  const project = source.repository.replace(/^(?:git\+)?https?:\/\/[^/]+\//, '').replace(/\.git$/, '');
  return [...(source.commit ? [`${project} ${source.commit}`] : []), ...(source.tree ? [`tree ${source.tree}`] : [])];
}

function* everyObservation(recordings: readonly Recording[]): Iterable<Observation> {
  for (const { observations } of recordings) yield* observations;
}

function sightingsIn({ observations }: Recording, recording: number, closure: Closure, plan: Plan): Sighting[] {
  return observations
    .filter((seen) => seen.kind === 'running-image')
    .filter(({ role }) => role !== 'ephemeral')
    .map((image) => {
      const found = artifactRunBy(image, closure);
      const artifact = typeof found === 'string' ? undefined : found;
      return { slot: slotKey(image), line: lineOf(image.declared.spec, plan), recording, image, artifact };
    });
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

/** Like groupBy, for things that have several keys; a thing stands once under each. */
function indexBy<T>(items: readonly T[], keys: (item: T) => string | readonly string[]): Map<string, T[]> {
  const index = new Map<string, T[]>();
  for (const item of items)
    for (const key of new Set([keys(item)].flat())) {
      const found = index.get(key);
      if (found) found.push(item);
      else index.set(key, [item]);
    }
  return index;
}
