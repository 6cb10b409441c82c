import { type Known, known, unknown } from '../domain/known.ts';
import { indexBy } from '../domain/order.ts';
import { arrivalTime } from './absence.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

/** How a row agrees with the environments that must equal its own. */
export type Agreement = Readonly<
  { state: 'not-asked' | 'equal' | 'alone' } | { state: 'settling' | 'differs'; environment: string; runs: string; since: string }
>;

const HOUR_MS = 60 * 60 * 1000;

/** Opens the comparison of environments that a plan says must be equal. */
export function openAgreement(world: World, rows: readonly Row[]): (row: Row) => Known<Agreement> {
  const byPlace = indexBy(
    rows,
    ({ environment, workload, container }) => `${environment} ${workload.namespace}/${workload.kind}/${workload.name}/${container}`,
  );
  return (row) => {
    const siblings = world.plan.equal.filter((set) => set.includes(row.environment)).flat();
    const others = [...new Set(siblings)].filter((environment) => environment !== row.environment);
    if (others.length === 0) return known({ state: 'not-asked' });
    if (!row.artifact) return unknown(row.missing ?? 'no-digest');
    const { namespace, kind, name } = row.workload;
    const twins = others.flatMap((environment) => byPlace.get(`${environment} ${namespace}/${kind}/${name}/${row.container}`) ?? []);
    const cited = twins.flatMap(({ running }) => running);
    if (twins.length === 0) return known({ state: 'alone' });
    if (twins.some(({ artifact }) => !artifact)) return unknown('no-digest');
    const other = twins.find(({ artifact }) => artifact?.key !== row.artifact?.key);
    return known(other ? differing(world, row, other) : { state: 'equal' }, cited);
  };
}

function differing(world: World, row: Row, other: Row): Agreement {
  const since = [arrivalTime(world, row), arrivalTime(world, other)].toSorted().at(-1) ?? '';
  const age = Date.parse(world.recordings.at(-1)?.takenAt.to ?? '') - Date.parse(since);
  const isSettling = age < world.plan.settleHours * HOUR_MS;
  return { state: isSettling ? 'settling' : 'differs', environment: other.environment, runs: other.artifact?.digest ?? 'not known', since };
}
