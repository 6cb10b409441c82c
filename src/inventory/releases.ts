import type { Known } from '../domain/known.ts';
import type { Freeze } from './freeze-spans.ts';
import { type Frozen, frozenOf } from './frozen.ts';
import { type Leave, type LeavePolicy, openLeave } from './leave.ts';
import type { Row } from './row.ts';
import { openTogether, type Together } from './together.ts';
import type { World } from './world.ts';

/** What is asked of how a row was released, with the policy that a rule was given. */
export type Releases = Readonly<{
  /** Whether somebody else than who asked for it approved what the row runs. */
  leaveOf(row: Row, policy: LeavePolicy): Known<Leave>;
  /** Whether what the row runs came to its place in a freeze. */
  frozenOf(row: Row, freezes: readonly Freeze[]): Known<Frozen>;
  /** Whether what runs beside the row, of its groups, passed a gate together with it. */
  togetherOf(row: Row, groups: readonly (readonly string[])[]): Known<Together>;
}>;

/** Opens how a world's rows were released. */
export function openReleases(world: World, rows: readonly Row[]): Releases {
  return { leaveOf: openLeave(world), frozenOf: (row, freezes) => frozenOf(world, row, freezes), togetherOf: openTogether(world, rows) };
}
