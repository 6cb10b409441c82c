import { unreadable } from '../../error.ts';

/**
 * Decodes a block of Snappy (google/snappy, format_description.txt, 2011), the form in which GitHub keeps attestations since July 2026.
 * Its length is compared with the cap before anything is reserved, and every step with both ends: what does not fit is refused.
 */
export function unsnappy(block: Uint8Array, capBytes: number): Buffer {
  const { value: length, next } = varint(block);
  if (length > capBytes) throw unreadable('too-large', `it says that it holds ${length} bytes, and ${capBytes} are read at most`);
  const out = Buffer.alloc(length);
  let [from, to] = [next, 0];
  while (from < block.length) {
    const tag = block[from] ?? 0;
    const step = (tag & 3) === 0 ? literal(block, from) : copy(block, from);
    if (to + step.length > length) throw broken();
    if ('start' in step) out.set(sliceOf(block, step.start, step.length), to);
    else repeat(out, to, step);
    [from, to] = [step.next, to + step.length];
  }
  if (to !== length) throw broken();
  return out;
}

type Literal = Readonly<{ start: number; length: number; next: number }>;
type Copy = Readonly<{ offset: number; length: number; next: number }>;

/** Bytes as they are; their number stands in the tag, or in one to four bytes after it. */
function literal(block: Uint8Array, from: number): Literal {
  const short = (block[from] ?? 0) >> 2;
  const more = Math.max(0, short - 59);
  const length = (more === 0 ? short : littleEndian(block, from + 1, more)) + 1;
  const start = from + 1 + more;
  return { start, length, next: start + length };
}

/** Bytes that were written before; a copy may reach into what it writes. */
function copy(block: Uint8Array, from: number): Copy {
  const tag = block[from] ?? 0;
  const kind = tag & 3;
  if (kind === 1) {
    const offset = ((tag >> 5) << 8) | littleEndian(block, from + 1, 1);
    return { offset, length: ((tag >> 2) & 7) + 4, next: from + 2 };
  }
  const bytes = kind === 2 ? 2 : 4;
  return { offset: littleEndian(block, from + 1, bytes), length: (tag >> 2) + 1, next: from + 1 + bytes };
}

function repeat(out: Buffer, to: number, { offset, length }: Copy): void {
  if (offset === 0 || offset > to) throw broken();
  for (let at = to; at < to + length; at++) out[at] = out[at - offset] ?? 0;
}

function sliceOf(block: Uint8Array, start: number, length: number): Uint8Array {
  if (start + length > block.length) throw broken();
  return block.subarray(start, start + length);
}

function littleEndian(block: Uint8Array, start: number, bytes: number): number {
  if (start + bytes > block.length) throw broken();
  let value = 0;
  for (let at = bytes - 1; at >= 0; at--) value = value * 256 + (block[start + at] ?? 0);
  return value;
}

function varint(block: Uint8Array): Readonly<{ value: number; next: number }> {
  let value = 0;
  for (let at = 0; at < 5; at++) {
    const byte = block[at];
    if (byte === undefined) throw broken();
    value += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return { value, next: at + 1 };
  }
  throw broken();
}

function broken(): Error {
  return unreadable('malformed', 'it is no block of Snappy');
}
