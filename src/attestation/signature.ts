import { createPublicKey, hash, type KeyObject, verify, X509Certificate } from 'node:crypto';

/** What a DSSE envelope's signature is made over, and the signature. */
export type Signed = Readonly<{ payloadType: string; payload: Uint8Array; signature: Uint8Array }>;

/** A public key that was read. */
export type PublicKey = KeyObject;

const HASHES: Readonly<Record<string, readonly string[]>> = {
  prime256v1: ['sha256'],
  secp384r1: ['sha384', 'sha256'],
  secp521r1: ['sha512', 'sha256'],
};
// A signature of two bare numbers has exactly this length; Google's key services write them so (measured on a verification summary of GKE).
const BARE_LENGTHS: ReadonlySet<number> = new Set([64, 96, 132]);

/** Whether a key signed an envelope; undefined where the key is of a kind that nobody here can check. */
export function isSignedBy(key: PublicKey, { payloadType, payload, signature }: Signed): boolean | undefined {
  const data = preAuthEncoding(payloadType, payload);
  if (key.asymmetricKeyType === 'ed25519') return verify(null, data, key, signature);
  if (key.asymmetricKeyType === 'rsa') return verify('sha256', data, key, signature);
  const hashes = key.asymmetricKeyType === 'ec' ? HASHES[key.asymmetricKeyDetails?.namedCurve ?? ''] : undefined;
  if (!hashes) return undefined;
  const encodings = BARE_LENGTHS.has(signature.length) ? (['ieee-p1363', 'der'] as const) : (['der'] as const);
  return hashes.some((hash) => encodings.some((dsaEncoding) => verify(hash, data, { key, dsaEncoding }, signature)));
}

/** Whether anybody here can check what a key signs: neither RSA-PSS nor other curves. */
export function isCheckable({ asymmetricKeyType: type, asymmetricKeyDetails: details }: PublicKey): boolean {
  return type === 'ed25519' || type === 'rsa' || (type === 'ec' && Object.hasOwn(HASHES, details?.namedCurve ?? ''));
}

/** The public key of a PEM text; undefined where it is none. */
export function publicKeyOf(pem: string): PublicKey | undefined {
  // A private key would give its public half away, and does not belong here.
  if (!/^\s*-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem)) return undefined;
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}

/** The SHA-256 of a key as signers write it to name it: in base64, of its SubjectPublicKeyInfo. */
export function fingerprintOf(key: PublicKey): string {
  return hash('sha256', key.export({ type: 'spki', format: 'der' }), 'base64');
}

/** The key that a certificate in DER carries; undefined where it is none. */
export function keyOfCertificate(der: Uint8Array): PublicKey | undefined {
  try {
    return new X509Certificate(der).publicKey;
  } catch {
    return undefined;
  }
}

/** The only name that a certificate in DER gives its holder; undefined where it gives none, several, or one of another kind. */
export function onlyNameOf(der: Uint8Array): string | undefined {
  // Node writes `URI:…, email:…`, and in quotes what holds a comma.
  return /^(?:URI|email):([^",]+)$/.exec(new X509Certificate(der).subjectAltName ?? '')?.[1];
}

/** dsse/protocol.md, v1: lengths in bytes, so that no two envelopes are signed as the same text. */
function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}
