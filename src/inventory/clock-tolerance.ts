import { groupBy, rememberOf } from '../domain/order.ts';
import type { World } from './world.ts';

/** How far two clocks may differ before a time of the one proves anything against a time of the other. */
export const CLOCK_TOLERANCE_MS = 5 * 60 * 1000;

/** A cluster whose clock dated something, as it was measured in the recording that has it; in all of them, where none is named. */
export type ClusterClock = Readonly<{ cluster: string; recording?: number }>;

/** The same, of what clusters date: wider by as much as their clocks were measured to be off, against ours or against each other. */
export function clockToleranceMs(world: World, [clock, other]: readonly [ClusterClock, ClusterClock?]): number {
  // No clock of ours stands between two times of one cluster.
  if (clock.cluster === other?.cluster) return CLOCK_TOLERANCE_MS;
  const others = other ? skewsOf(world, other) : [0];
  return CLOCK_TOLERANCE_MS + Math.max(0, ...skewsOf(world, clock).flatMap((a) => others.map((b) => Math.abs(a - b))));
}

function skewsOf(world: World, { cluster, recording }: ClusterClock): readonly number[] {
  const measured = (measuredIn(world).get(cluster) ?? []).filter((one) => recording === undefined || one.recording === recording);
  return measured.length === 0 ? [0] : measured.map(({ skewMs }) => skewMs);
}

/** Of every cluster, how far its clock was ahead in each recording that read it. */
const measuredIn = rememberOf(({ recordings }: World) => {
  const measured = recordings.flatMap(({ observations }, recording) =>
    observations.filter((seen) => seen.kind === 'cluster').map(({ cluster, skewMs = 0 }) => ({ cluster, recording, skewMs })),
  );
  return groupBy(measured, ({ cluster }) => cluster);
});
