import type { ClusterClock } from './clock-tolerance.ts';
import type { Sighting } from './world.ts';

/** When an artifact was in its place at the latest: a container that runs it had started, or a revision that pins it was made. */
export function thereBy(here: readonly Sighting[]): string {
  const times = here.map(timeOf);
  return times.reduce((one, other) => (other < one ? other : one), times[0] ?? '');
}

/** The clock that says so: of the cluster, as it was in the first recording that has that time. */
export function clockOfThereBy(here: readonly [Sighting, ...Sighting[]]): ClusterClock {
  const there = thereBy(here);
  const dated = here.filter((sighting) => timeOf(sighting) === there);
  const { image, recording } = dated.reduce((one, other) => (other.recording < one.recording ? other : one), dated[0] ?? here[0]);
  return { cluster: image.workload.cluster, recording };
}

function timeOf({ image }: Sighting): string {
  const pinned = image.declared.spec.digest === undefined ? undefined : image.revision?.created;
  const times = [image.since ?? image.at, pinned ?? image.at];
  return times.reduce((one, other) => (other < one ? other : one), image.at);
}
