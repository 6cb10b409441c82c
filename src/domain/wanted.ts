import type { Digest } from './digest.ts';
import type { ImageReference } from './image-reference.ts';

/** What the pure half would like to know next; a source is handed only what it was not handed before. */
export type Wanted = Readonly<{
  /** Digests to resolve, with every reference they were seen under. */
  digests: readonly Readonly<{
    digest: Digest;
    seenIn: readonly ImageReference[];
    /** It is a base of images for these platforms: only their members are asked for, and nothing that is said of them. */
    baseFor?: readonly string[];
    /** Where something downstream pulls it from: whether it is held there now is asked, whatever is kept of it. */
    pulledFrom?: readonly ImageReference[];
  }>[];
  /** Tags to resolve. */
  tags: readonly ImageReference[];
  /** Commits whose builds are wanted, by repository without its host. */
  commits: readonly Readonly<{ repository: string; commit: string }>[];
  /** Image lines, `registry/repository` as written: what is recorded of them is all wanted, or all since an instant. */
  lines: readonly Readonly<{ line: string; since?: string }>[];
}>;
