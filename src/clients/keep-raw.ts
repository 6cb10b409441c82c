import type { Edge } from '../collect/define-source.ts';
import type { Digest } from '../domain/digest.ts';
import { redactText } from './redact.ts';

/** Keeps a document that a finding may cite beside the observations, and names it; undefined where it is not kept. */
export type Keep = (document: Uint8Array) => Digest | undefined;

/** What an envelope encloses is text as well, in base64. */
const ENCLOSED = /"payload"\s{0,8}:\s{0,8}"([A-Za-z0-9+/=_-]{1,8388608})"/g;

/** A keeper of documents in which nothing looks like a credential: bytes cannot be redacted and stay what was signed or hashed. */
export function rawKeeper({ keep }: Pick<Edge, 'keep'>): Keep {
  return (document) => {
    const text = Buffer.from(document).toString('utf8');
    const enclosed = [...text.matchAll(ENCLOSED)].map(([, payload = '']) => Buffer.from(payload, 'base64').toString('utf8'));
    return [text, ...enclosed].every((one) => redactText(one) === one) ? keep(document) : undefined;
  };
}
