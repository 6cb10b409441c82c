import { createHash } from 'node:crypto';
import { Digest } from '../../domain/digest.ts';
import { unreadable } from '../../error.ts';

const ALGORITHMS: ReadonlySet<string> = new Set(['sha256', 'sha512']);

/** Refuses a digest that no bytes could be held to. */
export function refuseUncomputable(digest: Digest): void {
  const algorithm = algorithmOf(digest);
  if (ALGORITHMS.has(algorithm)) return;
  throw unreadable('unsupported', `digests of ${algorithm} cannot be computed`, {
    hint: `Refer to the image by its sha256 digest: ${algorithm} is not known here.`,
  });
}

/** Holds bytes to the digest they were asked for. */
export function verify(digest: Digest, body: Uint8Array, where: string): void {
  refuseUncomputable(digest);
  const found = digestAs(digest, body);
  if (found === digest) return;
  throw unreadable('untrusted', `${where} answers with bytes whose digest is ${found}`, {
    hint: `${where} does not hold what its digest says: find out who serves it, and do not deploy from there.`,
  });
}

/** Whether bytes are what a digest says; never for a digest that cannot be computed. */
export function isHeldBy(digest: Digest, body: Uint8Array): boolean {
  return ALGORITHMS.has(algorithmOf(digest)) && digestAs(digest, body) === digest;
}

function digestAs(digest: Digest, body: Uint8Array): string {
  const algorithm = algorithmOf(digest);
  return `${algorithm}:${createHash(algorithm).update(body).digest('hex')}`;
}

function algorithmOf(digest: Digest): string {
  return digest.slice(0, digest.indexOf(':'));
}

/** The sha256 digest of bytes. */
export function digestOf(body: Uint8Array): Digest {
  return Digest.parse(`sha256:${createHash('sha256').update(body).digest('hex')}`);
}
