import { createHash } from 'node:crypto';
import { Digest } from '../domain/digest.ts';

/** The digest of a text, which stands for the content that the text names. */
export function themedDigest(text: string): Digest {
  return Digest.parse(`sha256:${createHash('sha256').update(text).digest('hex')}`);
}
