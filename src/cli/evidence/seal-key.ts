import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { AuditError } from '../../error.ts';
import { secretVariable } from '../secret-variable.ts';

/** The private key that seals are signed with, in PEM, from the variable that holds it; it is struck out of everything that is written. */
export function sealKeyOf(name: string): KeyObject {
  const pem = secretVariable(name, { is: 'a private key in PEM', called: 'the key' });
  try {
    const key = createPrivateKey(pem);
    if (['ed25519', 'ec', 'rsa'].includes(key.asymmetricKeyType ?? '')) return key;
  } catch {
    // What is wrong with a private key is nobody's to read.
  }
  throw new AuditError('USAGE', `--sign-with ${name}: the variable holds no private key that can sign`, {
    hint: 'Make one: openssl genpkey -algorithm ed25519 -out seal.pem; its public half: openssl pkey -in seal.pem -pubout',
  });
}

/** A signature of bytes as openssl verifies it: of themselves with Ed25519, of their SHA-256 with other keys. */
export function signSeal(sums: Uint8Array, key: KeyObject): Uint8Array {
  return sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', sums, key);
}
