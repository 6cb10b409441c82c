import type { Observation } from '../domain/observation.ts';
import { rememberOf } from '../domain/order.ts';
import type { World } from './world.ts';

/** By how many milliseconds at most the clocks that dated two observations are known to differ: of the registry that one was pushed to, of the cluster that the other runs in. */
export function skewBetween(world: World, ...dated: readonly Observation[]): number {
  const skews = skewsOf(world);
  return dated.reduce((sum, seen) => sum + (skews.get(clockOf(seen)) ?? 0), 0);
}

/** The largest of every clock in all recordings: which of them dated what is not told. */
const skewsOf = rememberOf((world: World) => {
  const skews = new Map<string, number>();
  for (const { observations } of world.recordings)
    for (const seen of observations) {
      const skewMs = seen.kind === 'registry' || seen.kind === 'cluster' ? Math.abs(seen.skewMs ?? 0) : 0;
      if (skewMs > 0) skews.set(clockOf(seen), Math.max(skewMs, skews.get(clockOf(seen)) ?? 0));
    }
  return skews;
});

function clockOf(seen: Observation): string {
  if (seen.kind === 'registry') return `registry ${seen.registry}`;
  if (seen.kind === 'cluster') return `cluster ${seen.cluster}`;
  if (seen.kind === 'running-image') return `cluster ${seen.workload.cluster}`;
  return 'image' in seen ? `registry ${seen.image.registry}` : '';
}
