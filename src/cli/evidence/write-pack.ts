import type { KeyObject } from 'node:crypto';
import { cp, lstat, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { judgeSince, type Law } from '../../audit.ts';
import { canonicalJson, sha256 } from '../../domain/identify.ts';
import type { Recording } from '../../domain/recording.ts';
import { AuditError } from '../../error.ts';
import { readRecording } from '../../recording/read.ts';
import { deliver } from '../deliver.ts';
import { filesBelow } from '../files-below.ts';
import { ADVICE, PACK, type PackHead, REPORTS } from './pack.ts';
import { writePeriod } from './period-files.ts';
import { signSeal } from './seal-key.ts';

/** What a pack is made of; the recordings lie in folders. */
export type Contents = Readonly<{
  head: Omit<PackHead, 'recordings'>;
  law: Law;
  /** The recordings and the folder of each, oldest first. */
  recordings: readonly Readonly<{ directory: string; recording: Recording }>[];
}>;

/** Writes a pack beside its place, seals it last, and moves it there: what has its name is whole. */
export async function writePack(place: string, contents: Contents, key: KeyObject | undefined): Promise<void> {
  const directory = path.resolve(place);
  if (await lstat(directory).catch(() => undefined))
    throw new AuditError('USAGE', `"${place}" is there already`, {
      hint: 'Give a folder that does not exist yet: a pack is never written over.',
    });
  const partial = `${directory}.partial`;
  await made(partial);
  const recordings = await copyRecordings(partial, contents.recordings);
  await writeFile(path.join(partial, PACK.head), `${canonicalJson({ ...contents.head, recordings })}\n`, { mode: 0o600 });
  await writeFile(path.join(partial, PACK.advice), ADVICE, { mode: 0o600 });
  const read = contents.recordings.map(({ recording }) => recording);
  const reports = Object.entries(REPORTS).map(([id, name]) => `${id}=${path.join(partial, name)}`);
  await deliver(judgeSince(read, contents.law, undefined), reports);
  await writePeriod(partial, { recordings: read, from: contents.head.from }, contents.law);
  const sums = await sumsOf(partial);
  await writeFile(path.join(partial, PACK.sums), sums, { mode: 0o600 });
  if (key) await writeFile(path.join(partial, PACK.signature), signSeal(Buffer.from(sums), key), { mode: 0o600 });
  await rename(partial, directory);
}

async function made(partial: string): Promise<void> {
  try {
    await rm(partial, { recursive: true, force: true });
    await mkdir(path.join(partial, PACK.recordings), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new AuditError('REPORT_NOT_WRITTEN', partial, {
      hint: 'Name a folder that can be made: its parents must be folders that may be written.',
      cause,
    });
  }
}

/** Copied byte for byte, and read back: a copy that is another is no evidence. */
async function copyRecordings(partial: string, recordings: Contents['recordings']): Promise<PackHead['recordings']> {
  const copied: PackHead['recordings'] = [];
  for (const [
    nth,
    {
      directory,
      recording: { digest, takenAt },
    },
  ] of recordings.entries()) {
    const name = `${PACK.recordings}/${String(nth + 1).padStart(4, '0')}-${takenAt.to.replaceAll(':', '-')}`;
    // Of a link the recording is copied, not the link.
    await cp(await realpath(directory), path.join(partial, name), { recursive: true, errorOnExist: true });
    if ((await readRecording(path.join(partial, name))).digest !== digest)
      throw new AuditError('REPORT_NOT_WRITTEN', `${directory} was changed while it was copied`, { hint: 'Export it again.' });
    copied.push({ path: name, digest });
  }
  return copied;
}

async function sumsOf(partial: string): Promise<string> {
  const lines: string[] = [];
  for (const name of await filesBelow(partial)) lines.push(`${sha256(await readFile(path.join(partial, name)))}  ${name}\n`);
  return lines.join('');
}
