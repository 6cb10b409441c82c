import type { TestRecord } from '../domain/observation.ts';
import { rememberPair, sortedBy } from '../domain/order.ts';
import { passesOn } from './rehearsal.ts';
import type { Identified } from './row.ts';
import type { World } from './world.ts';

/** The passes of a row's artifact by what tested it: one run of one gate tests a set; a pass that names no run is of no set that is known. */
export type TestedSets = Readonly<{ bySet: ReadonlyMap<string, TestRecord>; newest: TestRecord | undefined; hasUnnamed: boolean }>;

/** Opens the sets that gates passed: those that are configured, or all where none is. */
export const testedSetsOf = rememberPair((world: World, row: Identified): TestedSets => {
  const configured = world.plan.gates.map(({ name }) => name);
  const passes = passesOn(world, row.artifact, row).map(({ test }) => test);
  const counting = sortedBy(
    passes.filter(({ gate }) => configured.length === 0 || configured.includes(gate)),
    ({ at, gate, run }) => `${at} ${gate} ${run?.id}`,
  );
  const inSets = counting.flatMap((test) => {
    const set = setOf(test);
    return set === undefined ? [] : [[set, test] as const];
  });
  return { bySet: new Map(inSets), newest: inSets.at(-1)?.[1], hasUnnamed: inSets.length < counting.length };
});

/** The set that a test is of: the attempt of a run, and the gate. */
export function setOf({ run, gate }: TestRecord): string | undefined {
  return run && [run.platform, run.repository, run.id, run.attempt, gate].join(' ');
}
