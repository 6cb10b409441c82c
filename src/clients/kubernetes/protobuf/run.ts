import type { Remembered } from './memory.ts';
import type { Wire } from './wire.ts';

/** How fields of one number become one value: what it is at first, and how a field is put into it. */
export type Run<T> = Readonly<{ seen: Remembered<T>; begin(): T; take(value: T, tag: number): void }>;

/** Reads the fields of one number that stand side by side; where they are the very bytes that were read last, the value is that one, too. */
export function readRun<T extends object>(wire: Wire, tag: number, end: number, { seen, begin, take }: Run<T>): T {
  const start = wire.at;
  if (isSame(wire, tag, end, seen.bytes)) {
    wire.at += seen.bytes.length;
    return seen.value;
  }
  const value = begin();
  take(value, tag);
  while (wire.at < end && wire.bytes[wire.at] === tag) {
    wire.at += 1;
    take(value, tag);
  }
  seen.bytes = Buffer.from(wire.bytes.subarray(start, wire.at));
  // Many pods have it in common.
  seen.value = Object.freeze(value);
  return value;
}

function isSame({ bytes, at }: Wire, tag: number, end: number, known: Buffer): boolean {
  const last = at + known.length;
  if (known.length === 0 || last > end || (last < end && bytes[last] === tag)) return false;
  return bytes.compare(known, 0, known.length, at, last) === 0;
}
