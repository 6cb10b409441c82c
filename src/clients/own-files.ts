import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { Edge } from '../collect/define-source.ts';
import { openLimits } from '../collect/limits.ts';
import { AuditError } from '../error.ts';

/** Files in a folder that is the user's own, within a bound; whoever reads one verifies it. */
export type OwnFiles = Readonly<{
  /** The bytes of a file, or undefined where there is none of ours. */
  read(name: string): Promise<Buffer | undefined>;
  /** Writes a file whole or not at all, and removes the oldest to make room. */
  write(name: string, bytes: Buffer): Promise<void>;
  remove(name: string): Promise<void>;
}>;

/** The keys by which a source is told of its cache; a configuration is read as text, numbers included. */
export const CACHE_KEYS = {
  /** A folder, or `off`. */
  cache: z.string().min(1).optional(),
  cacheMiB: z
    .string()
    .regex(/^[1-9]\d{0,6}$/, 'is no number of mebibytes, such as 512')
    .transform(Number)
    .default(512),
};
export type CacheConfig = Readonly<{ cache?: string | undefined; cacheMiB: number }>;

const MIB = 1024 * 1024;
const AT_ONCE = 32;
const OTHERS_MAY_WRITE = 0o022;

/** A folder of this program in the user's own cache folder. */
export function cacheFolder(edge: Pick<Edge, 'variable'>, name: string): string {
  const base = edge.variable('XDG_CACHE_HOME');
  return path.join(base && path.isAbsolute(base) ? base : path.join(homedir(), '.cache'), 'selfsame', name);
}

/** Opens the files that a source keeps, as it is configured; undefined where it keeps none, or nobody named a folder and ours cannot be used. */
export async function openConfiguredFiles({ cache, cacheMiB }: CacheConfig, name: string, edge: Edge): Promise<OwnFiles | undefined> {
  if (cache === 'off') return undefined;
  const limitBytes = cacheMiB * MIB;
  if (cache !== undefined) return openOwnFiles({ folder: cache, limitBytes });
  // A home that is read-only must not end a scan.
  return openOwnFiles({ folder: cacheFolder(edge, name), limitBytes }).catch((error: unknown) => {
    if (!(error instanceof AuditError)) throw error;
    edge.progress(error.message);
    return undefined;
  });
}

/** Opens a folder of the user's own, made where it is not there; one that others may write to is refused. */
export async function openOwnFiles({ folder, limitBytes }: Readonly<{ folder: string; limitBytes: number }>): Promise<OwnFiles> {
  await ownFolder(folder);
  const limit = openLimits(AT_ONCE);
  const takeRoom = openRoom(folder, limitBytes);
  return {
    read: (name) => limit('read', () => readFile(path.join(folder, name))),
    async write(name, bytes) {
      if (bytes.length > limitBytes) return;
      await limit('write', async () => {
        if (await write(folder, name, bytes)) await takeRoom(bytes.length);
      });
    },
    remove: (name) => rm(path.join(folder, name), { force: true }).catch(() => undefined),
  };
}

async function ownFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unusable(folder, 'cannot be made', cause);
  }
  const found = await lstat(folder);
  const { uid } = userInfo();
  // A system without owners calls everybody -1.
  const isOurs = uid < 0 || (found.uid === uid && (found.mode & OTHERS_MAY_WRITE) === 0);
  if (!found.isDirectory()) throw unusable(folder, 'is no folder, or a link to one');
  if (!isOurs) throw unusable(folder, 'belongs to somebody else, or others may write to it');
}

function unusable(folder: string, why: string, cause?: unknown): AuditError {
  return new AuditError('CONFIG_INVALID', `the cache folder "${folder}" ${why}`, {
    hint: 'Give `cache` a folder of your own with mode 0700, or write `cache: off`.',
    cause,
  });
}

/** Undefined where there is none, or what is there is no file of ours: then it is asked for, as ever. */
async function readFile(file: string): Promise<Buffer | undefined> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
  if (!handle) return undefined;
  try {
    return (await handle.stat()).isFile() ? await handle.readFile() : undefined;
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

/** Whether it was written; a full or read-only disk costs requests, and nothing else. Readers see the whole file or none. */
async function write(folder: string, name: string, bytes: Buffer): Promise<boolean> {
  const draft = path.join(folder, `.${randomUUID()}`);
  try {
    const handle = await open(draft, 'wx', 0o600);
    await handle.writeFile(bytes).finally(() => handle.close());
    await rename(draft, path.join(folder, name));
    return true;
  } catch {
    await rm(draft, { force: true }).catch(() => undefined);
    return false;
  }
}

type Entry = Readonly<{ name: string; bytes: number; writtenMs: number }>;

/** Keeps the folder within its bound. It is listed when something is first written: a run that only reads lists nothing. */
function openRoom(folder: string, limitBytes: number): (bytes: number) => Promise<void> {
  let total: number | undefined;
  const take = async (bytes: number) => {
    // The listing counts what was just written.
    total = total === undefined ? sumOf(await list(folder)) : total + bytes;
    if (total > limitBytes) total = await makeRoom(folder, limitBytes);
  };
  let last = Promise.resolve();
  return (bytes) => (last = last.then(() => take(bytes)));
}

function sumOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Removes the oldest until a tenth is free, so that it is not done for every file; returns what is left. */
async function makeRoom(folder: string, limitBytes: number): Promise<number> {
  const entries = (await list(folder)).toSorted((a, b) => a.writtenMs - b.writtenMs);
  let left = sumOf(entries);
  for (const { name, bytes } of entries) {
    if (left <= limitBytes * 0.9) break;
    await rm(path.join(folder, name), { force: true }).catch(() => undefined);
    left -= bytes;
  }
  return left;
}

async function list(folder: string): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const found = await lstat(path.join(folder, name)).catch(() => undefined);
    if (found?.isFile()) entries.push({ name, bytes: found.size, writtenMs: found.mtimeMs });
  }
  return entries;
}
