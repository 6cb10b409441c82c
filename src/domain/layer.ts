import type { Digest } from './digest.ts';

/** What an entry of a layer makes: `whiteout` takes away a path of the layers below, `opaque` all that they have in a directory. */
export type EntryType = 'file' | 'directory' | 'symlink' | 'link' | 'character-device' | 'block-device' | 'fifo' | 'whiteout' | 'opaque';

/** One entry of a layer, without its bytes. */
export type LayerEntry = Readonly<{
  /** From the root of the image, without a slash before it; bytes that are no UTF-8 are lone surrogates, U+DC00 and the byte. */
  path: string;
  type: EntryType;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  /** Of its bytes, in hexadecimal; empty where it has none of its own. */
  sha256: string;
  /** Where a link leads. */
  link: string;
  device: string;
  /** Extended attributes and everything else that is written of it beside its times, as text that is equal where they are. */
  more: string;
  /** Seconds since 1970, as written. */
  mtime: string;
}>;

/** What a layer holds, in its own order; its bytes were held to the diffID. */
export type LayerContents = Readonly<{ diffId: Digest; entries: readonly LayerEntry[] }>;
