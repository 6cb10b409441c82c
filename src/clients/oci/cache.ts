import type { Edge } from '../../collect/define-source.ts';
import type { Digest } from '../../domain/digest.ts';
import { sha256 } from '../../domain/identify.ts';
import { type CacheConfig, type OwnFiles, openConfiguredFiles, openOwnFiles } from '../own-files.ts';
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

/** A cache that holds nothing. */
export const NO_CACHE: ContentCache = { get: () => Promise.resolve(undefined), put: () => Promise.resolve() };

const LARGEST_TYPE = 256;
const LARGEST_HEAD = LARGEST_TYPE + 100;
const ALGORITHMS: ReadonlySet<string> = new Set(['sha256', 'sha512']);
const LINE_FEED = 10;

/** Opens the cache that a source is configured with. A folder that nobody named and that cannot be used is done without. */
export async function openConfiguredCache(config: CacheConfig, edge: Edge): Promise<ContentCache> {
  const files = await openConfiguredFiles(config, 'content', edge);
  return files ? cacheIn(files) : NO_CACHE;
}

/** Opens a cache in a folder of the user's own, made where it is not there; a folder that others may write to is refused. */
export async function openContentCache(settings: CacheSettings): Promise<ContentCache> {
  return cacheIn(await openOwnFiles(settings));
}

function cacheIn(files: OwnFiles): ContentCache {
  return {
    get: (key) => read(files, key),
    async put(key, { body, mediaType }) {
      const name = nameOf(key);
      if (name === undefined || mediaType.length > LARGEST_TYPE || !isHeldBy(key.digest, body)) return;
      await files.write(name, Buffer.concat([Buffer.from(headOf(mediaType)), body]));
    },
  };
}

/** A file name that only its key can lead to; undefined for a digest that no bytes could be held to. */
function nameOf({ registry, repository, is, digest }: CacheKey): string | undefined {
  const [algorithm = '', encoded = ''] = digest.split(':', 2);
  if (!ALGORITHMS.has(algorithm) || !/^[0-9a-f]+$/.test(encoded)) return undefined;
  return `${is}-${algorithm}-${encoded}-${sha256(`${registry}/${repository}`).slice(0, 32)}`;
}

async function read(files: OwnFiles, key: CacheKey): Promise<Cached | undefined> {
  const name = nameOf(key);
  const entry = name === undefined ? undefined : await files.read(name);
  if (name === undefined || !entry) return undefined;
  const cached = readHead(entry);
  if (cached && isHeldBy(key.digest, cached.body)) return cached;
  await files.remove(name);
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
