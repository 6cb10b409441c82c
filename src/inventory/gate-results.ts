import { type Known, known, unknown } from '../domain/known.ts';
import type { TestRecord } from '../domain/observation.ts';
import { groupBy, sortedBy } from '../domain/order.ts';
import { arrivalTime, testsSilence } from './absence.ts';
import { doesCount, testsBoundTo } from './rehearsal.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

/** What the gates said of a row's artifact: the failures that stood when it arrived, and those that came later. */
export type GateResults = Readonly<{ failedAtArrival: readonly TestRecord[]; failedSince: readonly TestRecord[] }>;

/** Reads the gates as of the arrival downstream: the latest result before it counts, what came later is told apart (SEMANTICS 33). */
export function gateResultsOf(world: World, row: Row): Known<GateResults> {
  if (!row.artifact) return unknown(row.missing ?? 'no-digest');
  const configured = world.plan.gates.map(({ name }) => name);
  const results = testsBoundTo(world, row.artifact).filter(
    (test) => (configured.length === 0 || configured.includes(test.gate)) && (test.result === 'failed' || doesCount(test)),
  );
  const silence = testsSilence(world, row);
  if (results.length === 0 && !silence.covered && silence.because === 'not-configured') return unknown('not-configured');

  const arrival = arrivalTime(world, row);
  const latest = [...groupBy(results, ({ gate }) => gate).values()].map((ofGate) => {
    const inTime = sortedBy(ofGate, (test) => `${secondOf(test.at)} ${isFailure(test) ? 1 : 0}`);
    return { before: inTime.findLast(({ at }) => secondOf(at) <= secondOf(arrival)), now: inTime.at(-1) };
  });
  const failedAtArrival = latest.map(({ before }) => before).filter(isFailure);
  const failedSince = latest
    .filter(({ before }) => !isFailure(before))
    .map(({ now }) => now)
    .filter(isFailure);
  if (failedAtArrival.length + failedSince.length === 0 && !silence.covered) return unknown('tests-not-covered');
  return known({ failedAtArrival, failedSince }, results);
}

function isFailure(test: TestRecord | undefined): test is TestRecord {
  return test?.result === 'failed';
}

/** Most that record results keep no more: which of two in one second was later nobody knows, and the failure stands. */
function secondOf(instant: string): string {
  return instant.slice(0, 19);
}
