import { rememberOf } from '../domain/order.ts';
import type { World } from './world.ts';

/** How far two clocks may differ before a time of the one proves anything against a time of the other. */
export const CLOCK_TOLERANCE_MS = 5 * 60 * 1000;

/** The same, of what clusters date: wider by as much as their clocks were measured to be off, against ours or against each other. */
export function clockToleranceMs(world: World, [cluster, other]: readonly [string, string?]): number {
  const skews = skewsOf(world);
  // No clock of ours stands between two times of one cluster.
  const own = cluster === other ? [] : (skews.get(cluster) ?? [0]);
  const others = cluster === other || other === undefined ? [0] : (skews.get(other) ?? [0]);
  return CLOCK_TOLERANCE_MS + Math.max(0, ...own.flatMap((a) => others.map((b) => Math.abs(a - b))));
}

/** Of every cluster, how far its clock was ahead in each recording that read it. */
const skewsOf = rememberOf(({ recordings }: World): ReadonlyMap<string, readonly number[]> => {
  const skews = new Map<string, number[]>();
  for (const { observations } of recordings)
    for (const seen of observations)
      if (seen.kind === 'cluster') skews.set(seen.cluster, [...(skews.get(seen.cluster) ?? []), seen.skewMs ?? 0]);
  return skews;
});
