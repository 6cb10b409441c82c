import type { Seen } from '../../collect/define-source.ts';
import type { Digest } from '../../domain/digest.ts';

/** An image that is a file: the digest it goes by, and everything under it. */
export type ImageFile = Readonly<{ root: Digest; seen: readonly Seen[] }>;
