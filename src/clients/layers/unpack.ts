import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { cutAtFrames } from './zstd-frames.ts';

const NOTHING = Buffer.alloc(0);
const PIECE_BYTES = 256 * 1024;

/** Unpacks gzip and Zstandard by what the bytes begin with, as runtimes do; everything else is passed on as it is. */
export async function* unpack(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = packed[Symbol.asyncIterator]();
  let head: Buffer = NOTHING;
  while (head.length < 4) {
    const next = await source.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const whole = prepended(head, source);
  if (head[0] === 0x1f && head[1] === 0x8b) return yield* through(createGunzip({ chunkSize: PIECE_BYTES }), whole);
  const magic = head.length < 4 ? 0 : head.readUInt32LE(0);
  // RFC 8878: a frame, or one that is skipped, as zstd:chunked has them.
  const isZstandard = magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50;
  return yield* isZstandard ? through(createZstdDecompress({ chunkSize: PIECE_BYTES }), cutAtFrames(whole)) : whole;
}

async function* through(unpacker: Duplex, packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const feeding = pipeline(packed, unpacker);
  // Its failure is thrown by the loop as well, and awaited below.
  feeding.catch(() => undefined);
  yield* unpacker as AsyncIterable<Buffer>;
  await feeding;
}

async function* prepended(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
