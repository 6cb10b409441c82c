import { DAY_MS } from '../domain/day.ts';
import { groupBy } from '../domain/order.ts';
import { openLooks } from './newest-look.ts';
import type { Sighting, World } from './world.ts';

/** What runs now: of every environment and cluster, what its newest recording saw, less what finished before (SEMANTICS 8). */
export function sceneOf(world: World): readonly Sighting[] {
  const newestLookAt = openLooks(world.recordings);
  const isOfNewest = ({ image: { environment, workload }, recording }: Sighting) =>
    recording === newestLookAt(environment, workload.cluster);
  return [...groupBy(world.sightings, ({ slot }) => slot).values()].flatMap((sightings) =>
    sightings.filter((one) => isOfNewest(one) && !isHistory(world, one, sightings)),
  );
}

/** What had finished when an earlier recording saw it was judged there; in the first recording, a day ago is long ago. */
function isHistory({ recordings }: World, { image, recording, artifact }: Sighting, ofSlot: readonly Sighting[]): boolean {
  if (image.phase !== 'completed' && image.phase !== 'failed') return false;
  // What is known to have ended has a time; an init container of a living pod and one that crashes have none, and stay.
  const { finishedAt } = image;
  if (finishedAt === undefined) return false;
  const isSame = (other: Sighting) => other.artifact?.key === artifact?.key && other.image.finishedAt === finishedAt;
  if (ofSlot.some((other) => other.recording < recording && isSame(other))) return true;
  const takenAt = Date.parse(recordings[recording]?.takenAt.to ?? '');
  return recording === 0 && takenAt - Date.parse(finishedAt) > DAY_MS;
}
