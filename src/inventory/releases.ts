import type { Known } from '../domain/known.ts';
import { type Leave, type LeavePolicy, openLeave } from './leave.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

/** What is asked of how a row was released, with the policy that a rule was given. */
export type Releases = Readonly<{
  /** Whether somebody else than who asked for it approved what the row runs. */
  leaveOf(row: Row, policy: LeavePolicy): Known<Leave>;
}>;

/** Opens how a world's rows were released. */
export function openReleases(world: World): Releases {
  return { leaveOf: openLeave(world) };
}
