import { type Known, known, unknown } from '../domain/known.ts';
import { type NearMiss, openNearMisses } from './near-miss.ts';
import type { Row, Standing } from './row.ts';
import type { World } from './world.ts';

/** What explains the finding of a row: each answer is undefined where there is no finding, or nothing of its kind explains it. */
export type Causes = Readonly<{
  /** A gate's pass on another digest of the row's source. */
  nearMissOf(row: Row): Known<NearMiss | undefined>;
}>;

/** Opens the causes of findings over the standings of a world's rows. */
export function openCauses(world: World, standing: (row: Row) => Standing): Causes {
  const nearMiss = openNearMisses(world);
  /** Of what is acquitted there is nothing to explain, and of what is unresolved nothing is known to. */
  const unlessAcquitted = <T>(row: Row, answer: (row: Row) => Known<T>): Known<T | undefined> => {
    const { is, reason, evidence } = standing(row);
    if (is === 'unresolved') return unknown(reason);
    return is === 'vendor' || is === 'selfsame' || is === 'equivalent' ? known(undefined, evidence) : answer(row);
  };
  return { nearMissOf: (row) => unlessAcquitted(row, nearMiss) };
}
