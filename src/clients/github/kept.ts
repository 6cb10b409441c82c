import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Edge } from '../../collect/define-source.ts';
import type { OwnFiles } from '../own-files.ts';

/** What is kept over runs for one login at one API. */
export type Kept = Readonly<{
  /** The bytes that this very login had kept under a key; undefined where there are none, or they were changed since. */
  get(key: readonly string[]): Promise<Buffer | undefined>;
  put(key: readonly string[], bytes: Buffer): Promise<void>;
}>;

/** A memory that holds nothing. */
export const NOTHING_KEPT: Kept = { get: () => Promise.resolve(undefined), put: () => Promise.resolve() };

const MAC_BYTES = 32;
const LARGEST_BYTES = 8 * 1024 * 1024;

/**
 * Keeps bytes under names, and with sums, that only the secret of a login makes: who logs in otherwise finds nothing of it, and who may write
 * to the folder without being able to log in can forge nothing.
 */
export function openKept(files: OwnFiles, { secret, api }: Readonly<{ secret: string; api: URL }>, edge: Pick<Edge, 'strike'>): Kept {
  const own = sumOf(secret, `selfsame: answers of ${api.href}`);
  const nameOf = (key: readonly string[]) => `github-${sumOf(own, `name ${JSON.stringify(key)}`).toString('hex')}`;
  return {
    async get(key) {
      const name = nameOf(key);
      const entry = await files.read(name);
      if (!entry) return undefined;
      const bytes = entry.subarray(MAC_BYTES);
      if (entry.length >= MAC_BYTES && timingSafeEqual(entry.subarray(0, MAC_BYTES), sumOf(own, name, bytes))) return bytes;
      await files.remove(name);
      return undefined;
    },
    async put(key, bytes) {
      const text = bytes.toString('utf8');
      if (bytes.length > LARGEST_BYTES || edge.strike(text) !== text) return;
      const name = nameOf(key);
      await files.write(name, Buffer.concat([sumOf(own, name, bytes), bytes]));
    },
  };
}

function sumOf(secret: string | Buffer, ...parts: readonly (string | Buffer)[]): Buffer {
  return parts.reduce((sum, part) => sum.update(part), createHmac('sha256', secret)).digest();
}
