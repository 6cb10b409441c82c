import type { ApprovalRecord } from '../domain/observation.ts';
import { CLOCK_TOLERANCE_MS, clockToleranceMs } from './clock-tolerance.ts';
import type { Look } from './leave-listing.ts';
import { clockOfThereBy, thereBy } from './there-by.ts';
import type { Sighting, World } from './world.ts';

/** Whether an approval came before what it is of; where it is late, by its own word or because an earlier recording lacked it. */
export type LeaveTime = Readonly<
  { is: 'in-time' | 'not-known' } | { is: 'late'; there: string; at: string } | { is: 'seen-late'; there: string; at: string; seen: string }
>;

/** An approval with the first recording that had it. */
export type SeenApproval = Readonly<{ approval: ApprovalRecord; seenIn: number }>;

/** The order of an approval and of the sightings of its artifact in one place; of a recording without it `look` says whether it listed all. */
export function leaveTimeOf(
  world: World,
  { approval, seenIn }: SeenApproval,
  { here, look }: Readonly<{ here: readonly [Sighting, ...Sighting[]]; look: (recording: number) => Look }>,
): LeaveTime {
  const { at, notBefore = at } = approval;
  const { recordings } = world;
  const there = thereBy(here);
  const isAfter = (time: string, byMs: number) => Date.parse(time) - Date.parse(there) > byMs;
  if (isAfter(notBefore, clockToleranceMs(world, [clockOfThereBy(here)]))) return { is: 'late', there, at: notBefore };
  const before = here.filter(({ recording }) => recording < seenIn && there <= (recordings[recording]?.takenAt.from ?? ''));
  const without = before.find(({ recording }) => look(recording) === 'listed');
  const seen = recordings[seenIn]?.takenAt.to ?? '';
  if (without) return { is: 'seen-late', there: recordings[without.recording]?.takenAt.from ?? '', at, seen };
  // It may have been there all the same, in a recording that could not list everything.
  const isOpen = before.some(({ recording }) => look(recording) === 'open');
  return { is: isOpen || isAfter(at, CLOCK_TOLERANCE_MS) ? 'not-known' : 'in-time' };
}
