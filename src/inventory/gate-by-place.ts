import type { TestRecord } from '../domain/observation.ts';
import { projectOf } from '../domain/project.ts';
import { tierOf } from '../domain/trust.ts';
import type { Artifact } from './artifact.ts';
import type { Slot } from './pairing.ts';
import type { World } from './world.ts';

/**
 * The results of gates that name no digest but the environment they test: they bind to the one pinned revision that ran in a
 * counterpart there throughout (SEMANTICS 16). One that names a commit tested what was built from it, and nothing else that ran there.
 */
export function passesByPlace(world: World, artifact: Artifact, counterparts: readonly Slot[]): readonly TestRecord[] {
  const ofPlaces = world.plan.gates.filter(({ environment }) => environment !== undefined);
  return ofPlaces.flatMap(({ name, environment }) => {
    const slots = counterparts.filter((slot) => slot.environment === environment);
    const nameless =
      slots.length === 0 ? [] : (world.testsOfGate.get(name) ?? []).filter(({ subject }) => !subject.digest && !subject.image?.digest);
    const ofIts = nameless.filter((test) => mayHaveTested(world, artifact, test));
    return ofIts.filter((test) => slots.some(({ key }) => ranThroughout(world, key, artifact, test)));
  });
}

/** What a label claims of an artifact's source binds no pass to it: only a record does. */
function mayHaveTested({ sourceOf }: World, artifact: Artifact, { subject: { commit }, run }: TestRecord): boolean {
  if (commit === undefined) return true;
  const source = sourceOf(artifact);
  const isNamed = (key: string) => (run?.repository ? key === `${projectOf(run.repository)} ${commit}` : key.endsWith(` ${commit}`));
  return source?.build !== undefined && tierOf(source.build.trust) !== 'claimed' && source.keys.some(isNamed);
}

/** The slot ran this artifact alone, pinned, from before the test began until a recording after it ended. */
function ranThroughout(world: World, slot: string, artifact: Artifact, { at, startedAt = at }: TestRecord): boolean {
  const after = world.recordings.findIndex(({ takenAt }) => takenAt.from >= at);
  const seen = (world.sightingsIn.get(slot) ?? []).filter(
    ({ recording, image }) => recording === after && image.phase !== 'waiting' && image.phase !== 'published',
  );
  const isWhole = seen.every(
    ({ image, artifact: found }) =>
      found?.key === artifact.key &&
      image.declared.spec.digest !== undefined &&
      image.revision?.created !== undefined &&
      image.revision.created <= startedAt &&
      image.since !== undefined &&
      image.since <= startedAt,
  );
  return seen.length > 0 && isWhole;
}
