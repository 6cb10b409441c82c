import { type HexTable, holds } from './hex-table.ts';

/** Whether the bytes from a place to another hold a wanted hash as the end of a JSON string. */
export type HashFinder = (bytes: Buffer, start: number, end: number) => boolean;

const QUOTE = 34;
// Kept in this module: an imported array is fetched anew for every byte, which costs a third of the time.
const IS_HEX = new Uint8Array(256);
for (const digit of '0123456789abcdefABCDEF') IS_HEX[digit.charCodeAt(0)] = 1;

/** Finds the hashes of some tables without looking at most of the bytes. */
export function hashFinder(tables: readonly HexTable[]): HashFinder {
  const finders = tables.filter(({ size }) => size > 0).map(finderIn);
  const [only] = finders;
  return only && finders.length === 1 ? only : (bytes, start, end) => finders.some((find) => find(bytes, start, end));
}

/**
 * A run of hexadecimal digits holds two places that lie half its length apart, so one byte in twenty is looked at for commits and
 * one in thirty-two for digests. A run is looked up once, from the first such place in it, and only where a quote ends it.
 */
function finderIn(table: HexTable): HashFinder {
  const { digits } = table;
  const stride = digits >> 1;
  const half = stride >> 1;
  return (bytes, start, end) => {
    for (let at = start + stride - 1; at < end; at += stride) {
      if (!IS_HEX[bytes[at] ?? 0] || !IS_HEX[bytes[at + half] ?? 0] || !IS_HEX[bytes[at + stride] ?? 0]) continue;
      let first = at;
      while (first > at - stride && IS_HEX[bytes[first - 1] ?? 0]) first--;
      if (first > at - stride && bytes[first + digits] === QUOTE && holds(table, bytes, first)) return true;
    }
    return false;
  };
}
