import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { Edge } from '../../collect/define-source.ts';
import { openLimits } from '../../collect/limits.ts';
import type { Digest } from '../../domain/digest.ts';
import { sha256 } from '../../domain/identify.ts';
import { AuditError } from '../../error.ts';
import { isHeldBy } from './verify.ts';

/** Content of one place: a digest that one repository holds need not be held by another. */
export type CacheKey = Readonly<{ registry: string; repository: string; is: 'manifest' | 'config'; digest: Digest }>;

/** The bytes of a digest and the type they were served as. */
export type Cached = Readonly<{ body: Buffer; mediaType: string }>;

/** What registries served under digests, kept on disk over runs; no fact depends on whether it is there. */
export type ContentCache = Readonly<{
  /** The verified content, or undefined; what is not what its digest says is removed. */
  get(key: CacheKey): Promise<Cached | undefined>;
  /** Keeps content that is what its digest says, and makes room for it. */
  put(key: CacheKey, content: Readonly<{ body: Uint8Array; mediaType: string }>): Promise<void>;
}>;

export type CacheSettings = Readonly<{ folder: string; limitBytes: number }>;

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

/** A cache that holds nothing. */
export const NO_CACHE: ContentCache = { get: () => Promise.resolve(undefined), put: () => Promise.resolve() };

const MIB = 1024 * 1024;
const LARGEST_TYPE = 256;
const LARGEST_HEAD = LARGEST_TYPE + 100;
const AT_ONCE = 32;
const OTHERS_MAY_WRITE = 0o022;
const ALGORITHMS: ReadonlySet<string> = new Set(['sha256', 'sha512']);
const LINE_FEED = 10;

/** Where content is kept where nothing else is said: the user's own cache folder. */
export function defaultFolder(edge: Pick<Edge, 'variable'>): string {
  const base = edge.variable('XDG_CACHE_HOME');
  return path.join(base && path.isAbsolute(base) ? base : path.join(homedir(), '.cache'), 'selfsame', 'content');
}

/** Opens the cache that a source is configured with. A folder that nobody named and that cannot be used is done without. */
export async function openConfiguredCache({ cache, cacheMiB }: CacheConfig, edge: Edge): Promise<ContentCache> {
  if (cache === 'off') return NO_CACHE;
  const limitBytes = cacheMiB * MIB;
  if (cache !== undefined) return openContentCache({ folder: cache, limitBytes });
  // A home that is read-only must not end a scan.
  return openContentCache({ folder: defaultFolder(edge), limitBytes }).catch((error: unknown) => {
    if (!(error instanceof AuditError)) throw error;
    edge.progress(error.message);
    return NO_CACHE;
  });
}

/** Opens a cache in a folder of the user's own, made where it is not there; a folder that others may write to is refused. */
export async function openContentCache({ folder, limitBytes }: CacheSettings): Promise<ContentCache> {
  await ownFolder(folder);
  const limit = openLimits(AT_ONCE);
  const takeRoom = openRoom(folder, limitBytes);
  return {
    get: (key) => limit('read', () => read(folder, key)),
    async put(key, content) {
      const name = nameOf(key);
      if (name === undefined || content.mediaType.length > LARGEST_TYPE || !isHeldBy(key.digest, content.body)) return;
      const entry = Buffer.concat([Buffer.from(headOf(content.mediaType)), content.body]);
      if (entry.length > limitBytes) return;
      await limit('write', async () => {
        if (await write(folder, name, entry)) await takeRoom(entry.length);
      });
    },
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

/** A file name that only its key can lead to; undefined for a digest that no bytes could be held to. */
function nameOf({ registry, repository, is, digest }: CacheKey): string | undefined {
  const [algorithm = '', encoded = ''] = digest.split(':', 2);
  if (!ALGORITHMS.has(algorithm) || !/^[0-9a-f]+$/.test(encoded)) return undefined;
  return `${is}-${algorithm}-${encoded}-${sha256(`${registry}/${repository}`).slice(0, 32)}`;
}

async function read(folder: string, key: CacheKey): Promise<Cached | undefined> {
  const name = nameOf(key);
  const file = path.join(folder, name ?? '');
  const entry = name === undefined ? undefined : await readEntry(file);
  if (!entry) return undefined;
  const cached = readHead(entry);
  if (cached && isHeldBy(key.digest, cached.body)) return cached;
  await rm(file, { force: true }).catch(() => undefined);
  return undefined;
}

/** The type has a sum of its own, for no digest covers it. */
function headOf(mediaType: string): string {
  const type = mediaType.replaceAll(/\s/g, ' ');
  return `${sha256(type)} ${type}\n`;
}

function readHead(entry: Buffer): Cached | undefined {
  const end = entry.indexOf(LINE_FEED);
  const head = end < 0 || end > LARGEST_HEAD ? '' : entry.toString('utf8', 0, end + 1);
  const mediaType = head.slice(head.indexOf(' ') + 1, -1);
  return head !== '' && head === headOf(mediaType) ? { body: entry.subarray(end + 1), mediaType } : undefined;
}

/** Undefined where there is none, or what is there is no file of ours: then it is asked for, as ever. */
async function readEntry(file: string): Promise<Buffer | undefined> {
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
async function write(folder: string, name: string, entry: Buffer): Promise<boolean> {
  const draft = path.join(folder, `.${randomUUID()}`);
  try {
    const handle = await open(draft, 'wx', 0o600);
    await handle.writeFile(entry).finally(() => handle.close());
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
