import { type Known, known, unknown } from '../domain/known.ts';
import type { DeclaredImage } from '../domain/observation.ts';
import { lookAt } from './arrival-order.ts';
import type { Artifact } from './artifact.ts';
import { declaredArtifact } from './declared.ts';
import { madeTimes } from './made-times.ts';
import type { Identified } from './row.ts';
import { thereBy } from './there-by.ts';
import type { Sighting, World } from './world.ts';

/** When an artifact first came to its place: not before `from`, where that is known, and not after `to`. */
export type ArrivalWindow = Readonly<{ from: string | undefined; to: string }>;

/** Between which times the artifact of a row came to its place, by recordings, by revisions, and since it was made. */
export function arrivalWindowOf(world: World, row: Identified): Known<ArrivalWindow> {
  const here = world.sightingsAt(row.artifact, row.where).filter(({ image }) => image.phase !== 'waiting');
  if (here.length === 0) return unknown('not-started');
  const declaring = revisionsWith(world, row);
  const to = [thereBy(here), ...declaring.flatMap(({ revision }) => revision?.created ?? [])].toSorted()[0] ?? '';
  const isExact = isChangeAt(world, row, to, here);
  // What was seen missing after it had come has come back since: that was not its arrival.
  const since = [madeTimes(world, row.artifact)[0], absentAt(world, here)].flatMap((time) =>
    time !== undefined && time <= to ? [time] : [],
  );
  return known({ from: isExact ? to : since.toSorted().at(-1), to }, [...here.map(({ image }) => image), ...declaring]);
}

/** Older revisions of the place that declared the artifact: it may have run there then. */
function revisionsWith(world: World, { where, artifact }: Identified): readonly DeclaredImage[] {
  const older = (world.declaredIn.get(where) ?? []).filter(({ because }) => because === 'revision');
  return older.filter((image) => declaredArtifact(world, image, artifact.platform)?.artifact.key === artifact.key);
}

/** The last recording before the first sighting that saw the place without the artifact. */
function absentAt(world: World, here: readonly Sighting[]): string | undefined {
  const first = here.reduce((one, other) => (other.recording < one.recording ? other : one));
  const before = Array.from({ length: first.recording }, (_, back) => first.recording - 1 - back);
  const without = before.find((recording) => lookAt(world, first, recording) === 'absent');
  return without === undefined ? undefined : world.recordings[without]?.takenAt.from;
}

/**
 * Whether the artifact came with a revision that was made at a time: it pins the artifact, and it is the first, or the one before it pinned another.
 * A revision that somebody went back to keeps its time and gets a new number: the one before that is younger, and proves nothing.
 */
function isChangeAt(world: World, row: Identified, time: string, here: readonly Sighting[]): boolean {
  const numbers = here.flatMap(({ image: { declared, revision } }) =>
    declared.spec.digest && revision?.created === time && revision.number !== undefined ? [revision.number] : [],
  );
  return numbers.some(
    (number) => number === 1 || othersAt(world, row, number - 1).some((created) => created !== undefined && created <= time),
  );
}

/** When the revisions of a number were made that are known to have pinned another artifact. */
function othersAt(world: World, { where, artifact }: Identified, number: number): readonly (string | undefined)[] {
  const declared = (world.declaredIn.get(where) ?? []).map((image) => ({
    revision: image.revision,
    artifact: declaredArtifact(world, image, artifact.platform)?.artifact,
  }));
  const ran = (world.sightingsIn.get(where) ?? []).map((seen) => ({
    revision: seen.image.revision,
    artifact: seen.image.declared.spec.digest ? seen.artifact : undefined,
  }));
  const isOther = (other: Artifact | undefined) => other !== undefined && other.key !== artifact.key;
  const ofNumber = [...declared, ...ran].filter(({ revision }) => revision?.number === number);
  return ofNumber.every((one) => isOther(one.artifact)) ? ofNumber.map(({ revision }) => revision?.created) : [];
}
