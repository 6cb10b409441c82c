import { type Known, known, unknown } from '../domain/known.ts';
import type { BuildRecord } from '../domain/observation.ts';
import type { Plan } from '../domain/plan.ts';
import type { Recording } from '../domain/recording.ts';
import { originOf, sourceOf } from './origin.ts';
import type { Row, Standing } from './row.ts';
import { rowsOf, upstreamOnlyOf } from './rows.ts';
import { standingOf } from './standing.ts';
import { openWorld } from './world.ts';

/** What is known of an estate, as rules may ask it; every standing is computed once. */
export type Ledger = Readonly<{
  rows: readonly Row[];
  /** How many slots only upstream environments have. */
  upstreamOnly: number;
  /** The row's standing, whatever it is. */
  standing(row: Row): Standing;
  /** The row's standing, where it is resolved. */
  standingOf(row: Row): Known<Standing>;
  /** The row's standing, where it is also known whether it is a rebuild: what was made from no known source may be one. */
  rebuildOf(row: Row): Known<Standing>;
  /** The build that made the row's artifact, or `foreign` where the line's builds were listed and none did. */
  originOf(row: Row): Known<BuildRecord | 'foreign' | 'not-ours'>;
}>;

/** Opens the ledger over recordings of any times, given in any order. */
export function openLedger(recordings: readonly Recording[], plan: Plan): Ledger {
  const world = openWorld(recordings, plan);
  const rows = rowsOf(world);
  const standings = new Map(rows.map((row) => [row, standingOf(world, row)]));
  const standing = (row: Row) => standings.get(row) ?? standingOf(world, row);
  return {
    rows,
    upstreamOnly: upstreamOnlyOf(world),
    standing,
    standingOf(row) {
      const found = standing(row);
      return found.is === 'unresolved' ? unknown(found.reason) : known(found, found.evidence);
    },
    rebuildOf(row) {
      const found = standing(row);
      if (found.is === 'unresolved') return unknown(found.reason);
      const isOpen = found.is === 'untested' && row.artifact !== undefined && !sourceOf(world, row.artifact);
      return isOpen ? unknown('source-not-recorded') : known(found, found.evidence);
    },
    originOf(row) {
      const found = standing(row);
      if (found.is === 'vendor') return known('not-ours', found.evidence);
      const origin = originOf(world, row);
      return origin.known ? known(origin.value.builds[0] ?? 'foreign', origin.evidence) : origin;
    },
  };
}
