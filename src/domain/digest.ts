import { z } from 'zod';

// The well-known algorithms are held to their length; an unknown one is legal and opaque (OCI image-spec 1.1, descriptor.md).
const DIGEST = /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}|(?!sha256:|sha512:)[a-z0-9]+(?:[+._-][a-z0-9]+)*:[\w=-]+)$/;

/** A content address, `algorithm:encoded`, as OCI image-spec 1.1 descriptor.md defines it. */
export const Digest = z.string().regex(DIGEST, 'is not a digest: write sha256: and 64 lower-case hexadecimal digits').brand<'Digest'>();
export type Digest = z.infer<typeof Digest>;

/** What the bytes behind a digest are. A node may report any of these as "the" image id. */
export const DigestRole = z.enum(['index', 'manifest', 'config', 'unknown']);
export type DigestRole = z.infer<typeof DigestRole>;

/** The first twelve characters of the encoded part, as people quote digests. */
export function shortDigest(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1).slice(0, 12);
}
