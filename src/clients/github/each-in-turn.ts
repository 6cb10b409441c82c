import { openLimits } from '../../collect/limits.ts';

// Enough that every place of a host is taken, and few enough that a scan which GitHub's limit ends has read most of what it began.
const AT_ONCE = 64;

/** Reads each of many to its end before too many others are begun: where there is no room for all, what was read is whole. */
export function eachInTurn<T, R>(items: readonly T[], read: (item: T) => Promise<R>): Promise<R[]> {
  const limit = openLimits(AT_ONCE);
  return Promise.all(items.map((item) => limit('turn', () => read(item))));
}
