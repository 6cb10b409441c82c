import { createReadStream, type ReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import type { GapReason } from '../../domain/statement.ts';
import { AuditError, unreadable } from '../../error.ts';

// What JavaScript can hold as one text.
const LARGEST_BYTES = 500_000_000;

const REASONS: Readonly<Record<string, GapReason>> = { ENOENT: 'not-found', ENOTDIR: 'not-found', EACCES: 'forbidden', EPERM: 'forbidden' };

/** Reads a file, or with `-` what is piped in, as UTF-8; `at` is when the file was last written. */
export async function readWhole(place: string, signal: AbortSignal): Promise<{ text: string; at: string | undefined }> {
  try {
    const found = place === '-' ? undefined : await lstat(place);
    if (found && !found.isFile()) throw unreadable('unsupported', `${place} is no regular file`, { hint: 'Name the file itself.' });
    const stream = found ? createReadStream(place, { signal }) : createReadStream('', { fd: 0, autoClose: false, signal });
    return { text: await textOf(place, stream), at: found?.mtime.toISOString() };
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof AuditError) throw cause;
    const { code = 'it cannot be read' } = cause as NodeJS.ErrnoException;
    throw unreadable(REASONS[code] ?? 'incomplete', `${place}: ${code}`, {
      hint: `Check ${place === '-' ? 'what is piped in' : place}.`,
      cause,
    });
  }
}

async function textOf(place: string, stream: ReadStream): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stream) {
    // Without an encoding a file is read as buffers.
    pieces.push(piece as Buffer);
    bytes += (piece as Buffer).length;
    if (bytes > LARGEST_BYTES)
      throw unreadable('too-large', `${place} has more than ${LARGEST_BYTES} bytes`, { hint: 'Dump one namespace at a time, with `-n`.' });
  }
  return Buffer.concat(pieces).toString('utf8');
}
