import type { TestRecord } from '../domain/observation.ts';
import { groupBy, rememberPair, sortedBy } from '../domain/order.ts';
import { passesOn } from './rehearsal.ts';
import type { Identified } from './row.ts';
import type { World } from './world.ts';

/** The passes of a row's artifact by what tested it: one run of one gate tests a set; a pass that names no run is of no set that is known. */
export type TestedSets = Readonly<{
  /** The newest pass of each attempt of a run. */
  bySet: ReadonlyMap<string, TestRecord>;
  /** All of them of each run, whatever the attempt. */
  byRun: ReadonlyMap<string, readonly TestRecord[]>;
  newest: TestRecord | undefined;
  hasUnnamed: boolean;
}>;

/** Opens the sets that gates passed: those that are configured, or all where none is. */
export const testedSetsOf = rememberPair((world: World, row: Identified): TestedSets => {
  const configured = world.plan.gates.map(({ name }) => name);
  const passes = passesOn(world, row.artifact, row).map(({ test }) => test);
  const counting = sortedBy(
    passes.filter(({ gate }) => configured.length === 0 || configured.includes(gate)),
    ({ at, gate, run }) => `${at} ${gate} ${run?.id}`,
  );
  const named = counting.filter(({ run }) => run !== undefined);
  return {
    bySet: new Map(named.map((test) => [`${test.run?.attempt} ${runOf(test)}`, test])),
    byRun: groupBy(named, (test) => runOf(test) ?? ''),
    newest: named.at(-1),
    hasUnnamed: named.length < counting.length,
  };
});

/** The run and gate that a test is of; "Re-run failed jobs" leaves what had passed in the attempt before (GitHub, 2026). */
export function runOf({ run, gate }: TestRecord): string | undefined {
  return run && [run.platform, run.repository, run.id, gate].join(' ');
}

/**
 * Whether a run had nothing else of a row's line than what passed, and passed it last: then attempts that each ran a part of it are one set.
 */
export function isSettledIn(world: World, row: Identified, name: string): boolean {
  const passes = testedSetsOf(world, row).byRun.get(name) ?? [];
  const digests = new Set(passes.map(digestOf));
  const ofLine = row.lines.flatMap((line) => world.testsOfLine.get(line) ?? []).filter((test) => runOf(test) === name);
  const last = Math.max(...passes.map(attemptOf));
  return !digests.has(undefined) && ofLine.every((test) => digests.has(digestOf(test)) && attemptOf(test) <= last);
}

function attemptOf({ run }: TestRecord): number {
  return run?.attempt ?? 0;
}

function digestOf({ subject }: TestRecord): string | undefined {
  return subject.digest ?? subject.image?.digest;
}
