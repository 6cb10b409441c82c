import { openLimits } from '../../collect/limits.ts';

// Enough that every place of a host is taken, and few enough that a scan which GitHub's limit ends has read most of what it began.
const AT_ONCE = 64;

/**
 * Reads each of many to its end before too many others are begun: where there is no room for all, what was read is whole. Of many it is told from
 * time to time how many are done.
 */
export function eachInTurn<T, R>(items: readonly T[], read: (item: T) => Promise<R>, tell: (done: number) => void): Promise<R[]> {
  const limit = openLimits(AT_ONCE);
  let done = 0;
  const readAndTell = async (item: T) => {
    const found = await read(item);
    if (++done % AT_ONCE === 0) tell(done);
    return found;
  };
  return Promise.all(items.map((item) => limit('turn', () => readAndTell(item))));
}
