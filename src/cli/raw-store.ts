import { Digest } from '../domain/digest.ts';
import { sha256 } from '../domain/identify.ts';
import type { Raw } from '../recording/raw.ts';

/** The raw bytes that one collection keeps, each once. */
export type RawStore = Readonly<{ keep(bytes: Uint8Array): Digest | undefined; kept(): Raw }>;

const ROOM_BYTES = 64 * 1024 * 1024;

/** Opens a store that keeps nothing in which something is to be struck out, and not more than 64 MiB. */
export function openRawStore(strike: (text: string) => string): RawStore {
  const kept = new Map<Digest, Uint8Array>();
  let room = ROOM_BYTES;
  return {
    keep(bytes) {
      const digest = Digest.parse(`sha256:${sha256(bytes)}`);
      if (kept.has(digest)) return digest;
      const text = Buffer.from(bytes).toString('utf8');
      if (bytes.length > room || strike(text) !== text) return undefined;
      room -= bytes.length;
      // Whoever hands them in may write over them.
      kept.set(digest, Uint8Array.from(bytes));
      return digest;
    },
    kept: () => kept,
  };
}
