import { type Known, known, unknown } from '../domain/known.ts';
import { type ArrivalWindow, arrivalWindowOf } from './arrival-window.ts';
import { clockToleranceMs } from './clock-tolerance.ts';
import { type Freeze, spansOf } from './freeze-spans.ts';
import { isIdentified, type Row } from './row.ts';
import type { World } from './world.ts';

/** Whether an artifact came to its place in a freeze. */
export type Frozen = Readonly<
  | { is: 'not-asked' }
  | { is: 'outside' }
  | { is: 'allowed' }
  | { is: 'inside'; after: string; by: string; since: string; until: string; because: string }
>;

/** Judges the arrival of a row's artifact by freezes; where it may lie on either side of an end, it cannot be told. */
export function frozenOf(world: World, row: Row, freezes: readonly Freeze[]): Known<Frozen> {
  if (freezes.length === 0) return unknown('not-configured');
  const named = freezes.flatMap(({ environments = [] }) => environments);
  if (named.some((environment) => !world.plan.promotion.flat().includes(environment))) return unknown('no-such-environment');
  const asked = freezes.filter(({ environments }) => (environments ? environments.includes(row.environment) : row.last));
  if (asked.length === 0) return known({ is: 'not-asked' });
  if (row.published) return unknown('workloads-not-configured');
  if (!isIdentified(row)) return unknown(row.missing ?? 'no-digest');

  const arrival = arrivalWindowOf(world, row);
  if (!arrival.known) return arrival;
  const family = world.closure.familyOf(row.artifact);
  const strict = asked.filter(({ allow = [] }) => !allow.some((digest) => family.has(digest)));
  const toleranceMs = clockToleranceMs(world, [{ cluster: row.workload.cluster }]);
  const found = placeIn(strict, arrival.value, toleranceMs);
  if (found === 'astride') return unknown('arrival-not-known');
  if (found !== 'outside') return known(found, arrival.evidence);
  return known({ is: placeIn(asked, arrival.value, toleranceMs) === 'outside' ? 'outside' : 'allowed' }, arrival.evidence);
}

type Inside = Extract<Frozen, { is: 'inside' }>;

/** Clocks differ: what came within five minutes of an end, or within what a clock is off, may have come on the other side of it. */
function placeIn(freezes: readonly Freeze[], { from, to }: ArrivalWindow, toleranceMs: number): Inside | 'outside' | 'astride' {
  const start = from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from) - toleranceMs;
  const end = Date.parse(to) + toleranceMs;
  const spans = spansOf(freezes, { start, end });
  const met = spans.filter((span) => span.start <= end && span.end >= start);
  if (met.length === 0) return 'outside';
  const [around] = met.filter((span) => span.start <= start && span.end >= end);
  if (!around) return 'astride';
  return { is: 'inside', after: from ?? '', by: to, since: instantOf(around.start), until: instantOf(around.end), because: around.because };
}

function instantOf(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
