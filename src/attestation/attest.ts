import type { Signature } from '../domain/observation.ts';
import type { Trust } from '../domain/trust.ts';
import { unreadable } from '../error.ts';
import { isConsistent } from './consistent.ts';
import { openEnvelope } from './envelope.ts';
import { parseStatement, type Statement } from './statement.ts';
import type { Signer, Verified } from './verify.ts';

/** Verifies what bytes hold, or throws why they do not hold. Without keys it is not asked about envelopes: nothing but a key could prove one. */
export type Proving = Readonly<{ verify(bytes: Uint8Array): Verified; takesKeys: boolean; by: string }>;

/** A statement, how far it can be trusted, and who signed it where that is proven. */
export type Attested = Readonly<{
  statement: Statement;
  trust: Extract<Trust, 'verified' | 'signed' | 'declared'>;
  signer?: Signer;
  signature?: Signature;
}>;

/**
 * Reads a statement as far as it can be trusted: verified where somebody says whom to accept, else signed where its signature is of the
 * certificate beside it, else declared. What is signed and does not verify is thrown, never taken for less.
 */
export function attest(bytes: Uint8Array, proving: Proving | undefined): Attested {
  const { in: place } = openEnvelope(bytes);
  if (proving && (place === 'bundle' || (place === 'envelope' && proving.takesKeys))) return proven(proving.verify(bytes), proving.by);
  const statement = parseStatement(bytes);
  const isSigned = place === 'bundle' && !proving ? isConsistent(bytes) : undefined;
  if (isSigned === false)
    throw unreadable('untrusted', 'its signature is not of the certificate beside it', {
      hint: 'Its signature is not of the certificate beside it: it was changed since it was signed. Fetch it again, or find out who changed it.',
    });
  return { statement, trust: isSigned ? 'signed' : 'declared' };
}

function proven({ statement, signer }: Verified, verifier: string): Attested {
  const { identity: by, issuer, signedAt: at, root, runner, trigger } = signer;
  const optional = { ...(issuer ? { issuer } : {}), ...(at ? { at } : {}), ...(root ? { root } : {}) };
  const ran = { ...(runner ? { runner } : {}), ...(trigger ? { trigger } : {}) };
  return { statement, trust: 'verified', signer, signature: { by, ...optional, ...ran, verifier } };
}
