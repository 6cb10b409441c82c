import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { canonicalJson, sha256 } from '../domain/identify.ts';
import { KINDS } from '../domain/observation.ts';
import { byText, groupBy } from '../domain/order.ts';
import type { Recording } from '../domain/recording.ts';
import { AuditError } from '../error.ts';
import { CHECKSUMS, FOLDER, HEADER, type Header, SCHEMA } from './header.ts';
import { citedBy, type Raw, rawFileOf } from './raw.ts';
import { readRecording } from './read.ts';

const AT_ONCE = 32;

export type Unsealed = Omit<Recording, 'digest'> & Readonly<{ version: string; raw?: Raw }>;

/** Writes a recording beside its place, reads it back, and moves it there: 0700 and 0600, equal bytes for equal observations. */
export async function writeRecording(place: string, unsealed: Unsealed): Promise<Recording> {
  const directory = path.resolve(place);
  await refuseToOverwrite(directory);
  // Each has a place of its own to write in: two that are taken at once must not write into each other.
  const partial = `${directory}.${randomUUID().slice(0, 8)}.partial`;
  try {
    const files = filesOf(unsealed);
    await makeFolders(partial, files);
    for (const some of groupsOf(files)) await Promise.all(some.map(([name, body]) => writeThrough(path.join(partial, name), body)));
    const recording = await readRecording(partial);
    await moveTo(directory, partial);
    return recording;
  } finally {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** What was put there meanwhile is another scan's, and stays. */
async function moveTo(directory: string, partial: string): Promise<void> {
  try {
    await rename(partial, directory);
  } catch (cause) {
    await refuseToOverwrite(directory);
    throw cause;
  }
}

async function makeFolders(partial: string, files: readonly File[]): Promise<void> {
  try {
    const folders = new Set([FOLDER, ...files.map(([name]) => path.dirname(name))]);
    for (const folder of folders) await mkdir(path.join(partial, folder), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new AuditError('REPORT_NOT_WRITTEN', partial, {
      hint: 'Name a folder that can be made: its parents must be folders that may be written.',
      cause,
    });
  }
}

/** The recording as it would be read back, without writing it: the digest is that of its SHA256SUMS. */
export function sealed({ version, raw = new Map(), ...recording }: Unsealed): Recording {
  const files = new Map(filesOf({ version, raw, ...recording }));
  return { ...recording, digest: `sha256:${sha256(files.get(CHECKSUMS) ?? '')}` };
}

async function refuseToOverwrite(directory: string): Promise<void> {
  const found = await lstat(directory).catch(() => undefined);
  if (!found || (found.isDirectory() && (await readdir(directory)).length === 0)) return;
  throw new AuditError('USAGE', `"${directory}" is there already`, {
    hint: 'Give a folder that does not exist yet: a recording is never written over.',
  });
}

type File = [name: string, body: string | Uint8Array];

function filesOf({ takenAt, only, previous, observations, version, raw = new Map() }: Unsealed): File[] {
  const byKind = groupBy(observations, ({ kind }) => kind);
  const bodies = KINDS.filter((kind) => byKind.has(kind)).map((kind) => {
    const lines = (byKind.get(kind) ?? []).map(({ kind: _, ...fact }) => canonicalJson(fact));
    const unique = [...new Set(lines)].toSorted(byText);
    return { kind, path: `${FOLDER}/${kind}.ndjson`, lines: unique.length, text: unique.map((line) => `${line}\n`).join('') };
  });
  const files = bodies.map(({ text, kind, path: name, lines }) => ({
    path: name,
    kind,
    lines,
    bytes: Buffer.byteLength(text),
    sha256: sha256(text),
  }));
  const bounds = { ...(only ? { only: [...only] } : {}), ...(previous ? { previous } : {}) };
  const header: Header = { schema: SCHEMA, tool: { name: 'selfsame', version }, takenAt, ...bounds, files };
  const all: File[] = [
    [HEADER, `${JSON.stringify(header, null, 2)}\n`],
    ...bodies.map(({ path: name, text }): File => [name, text]),
    ...[...citedBy(observations, raw)].map(([digest, body]): File => [rawFileOf(digest), body]),
  ];
  const sums = all.toSorted(([a], [b]) => byText(a, b)).map(([name, body]) => `${sha256(body)}  ${name}\n`);
  return [...all, [CHECKSUMS, sums.join('')]];
}

/** A disk syncs many files almost as fast as one. */
function groupsOf(files: readonly File[]): readonly (readonly File[])[] {
  return Array.from({ length: Math.ceil(files.length / AT_ONCE) }, (_, nth) => files.slice(nth * AT_ONCE, (nth + 1) * AT_ONCE));
}

async function writeThrough(file: string, body: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(body);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
