import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises';
import { AuditError } from '../error.ts';
import { reportPlaceOf } from './report-place.ts';

/** Writes a report to a file, which is whole or not there, or into the pipe or device that stands there. */
export async function writeReport(file: string, pieces: Iterable<string>): Promise<void> {
  const place = await reportPlaceOf(file);
  try {
    await (place.is === 'stream' ? writeInto(file, pieces) : replace(file, place.mode, pieces));
  } catch (cause) {
    if (cause instanceof AuditError) throw cause;
    const code = codeOf(cause);
    throw new AuditError('REPORT_NOT_WRITTEN', `${file}${code ? ` (${code})` : ''}`, {
      hint: 'Name a file in a folder that exists and may be written.',
      cause,
    });
  }
}

/** Writes beside the place, reads it back, and moves it there. */
async function replace(file: string, mode: number, pieces: Iterable<string>): Promise<void> {
  const partial = `${file}.partial`;
  try {
    await refuseToFollow(partial);
    const written = createHash('sha256');
    const handle = await open(partial, 'wx', 0o600);
    try {
      for (const piece of pieces) {
        written.update(piece);
        await handle.appendFile(piece);
      }
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if ((await digestOf(partial)) !== written.digest('hex'))
      throw new AuditError('REPORT_NOT_WRITTEN', `${file} reads back other than written`, { hint: 'Check the disk.' });
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** What an earlier run left half written is replaced; a link that somebody laid there is not followed. */
async function refuseToFollow(partial: string): Promise<void> {
  const found = await lstat(partial).catch(() => undefined);
  if (found?.isFile()) await rm(partial);
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

async function writeInto(file: string, pieces: Iterable<string>): Promise<void> {
  const handle = await openStream(file);
  try {
    for (const piece of pieces) await handle.appendFile(piece);
  } catch (error) {
    // A reader that has gone away took as much as it wanted, as on standard output.
    if (codeOf(error) !== 'EPIPE') throw error;
  } finally {
    await handle.close();
  }
}

const INTO = constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NOCTTY;

/** Opened first without waiting: a pipe that nobody reads from would hold an audit up for ever. */
async function openStream(file: string): Promise<FileHandle> {
  const probe = await open(file, INTO | constants.O_NONBLOCK).catch((cause: unknown) => {
    if (codeOf(cause) !== 'ENXIO') throw cause;
    throw new AuditError('REPORT_NOT_WRITTEN', `nobody reads from ${file}`, { hint: 'Start what reads from the pipe first.', cause });
  });
  try {
    return await open(file, INTO);
  } finally {
    await probe.close();
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
