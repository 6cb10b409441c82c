import { type Bundle, bundleFromJSON } from '@sigstore/bundle';
import { z } from 'zod';
import { parseStrictJson } from '../domain/strict-json.ts';
import { AuditError, unreadable } from '../error.ts';
import { IN_TOTO } from './envelope.ts';

/** A bundle of a statement that says what it says to every reader alike; nothing of it is verified. */
export type StrictBundle = Readonly<{
  bundle: Bundle;
  payload: Uint8Array;
  /** The certificate it was signed with, in DER; undefined where it names a key instead. */
  certificate: Uint8Array | undefined;
}>;

const MEDIA_TYPES = [
  'application/vnd.dev.sigstore.bundle+json;version=0.1',
  'application/vnd.dev.sigstore.bundle+json;version=0.2',
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
  'application/vnd.dev.sigstore.bundle.v0.3+json',
];
const MOST = 10;

// Decoders pass over what is no letter of the alphabet: two readers of such a text would hold two different payloads.
const Base64 = z.string().refine((text) => Buffer.from(text, 'base64').toString('base64') === text, { error: 'is no strict base64' });
const Certificate = z.object({ rawBytes: Base64 });

// The name of a checkpoint's signer is the attacker's: as a pattern, one of twelve letters took a hundred seconds (@sigstore/verify 3.1.1).
const LARGEST_CHECKPOINT = 16_384;
const SIGNATURES = /^(?:\u2014 [A-Za-z0-9._:/+-]{1,128} [A-Za-z0-9+/]+={0,2}\n){1,32}$/;
const Checkpoint = z.object({
  envelope: z.string().max(LARGEST_CHECKPOINT).refine(isCheckpoint, { error: 'is no checkpoint of a log' }),
});

const Entry = z.object({
  logId: z.object({ keyId: Base64 }),
  integratedTime: z
    .string()
    .regex(/^\d{1,12}$/)
    .nullish(),
  canonicalizedBody: Base64,
  inclusionPromise: z.object({ signedEntryTimestamp: Base64 }).nullish(),
  inclusionProof: z.object({ checkpoint: Checkpoint.nullish(), hashes: z.array(Base64).max(64).nullish() }).nullish(),
});

const Shape = z.object({
  mediaType: z.enum(MEDIA_TYPES, { error: 'is no bundle of a version that is known' }),
  dsseEnvelope: z.object({
    payload: Base64,
    payloadType: z.literal(IN_TOTO),
    signatures: z.array(z.object({ sig: Base64, keyid: z.string().nullish() })).length(1, 'holds not exactly one signature'),
  }),
  verificationMaterial: z.object({
    certificate: Certificate.nullish(),
    x509CertificateChain: z.object({ certificates: z.array(Certificate).min(1).max(MOST) }).nullish(),
    publicKey: z.object({ hint: z.string() }).nullish(),
    tlogEntries: z.array(Entry).max(MOST).nullish(),
    timestampVerificationData: z
      .object({
        rfc3161Timestamps: z
          .array(z.object({ signedTimestamp: Base64 }))
          .max(MOST)
          .nullish(),
      })
      .nullish(),
  }),
});

/** Reads a bundle strictly: a version that is known, one signature, one signer, base64 that has one meaning. */
export function readBundle(bytes: Uint8Array): StrictBundle {
  const value = parseStrictJson(bytes);
  const parsed = Shape.safeParse(value);
  const issue = parsed.error?.issues[0];
  if (!parsed.success) throw unreadable('malformed', `it is no bundle to trust: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  const { dsseEnvelope, verificationMaterial: material } = parsed.data;
  const { certificate, x509CertificateChain: chain, publicKey } = material;
  if ([certificate, chain, publicKey].filter((one) => one !== undefined && one !== null).length !== 1)
    throw unreadable('malformed', 'it names not exactly one signer: a certificate, a chain or a key');
  if (publicKey && (dsseEnvelope.signatures[0]?.keyid ?? publicKey.hint) !== publicKey.hint)
    throw unreadable('untrusted', 'its signature names another key than the bundle does');
  const leaf = certificate ?? chain?.certificates[0];
  return { ...bundleOf(value), certificate: leaf ? Buffer.from(leaf.rawBytes, 'base64') : undefined };
}

/** The payload is the very bytes that a verifier of the bundle looks at. */
function bundleOf(value: unknown): Pick<StrictBundle, 'bundle' | 'payload'> {
  try {
    const bundle = bundleFromJSON(value);
    if (bundle.content.$case !== 'dsseEnvelope') throw unreadable('malformed', 'it signs a file, and no statement');
    return { bundle, payload: bundle.content.dsseEnvelope.payload };
  } catch (cause) {
    if (cause instanceof AuditError) throw cause;
    throw unreadable('malformed', `it is no bundle to trust: ${cause instanceof Error ? cause.message : 'it cannot be read'}`, { cause });
  }
}

function isCheckpoint(envelope: string): boolean {
  const split = envelope.indexOf('\n\n');
  return split > 0 && SIGNATURES.test(envelope.slice(split + 2));
}
