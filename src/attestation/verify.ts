import { type SignedEntity, toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { z } from 'zod';
import type { Digest } from '../domain/digest.ts';
import { parseStrictJson } from '../domain/strict-json.ts';
import { AuditError, unreadable } from '../error.ts';
import { acceptorsOf } from './accept.ts';
import { acceptedGates } from './accepted-gates.ts';
import { readBundle, type StrictBundle } from './bundle.ts';
import { openEnvelope } from './envelope.ts';
import { type Claims, claimsOf } from './fulcio.ts';
import { type HeldKey, keyNamed, keyThatSigned, refuseUnacceptedKey } from './held-key.ts';
import type { AcceptedIdentity } from './policy.ts';
import { onlyNameOf } from './signature.ts';
import { readStatement, type Statement } from './statement.ts';
import { NO_ROOT, type Root } from './trusted-root.ts';

/** Whose signatures count: the roots that certificates lead to, the identities and the keys that are accepted; and how many keys of JSON a statement may have, if not as many as any. */
export type Trust = Readonly<{
  roots: readonly Root[];
  identities: readonly AcceptedIdentity[];
  keys: readonly HeldKey[];
  mostKeys?: number | undefined;
}>;

/** Who signed, as far as it is proven: what the certificate says, when somebody vouched for the time, and the root it leads to. */
export type Signer = Claims & Readonly<{ identity: string; signedAt: string | undefined; root: Digest | undefined }>;

/** A statement that somebody who is accepted for it has signed; of a verification, the gates that he is accepted for. */
export type Verified = Readonly<{ statement: Statement; signer: Signer; gates: readonly string[] | undefined }>;

/** What verifies, as recordings name it. */
export const VERIFIER = '@sigstore/verify 4.1.3';

/**
 * Verifies a Sigstore bundle or a DSSE envelope, offline: the signature, the chain to a root that is given, the logs and timestamps that the
 * root knows, and that the signer is accepted for such a statement. Whatever is wrong with it is thrown as the reason of a gap.
 */
export function verifyAttestation(bytes: Uint8Array, trust: Trust): Verified {
  try {
    return openEnvelope(bytes).in === 'bundle' ? verifyBundle(readBundle(bytes), trust) : verifyEnvelope(bytes, trust);
  } catch (cause) {
    if (cause instanceof AuditError) throw cause;
    // The libraries throw whatever they stumble over; nothing that they throw is ever a verified attestation.
    throw broken(cause instanceof Error ? cause.message : 'it cannot be checked', cause);
  }
}

function verifyBundle(read: StrictBundle, trust: Trust): Verified {
  const entity = toSignedEntity(read.bundle);
  return read.certificate ? verifyIdentity(read, entity, read.certificate, trust) : verifyKey(read, entity, trust);
}

function verifyIdentity({ payload }: StrictBundle, entity: SignedEntity, certificate: Uint8Array, trust: Trust): Verified {
  const { roots, identities, mostKeys } = trust;
  const { root, identity, extensions } = tracedTo(roots, entity);
  // The library takes the first of several names, and of two kinds the one that it likes better.
  if (identity === undefined || onlyNameOf(certificate) !== identity)
    throw unreadable('untrusted', 'its certificate names nobody, or more than one');
  const claims = claimsOf(extensions);
  const signedAt = timeOf(entity);
  const statement = readStatement(payload, signedAt, mostKeys);
  const acceptors = acceptorsOf({ identity, claims }, statement.predicateType, identities);
  return { statement, signer: { ...claims, identity, signedAt, root: root.digest }, gates: acceptedGates(statement, acceptors) };
}

type Traced = Readonly<{ root: Root; identity: string | undefined; extensions: Parameters<typeof claimsOf>[0] }>;

/** The first root that a signature leads to. A root is asked for every kind of witness that it knows. */
function tracedTo(roots: readonly Root[], entity: SignedEntity): Traced {
  const reasons = new Set<string>();
  for (const root of roots) {
    try {
      const options = { tlogThreshold: root.logs, ctlogThreshold: root.certificateLogs, timestampThreshold: 1 };
      const { identity } = new Verifier(toTrustMaterial(root.material), options).verify(entity);
      return { root, identity: identity?.subjectAlternativeName, extensions: identity?.oids ?? [] };
    } catch (error) {
      reasons.add(error instanceof Error ? error.message : 'it cannot be checked');
    }
  }
  throw broken([...reasons].join('; ') || 'no trusted root is given');
}

function verifyKey({ payload }: StrictBundle, entity: SignedEntity, { roots, keys, mostKeys }: Trust): Verified {
  const hint = entity.key.$case === 'public-key' ? entity.key.hint : '';
  const held = keyNamed(hint, keys);
  // Its time is looked at below, where there is a reason to tell.
  const finder = () => ({ publicKey: held.publicKey, validFor: () => true });
  const options = { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 };
  const isHeld = (roots.length > 0 ? roots : [NO_ROOT]).some(({ material }) =>
    holds(() => new Verifier(toTrustMaterial(material, finder), options).verify(entity)),
  );
  if (!isHeld) throw broken(`the key ${held.key} did not sign it, or what dates it leads to no root that is given`);
  return signedWith(held, { payload, mostKeys }, timeOf(entity));
}

function holds(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

const Envelope = z.object({
  payloadType: z.string(),
  payload: z.string().refine(isStrict, { error: 'is no strict base64' }),
  signatures: z.array(z.object({ sig: z.string().refine(isStrict, { error: 'is no strict base64' }), keyid: z.string().nullish() })),
});

function verifyEnvelope(bytes: Uint8Array, { keys, mostKeys }: Trust): Verified {
  const parsed = Envelope.safeParse(parseStrictJson(bytes));
  const issue = parsed.error?.issues[0];
  if (!parsed.success) throw unreadable('malformed', `it is no envelope to trust: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  const { payloadType, payload: text, signatures } = parsed.data;
  const [{ sig, keyid } = { sig: '' }, ...more] = signatures;
  if (signatures.length === 0 || more.length > 0) throw notOne(signatures.length);
  const payload = Buffer.from(text, 'base64');
  const held = keyThatSigned({ payloadType, payload, signature: Buffer.from(sig, 'base64') }, keyid ?? undefined, keys);
  return signedWith(held, { payload, mostKeys }, undefined);
}

/** Google Cloud Build signs with several keys: which of them speaks for it nobody has said. */
function notOne(count: number): AuditError {
  const has = count === 0 ? 'no signature' : `${count} signatures`;
  return unreadable('malformed', `its envelope has ${has}, and one is read`, {
    hint: `Its envelope has ${has}: have it signed once, by the key that is accepted.`,
  });
}

/** Both alphabets of base64 are in use, and each text has one meaning. */
function isStrict(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return [
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
  ].includes(text);
}

type Signed = Readonly<{ payload: Uint8Array; mostKeys: number | undefined }>;

function signedWith(held: HeldKey, { payload, mostKeys }: Signed, signedAt: string | undefined): Verified {
  const statement = readStatement(payload, signedAt, mostKeys);
  refuseUnacceptedKey(held, statement.predicateType, signedAt);
  const signer = { ...claimsOf([]), identity: `key ${held.key}`, signedAt, root: undefined };
  return { statement, signer, gates: acceptedGates(statement, [held]) };
}

/** The first of the times that were vouched for: by a timestamp authority, or by a log's promise. */
function timeOf({ timestamps }: SignedEntity): string | undefined {
  const times = timestamps.flatMap((one) => {
    if (one.$case === 'timestamp-authority') return [one.timestamp.signingTime.getTime()];
    return one.tlogEntry.inclusionPromise ? [Number(one.tlogEntry.integratedTime) * 1000] : [];
  });
  return times.length > 0 ? new Date(Math.min(...times)).toISOString() : undefined;
}

function broken(why: string, cause?: unknown): AuditError {
  return unreadable('untrusted', `its signature does not verify: ${why}`, {
    hint: `Its signature does not verify (${why}): it was changed since, or leads to another root. Fetch it again, and look whether \`trust.roots\` names the root of its signer.`,
    cause,
  });
}
