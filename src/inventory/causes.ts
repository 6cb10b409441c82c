import { type Known, known, unknown } from '../domain/known.ts';
import { type Baked, bakedInto } from './baked.ts';
import { type NearMiss, openNearMisses } from './near-miss.ts';
import type { References } from './references.ts';
import { type Rerun, rerunOf } from './rerun.ts';
import type { Row, Standing } from './row.ts';
import type { World } from './world.ts';

/** What explains the finding of a row: each answer is undefined where there is no finding, or nothing of its kind explains it. */
export type Causes = Readonly<{
  /** A gate's pass on another digest of the row's source. */
  nearMissOf(row: Row): Known<NearMiss | undefined>;
  /** Another attempt of the run that built what the row runs, whose artifact was rehearsed. */
  rerunOf(row: Row): Known<Rerun | undefined>;
  /** Settings in which alone the row's artifact differs from its counterpart, or which only its build was given. */
  bakedInto(row: Row): Known<Baked | undefined>;
}>;

/** Opens the causes of findings over the standings of a world's rows. */
export function openCauses(world: World, references: References, standing: (row: Row) => Standing): Causes {
  const nearMiss = openNearMisses(world);
  /** Of what is acquitted there is nothing to explain, and of what is unresolved nothing is known to. */
  const unlessAcquitted = <T>(row: Row, answer: (row: Row) => Known<T>): Known<T | undefined> => {
    const { is, reason, evidence } = standing(row);
    if (is === 'unresolved') return unknown(reason);
    return is === 'vendor' || is === 'selfsame' || is === 'equivalent' ? known(undefined, evidence) : answer(row);
  };
  return {
    nearMissOf: (row) => unlessAcquitted(row, nearMiss),
    rerunOf: (row) => unlessAcquitted(row, () => rerunOf(world, references, row)),
    bakedInto: (row) => unlessAcquitted(row, () => bakedInto(world, row, standing(row))),
  };
}
