import type { Signature } from '../domain/observation.ts';
import type { Trust } from '../domain/trust.ts';
import { unreadable } from '../error.ts';
import { isConsistent } from './consistent.ts';
import { openEnvelope } from './envelope.ts';
import { readStatement, type Statement } from './statement.ts';
import type { Signer, Verified } from './verify.ts';

/** What to ask about signatures, and whom. */
export type Proving = Readonly<{
  /** Verifies a bundle or an envelope, or throws why it does not hold; what it holds may have as many keys as any document, unless more are allowed. */
  verify(bytes: Uint8Array, mostKeys?: number): Verified;
  /** Whether anybody is accepted for statements of a type: certainly not where it says no word of them. Only keys can prove an envelope. */
  covers(predicateType: string, place: 'bundle' | 'envelope'): boolean;
  by: string;
}>;

/** A statement, how far it can be trusted, and, where that is proven, who signed it and for which gates of a verification he is accepted. */
export type Attested = Readonly<{
  statement: Statement;
  trust: Extract<Trust, 'verified' | 'signed' | 'declared'>;
  signer?: Signer;
  signature?: Signature;
  gates?: readonly string[];
}>;

/**
 * Reads a statement as far as it can be trusted: verified where it is said who is accepted for such a statement, else signed where its signature is of the
 * certificate beside it, else declared. What is signed and does not verify is thrown, never taken for less.
 */
export function attest(bytes: Uint8Array, proving: Proving | undefined, mostKeys?: number): Attested {
  const { payload, in: place, loggedAt } = openEnvelope(bytes, mostKeys);
  const statement = readStatement(payload, loggedAt, mostKeys);
  if (place === 'nothing') return { statement, trust: 'declared' };
  if (proving?.covers(statement.predicateType, place)) return proven(proving.verify(bytes, mostKeys), proving.by);
  const isSigned = place === 'bundle' ? isConsistent(bytes) : undefined;
  if (isSigned === false)
    throw unreadable('untrusted', 'its signature is not of the certificate beside it', {
      hint: 'Its signature is not of the certificate beside it: it was changed since it was signed. Fetch it again, or find out who changed it.',
    });
  return { statement, trust: isSigned ? 'signed' : 'declared' };
}

function proven({ statement, signer, gates }: Verified, verifier: string): Attested {
  const { identity: by, issuer, signedAt: at, root, runner, trigger } = signer;
  const optional = { ...(issuer ? { issuer } : {}), ...(at ? { at } : {}), ...(root ? { root } : {}) };
  const ran = { ...(runner ? { runner } : {}), ...(trigger ? { trigger } : {}) };
  const signature = { by, ...optional, ...ran, verifier };
  return { statement, trust: 'verified', signer, signature, ...(gates ? { gates } : {}) };
}
