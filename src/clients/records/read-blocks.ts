import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { unreadable } from '../../error.ts';

/** Whole lines, each with its newline, from the start of `bytes` to `end`; the bytes are overwritten when the next block is asked for. */
export type Block = Readonly<{ bytes: Buffer; end: number; isCut: boolean }>;

/** A line longer than this is not read to its end. */
export const LONGEST_LINE = 1 << 20;
const BLOCK = 1 << 20;
const NEWLINE = 10;
/** Never a link, and never waiting: a pipe that took the file's place between the look and the opening must not hold the audit up. */
export const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Reads a file once, a mebibyte at a time; of a line that is too long one block comes that is marked as cut. */
export async function* readBlocks(file: string, signal: AbortSignal): AsyncGenerator<Block> {
  const handle = await open(file, OPEN_FLAGS);
  let reading: Promise<number> = Promise.resolve(0);
  const read: Read = (bytes, at) => {
    reading = readInto(handle, bytes, at);
    // What fails is told by whoever waits for it, and that may be a while.
    reading.catch(() => 0);
    return reading;
  };
  try {
    if (!(await handle.stat()).isFile()) throw unreadable('unsupported', `${file} is no regular file`);
    yield* blocksOf(read, signal);
  } finally {
    await reading.catch(() => 0);
    await handle.close();
  }
}

type Read = (bytes: Buffer, at: number) => Promise<number>;

async function readInto(handle: FileHandle, bytes: Buffer, at: number): Promise<number> {
  return (await handle.read(bytes, at, BLOCK, null)).bytesRead;
}

/** Two buffers take turns: one is filled while the lines of the other are looked at. The start of a line moves on to the next. */
async function* blocksOf(read: Read, signal: AbortSignal): AsyncGenerator<Block> {
  let [bytes, other] = [emptyBuffer(), emptyBuffer()];
  let held = 0;
  let isPassingOver = false;
  let reading = read(bytes, 0);
  for (let size = await reading; size > 0; size = await reading) {
    signal.throwIfAborted();
    const filled = bytes.subarray(0, held + size);
    const first: number = isPassingOver ? filled.indexOf(NEWLINE) + 1 : 0;
    const end = filled.lastIndexOf(NEWLINE) + 1;
    const isWithin: boolean = isPassingOver && first === 0;
    const isTooLong: boolean = !isWithin && filled.length - end > LONGEST_LINE;
    isPassingOver = isWithin || isTooLong;
    held = isPassingOver ? 0 : filled.copy(other, 0, end);
    reading = read(other, held);
    if (end > first) yield { bytes: bytes.subarray(first), end: end - first, isCut: false };
    if (isTooLong) yield { bytes, end, isCut: true };
    [bytes, other] = [other, bytes];
  }
  if (held === 0) return;
  bytes[held] = NEWLINE;
  yield { bytes, end: held + 1, isCut: false };
}

/** The last bytes are never read into, so that whoever looks a little beyond a line looks at something. */
function emptyBuffer(): Buffer {
  return Buffer.alloc(LONGEST_LINE + BLOCK + 256);
}
