import type { Observation, RunningImage } from '../domain/observation.ts';
import { groupBy, remember } from '../domain/order.ts';
import type { Sighting, World } from './world.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What runs now: of every environment and cluster, what its newest recording saw, less what finished before (SEMANTICS 8). */
export function sceneOf(world: World): readonly Sighting[] {
  const looks = world.recordings.map(({ observations }) => looksIn(observations));
  const newestLookAt = remember(
    ({ environment, workload }: RunningImage) => `${environment} ${workload.cluster}`,
    ({ environment, workload }: RunningImage) => looks.findLastIndex((look) => look(environment, workload.cluster)),
  );
  return [...groupBy(world.sightings, ({ slot }) => slot).values()].flatMap((sightings) =>
    sightings.filter((one) => one.recording === newestLookAt(one.image) && !isHistory(world, one, sightings)),
  );
}

type Look = (environment: string, cluster: string) => boolean;

/** Whether a recording looked at a place: it saw something there, or says that it was to. */
function looksIn(observations: readonly Observation[]): Look {
  const seen = new Set<string>();
  const scopes: { environment: string | undefined; cluster: string | undefined }[] = [];
  for (const one of observations) {
    if (one.kind === 'running-image') seen.add(`${one.environment} ${one.workload.cluster}`);
    if ((one.kind === 'coverage' || one.kind === 'gap' || one.kind === 'expected') && one.of === 'running-image')
      scopes.push({ environment: one.scope.environment, cluster: one.scope.cluster });
  }
  const isOr = (named: string | undefined, asked: string) => named === undefined || named === asked;
  return (environment, cluster) =>
    seen.has(`${environment} ${cluster}`) || scopes.some((scope) => isOr(scope.environment, environment) && isOr(scope.cluster, cluster));
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
