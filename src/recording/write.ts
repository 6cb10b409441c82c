import { lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { canonicalJson, sha256 } from '../domain/identify.ts';
import { KINDS } from '../domain/observation.ts';
import { byText, groupBy } from '../domain/order.ts';
import type { Recording } from '../domain/recording.ts';
import { AuditError } from '../error.ts';
import { CHECKSUMS, FOLDER, HEADER, type Header, SCHEMA } from './header.ts';
import { readRecording } from './read.ts';

export type Unsealed = Omit<Recording, 'digest'> & Readonly<{ version: string }>;

/** Writes a recording beside its place, reads it back, and moves it there: 0700 and 0600, equal bytes for equal observations. */
export async function writeRecording(place: string, unsealed: Unsealed): Promise<Recording> {
  const directory = path.resolve(place);
  await refuseToOverwrite(directory);
  const partial = `${directory}.partial`;
  await makeFolders(partial);
  for (const [name, text] of filesOf(unsealed)) await writeThrough(path.join(partial, name), text);
  const recording = await readRecording(partial);
  await rename(partial, directory);
  return recording;
}

async function makeFolders(partial: string): Promise<void> {
  try {
    await rm(partial, { recursive: true, force: true });
    await mkdir(path.join(partial, FOLDER), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new AuditError('REPORT_NOT_WRITTEN', partial, {
      hint: 'Name a folder that can be made: its parents must be folders that may be written.',
      cause,
    });
  }
}

/** The recording as it would be read back, without writing it: the digest is that of its SHA256SUMS. */
export function sealed({ version, ...recording }: Unsealed): Recording {
  const files = new Map(filesOf({ version, ...recording }));
  return { ...recording, digest: `sha256:${sha256(files.get(CHECKSUMS) ?? '')}` };
}

async function refuseToOverwrite(directory: string): Promise<void> {
  const found = await lstat(directory).catch(() => undefined);
  if (!found || (found.isDirectory() && (await readdir(directory)).length === 0)) return;
  throw new AuditError('USAGE', `"${directory}" is there already`, {
    hint: 'Give a folder that does not exist yet: a recording is never written over.',
  });
}

function filesOf({ takenAt, only, previous, observations, version }: Unsealed): [string, string][] {
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
  const all: [string, string][] = [
    [HEADER, `${JSON.stringify(header, null, 2)}\n`],
    ...bodies.map(({ path: name, text }): [string, string] => [name, text]),
  ];
  const sums = all.toSorted(([a], [b]) => byText(a, b)).map(([name, text]) => `${sha256(text)}  ${name}\n`);
  return [...all, [CHECKSUMS, sums.join('')]];
}

async function writeThrough(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
