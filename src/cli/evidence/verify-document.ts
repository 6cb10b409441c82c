import type { Proving } from '../../attestation/attest.ts';
import { certified } from '../../attestation/certified.ts';
import { openEnvelope } from '../../attestation/envelope.ts';
import { provenanceOf } from '../../attestation/provenance.ts';
import { parseStatement } from '../../attestation/statement.ts';
import type { Signer, Verified } from '../../attestation/verify.ts';
import { AuditError, unreadable } from '../../error.ts';
import { type Checked, type Refused, type Signed, whyOf } from './checked.ts';

/** What a document proves to somebody. */
export type Proven = Verified & Readonly<{ by: string }>;

/** Verifies one bundle or envelope by any of several trusts; the first that refuses it says why, where none accepts it. */
export function prove(bytes: Uint8Array, provings: readonly Proving[]): Proven {
  if (openEnvelope(bytes).in === 'nothing')
    throw unreadable('untrusted', 'nobody has signed it', {
      hint: 'Nobody has signed it, so that it proves nothing: have whoever makes it attest it, as a Sigstore bundle.',
    });
  const reasons: AuditError[] = [];
  for (const proving of provings) {
    try {
      const verified = proving.verify(bytes);
      const provenance = provenanceOf(verified.statement);
      // A statement that contradicts its own certificate proves neither.
      if (provenance) certified(provenance, verified.signer);
      return { ...verified, by: proving.by };
    } catch (error) {
      if (!(error instanceof AuditError)) throw error;
      reasons.push(error);
    }
  }
  throw reasons[0] ?? unreadable('untrusted', 'nobody is accepted');
}

/** Looks at one attestation, and says of it what is proven, or why nothing is. */
export function verifyDocument(bytes: Uint8Array, place: string, provings: readonly Proving[]): Checked {
  const said = { place, ...claimedBy(bytes) };
  try {
    const { signer, by } = prove(bytes, provings);
    return { ...said, verdict: 'verified', signer: signedBy(signer, by) };
  } catch (error) {
    if (error instanceof AuditError) return { ...said, ...refusal(error) };
    throw error;
  }
}

/** What a refused attestation is told as. */
export function refusal(error: AuditError): Refused {
  const why = whyOf(error);
  return {
    verdict: 'refused',
    because: error.because ?? 'internal',
    why,
    hint: error.hint ?? `It is no attestation that can be read (${why}): fetch it again, or leave it away.`,
  };
}

/** What a statement calls itself and speaks of is told of a refused one too, so that it can be found. */
function claimedBy(bytes: Uint8Array): Pick<Checked, 'predicateType' | 'subjects'> {
  try {
    const { predicateType, named } = parseStatement(bytes);
    const subjects = named.flatMap(({ digest }) => Object.entries(digest).map(([algorithm, hex]) => `${algorithm}:${hex}`));
    return { predicateType, subjects: [...new Set(subjects)] };
  } catch (error) {
    if (error instanceof AuditError) return {};
    throw error;
  }
}

/** A signer as reports name him. */
export function signedBy({ identity, issuer, repository, commit, run, signedAt, root }: Signer, verifier: string): Signed {
  return {
    identity,
    ...(issuer ? { issuer } : {}),
    ...(repository ? { repository } : {}),
    ...(commit ? { commit } : {}),
    ...(run?.url ? { run: run.url } : {}),
    ...(signedAt ? { at: signedAt } : {}),
    ...(root ? { root } : {}),
    verifier,
  };
}
