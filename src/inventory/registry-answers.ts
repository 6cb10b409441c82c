import type { Known } from '../domain/known.ts';
import { type BaseNow, baseNowOf } from './base-now.ts';
import { type Evidence, evidenceOf } from './evidence.ts';
import { type Expiry, expiryOf } from './expiry.ts';
import { type Held, heldOf } from './held.ts';
import { type Mobility, mobilityOf } from './mobility.ts';
import { type Promotion, promotionOf } from './promotion.ts';
import { type AllowedBase, allowedBaseOf } from './proved-base.ts';
import { type NoRace, type Race, raceOf } from './race.ts';
import { type Rollback, rollbackOf } from './rollback.ts';
import type { Row, Standing } from './row.ts';
import type { World } from './world.ts';

/** What is known of a row because its registries were read. */
export type RegistryAnswers = Readonly<{
  /** What a roll-back of the row would bring. */
  rollbackOf(row: Row): Known<Rollback>;
  /** What hangs on the row's digest where it is pulled from, and where it was rehearsed. */
  evidenceOf(row: Row): Known<Evidence | 'one-repository' | 'not-promoted'>;
  /** Whether the base that the row's layers bear out goes by one of these names; not known without any. */
  allowedBaseOf(row: Row, allow: readonly string[]): Known<AllowedBase>;
  /** Whether the tag of the row's base names another base since; not known where nobody says how many days it may. */
  baseNowOf(row: Row, allowedDays: number | undefined): Known<BaseNow>;
  /** How the digest of the row came from the one that was rehearsed. */
  promotionOf(row: Row): Known<Promotion | 'kept' | 'other'>;
  /** Whether what the row runs was pushed to its tag between what upstream and what it resolved. */
  raceOf(row: Row): Known<Race | NoRace>;
  /** Whether the registry still holds what the row pulls. */
  heldOf(row: Row): Known<Held>;
  /** Whether the tag that the row is declared by can be moved, as its registry tells. */
  mobilityOf(row: Row): Known<Mobility>;
  /** Whether the registry will, within so many days, delete or archive by a rule of its own what the row pulls, or what a roll-back would bring. */
  expiryOf(row: Row, withinDays: number): Known<Expiry>;
}>;

/** The answers over a world; standings are the ledger's, each computed once. */
export function registryAnswers(world: World, standing: (row: Row) => Standing): RegistryAnswers {
  return {
    rollbackOf: (row) => rollbackOf(world, row),
    evidenceOf: (row) => evidenceOf(world, row),
    allowedBaseOf: (row, allow) => allowedBaseOf(world, row, allow),
    baseNowOf: (row, allowedDays) => baseNowOf(world, row, allowedDays),
    promotionOf: (row) => promotionOf(world, row, standing(row)),
    raceOf: (row) => raceOf(world, row),
    heldOf: (row) => heldOf(world, row),
    mobilityOf: (row) => mobilityOf(world, row),
    expiryOf: (row, withinDays) => expiryOf(world, row, withinDays),
  };
}
