import { CLOCK_TOLERANCE_MS, type ClusterClock, clockToleranceMs } from './clock-tolerance.ts';
import type { Sighting, World } from './world.ts';

/**
 * Which of two places an artifact came to first; `doubtful` where an earlier recording was to see one of them and could
 * not, or where clocks that were measured to differ leave it open.
 */
export type ArrivalOrder = 'established' | 'not-established' | 'doubtful' | 'late';

/** Recordings order arrivals; inside one, revision creation times do, with five minutes' tolerance. Pod starts never do. */
export function orderOf(world: World, upstream: Sighting, here: Sighting | undefined): ArrivalOrder {
  if (!here) return 'not-established';
  if (upstream.recording > here.recording) {
    const look = lookAt(world, upstream, here.recording);
    if (look !== 'not-asked') return look === 'absent' ? 'late' : 'doubtful';
  }
  if (upstream.recording > earliestOf(world, here)) return 'doubtful';
  return upstream.recording < here.recording ? 'established' : orderOfRevisions(world, upstream, here);
}

/** The first recording that may have had the artifact in place: back over those that could not see the place, or not what ran there. */
function earliestOf(world: World, here: Sighting): number {
  let earliest = here.recording;
  for (let recording = here.recording - 1; recording >= 0; recording--) {
    const look = lookAt(world, here, recording);
    if (look === 'absent') return earliest;
    if (look === 'unseen') earliest = recording;
  }
  return earliest;
}

/** What a recording without the artifact in a place says of it: it was absent, it may have been there unseen, or nobody asked. */
export function lookAt(world: World, { image, slot }: Sighting, recording: number): 'absent' | 'unseen' | 'not-asked' {
  const there = (world.sightingsIn.get(slot) ?? []).filter((seen) => seen.recording === recording);
  if (there.some(({ artifact, image: { phase } }) => !artifact && phase !== 'waiting')) return 'unseen';
  const { environment, workload } = image;
  // What is injected is one slot for all the workloads that have it.
  const isPooled = slot.split('/')[2] === '*';
  const place = isPooled ? { environment } : { environment, cluster: workload.cluster, namespace: workload.namespace };
  const silence = world.silenceIn(recording, { of: 'running-image', ...place });
  if (silence.covered) return 'absent';
  return silence.because === 'not-configured' ? 'not-asked' : 'unseen';
}

/** What a clock that is off leaves open: it makes no order, and where it would have been too late, it counts for nothing. */
function orderOfRevisions(world: World, upstream: Sighting, here: Sighting): ArrivalOrder {
  const [above, below] = [upstream.image.revision?.created, here.image.revision?.created];
  if (above === undefined || below === undefined) return 'not-established';
  const lead = Date.parse(below) - Date.parse(above);
  const tolerance = clockToleranceMs(world, [clockOf(upstream), clockOf(here)]);
  if (lead < -CLOCK_TOLERANCE_MS) return lead < -tolerance ? 'late' : 'doubtful';
  return lead > tolerance ? 'established' : 'not-established';
}

function clockOf({ image, recording }: Sighting): ClusterClock {
  return { cluster: image.workload.cluster, recording };
}
