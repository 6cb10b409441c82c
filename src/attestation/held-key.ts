import { unreadable } from '../error.ts';
import { isFor } from './accept.ts';
import type { AcceptedKey } from './policy.ts';
import { fingerprintOf, isSignedBy, type PublicKey, type Signed } from './signature.ts';

/** A key that is accepted, and that was read. */
export type HeldKey = AcceptedKey & Readonly<{ publicKey: PublicKey }>;

/** The key of those accepted that a signer calls by this name: the one it was given, or its fingerprint. */
export function keyNamed(name: string, keys: readonly HeldKey[]): HeldKey {
  const found = keys.find(({ keyId, publicKey }) => (keyId === undefined ? isFingerprint(name, publicKey) : keyId === name));
  if (found) return found;
  throw unreadable('untrusted', `it is signed with the key "${name.slice(0, 100)}", and no such key is accepted`, {
    hint: `It is signed with the key "${name.slice(0, 100)}": give that key a file under \`trust.accept\` if it is yours, else find out who wrote it.`,
  });
}

/** The key of those accepted that made a signature. */
export function keyThatSigned(signed: Signed, keyId: string | undefined, keys: readonly HeldKey[]): HeldKey {
  const asked = keyId ? keys.filter((key) => key.keyId === undefined || key.keyId === keyId) : keys;
  const found = asked.find(({ publicKey }) => isSignedBy(publicKey, signed) === true);
  if (found) return found;
  throw unreadable('untrusted', 'no key that is accepted made its signature', {
    hint: 'No key that is accepted made its signature: it was changed, or signed with another key. Fetch it again, or give that key a file under `trust.accept`.',
  });
}

/** Refuses a key for statements that it is not accepted for, and outside of its time; what nobody dated is outside of every time. */
export function refuseUnacceptedKey(held: HeldKey, predicateType: string, signedAt: string | undefined): void {
  const { key, from, until } = held;
  if (!isFor(held, predicateType))
    throw unreadable('untrusted', `the key ${key} is not accepted for statements of the type ${predicateType}`);
  if (from === undefined && until === undefined) return;
  if (signedAt === undefined)
    throw unreadable('untrusted', `the key ${key} is accepted within a time, and nobody vouches for when it signed this`, {
      hint: `Nobody vouches for when the key ${key} signed this: have a timestamp authority or a log do so, or accept the key without from and until.`,
    });
  if (!isWithin(held, signedAt))
    throw unreadable('untrusted', `the key ${key} was not accepted any more, or not yet, when it signed this: ${signedAt}`);
}

function isWithin({ from, until }: Pick<AcceptedKey, 'from' | 'until'>, at: string): boolean {
  const time = Date.parse(at);
  return time >= Date.parse(from ?? at) && time <= Date.parse(until ?? at);
}

function isFingerprint(name: string, key: PublicKey): boolean {
  const fingerprint = fingerprintOf(key);
  const hex = Buffer.from(fingerprint, 'base64').toString('hex');
  return [fingerprint, hex, `SHA256:${fingerprint.replace(/=+$/, '')}`].includes(name);
}
