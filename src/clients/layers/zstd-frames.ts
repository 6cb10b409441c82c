import { unlikeTar } from './tar-text.ts';

const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const NOTHING = Buffer.alloc(0);

/** What is passed on next: so many bytes, after which a frame may be over; those of a skippable frame are dropped. */
type Run = { left: number; isDropped: boolean; endsFrame: boolean };

/**
 * Cuts Zstandard data where its frames end, and leaves out those that are to be skipped (RFC 8878, 3.1): Node 24's unpacker ignores what
 * follows a frame in one piece (tried), and layers for lazy pulling are of many frames.
 */
export async function* cutAtFrames(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const frames = openFrames();
  let held: Buffer = NOTHING;
  for await (const piece of pieces) {
    held = held.length > 0 ? Buffer.concat([held, piece]) : piece;
    for (let run = frames.next(held); run; run = frames.next(held)) {
      const taken = held.subarray(0, run.length);
      held = held.subarray(run.length);
      if (!run.isDropped) yield taken;
    }
  }
  if (held.length > 0 || !frames.isBetween()) throw unlikeTar('ends in the middle of a frame');
}

function openFrames() {
  const run: Run = { left: 0, isDropped: false, endsFrame: true };
  let checksumBytes = 0;

  /** The next run that begins with these bytes: its head is part of it. Undefined where there are too few. */
  const begin = (data: Buffer): boolean => {
    if (!run.endsFrame) return beginBlock(data);
    if (data.length < 8) return false;
    const magic = data.readUInt32LE(0);
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) Object.assign(run, { left: 8 + data.readUInt32LE(4), isDropped: true });
    else if (magic !== FRAME) throw unlikeTar('is followed by what is no Zstandard');
    else {
      const descriptor = data[4] ?? 0;
      checksumBytes = descriptor & 4 ? 4 : 0;
      Object.assign(run, { left: 5 + headerBytes(descriptor), isDropped: false, endsFrame: false });
    }
    return true;
  };
  const beginBlock = (data: Buffer): boolean => {
    if (data.length < 3) return false;
    const head = data.readUIntLE(0, 3);
    const [isLast, type] = [(head & 1) === 1, (head >> 1) & 3];
    if (type === 3) throw unlikeTar('has a broken frame');
    run.left = 3 + (type === 1 ? 1 : head >> 3) + (isLast ? checksumBytes : 0);
    run.endsFrame = isLast;
    return true;
  };
  return {
    isBetween: () => run.left === 0 && run.endsFrame,
    next(data: Buffer): Readonly<{ length: number; isDropped: boolean }> | undefined {
      if (run.left === 0 && !begin(data)) return undefined;
      const length = Math.min(run.left, data.length);
      run.left -= length;
      return length > 0 ? { length, isDropped: run.isDropped } : undefined;
    },
  };
}

/** What follows the descriptor in a frame's header: window, dictionary and content size. */
function headerBytes(descriptor: number): number {
  const isSingle = (descriptor & 32) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const content = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return (isSingle ? 0 : 1) + dictionary + content;
}
