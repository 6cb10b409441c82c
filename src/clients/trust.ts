import { open } from 'node:fs/promises';
import { isFor } from '../attestation/accept.ts';
import type { Proving } from '../attestation/attest.ts';
import type { HeldKey } from '../attestation/held-key.ts';
import type { AcceptedKey, TrustSettings } from '../attestation/policy.ts';
import { isCheckable, publicKeyOf } from '../attestation/signature.ts';
import type { Root } from '../attestation/trusted-root.ts';
import type { Edge } from '../collect/define-source.ts';
import { sha256 } from '../domain/identify.ts';
import { AuditError } from '../error.ts';

const LARGEST_BYTES = 1024 * 1024;

/** Reads the roots and keys of a configuration, once; undefined where it names none. What cannot be read is a mistake of the configuration. */
export async function openTrust(settings: TrustSettings | undefined, { keep }: Pick<Edge, 'keep'>): Promise<Proving | undefined> {
  if (!settings) return undefined;
  // Loaded where somebody says whom to trust: every other scan starts without it.
  const { verifyAttestation, VERIFIER } = await import('../attestation/verify.ts');
  const roots = (await Promise.all(settings.roots.map((root) => readTrustedRoots(root, keep)))).flat();
  const keys = await Promise.all(settings.accept.flatMap((one) => ('key' in one ? [readKey(one)] : [])));
  const identities = settings.accept.flatMap((one) => ('key' in one ? [] : [one]));
  return {
    verify: (bytes, mostKeys) => verifyAttestation(bytes, { roots, identities, keys, mostKeys }),
    covers: (predicateType, place) => (place === 'bundle' ? settings.accept : keys).some((one) => isFor(one, predicateType)),
    by: VERIFIER,
  };
}

/** `gh attestation trusted-root` writes several, one a line. */
async function readTrustedRoots({ file, digest }: TrustSettings['roots'][number], keep: Edge['keep']): Promise<readonly Root[]> {
  const { readRoot } = await import('../attestation/trusted-root.ts');
  const bytes = await readFile(file, 'a trusted root, as `gh attestation trusted-root` or `cosign trusted-root create` write it');
  const found = `sha256:${sha256(bytes)}`;
  if (digest !== undefined && found !== digest)
    throw new AuditError('CONFIG_INVALID', `the trusted root "${file}" is ${found}, and not ${digest}`, {
      hint: 'Somebody has changed it: find out who, then write its new digest under `trust.roots`.',
    });
  const lines = bytes.toString('utf8').trim().split('\n');
  const isOneALine = lines.length > 1 && lines.every((line) => /^\{.*\}\s*$/.test(line));
  const texts = isOneALine ? lines.map((line) => Buffer.from(line)) : [bytes];
  const roots = read(file, () => texts.map(readRoot));
  // Whoever looks at a recording later verifies against the same roots.
  for (const text of texts) keep(text);
  return roots;
}

async function readKey(accepted: AcceptedKey): Promise<HeldKey> {
  const bytes = await readFile(accepted.key, 'a public key in PEM');
  const publicKey = publicKeyOf(bytes.toString('utf8'));
  if (publicKey && isCheckable(publicKey)) return { ...accepted, publicKey };
  if (publicKey)
    throw new AuditError('CONFIG_INVALID', `"${accepted.key}" holds a key whose signatures cannot be checked: ${kindOf(publicKey)}`, {
      hint: 'Give `key` a key of P-256, P-384, P-521, Ed25519 or RSA (PKCS #1 v1.5).',
    });
  throw new AuditError('CONFIG_INVALID', `"${accepted.key}" holds no public key`, {
    hint: 'Give `key` a public key in PEM, as `cosign public-key` writes it; a private key does not belong here.',
  });
}

function kindOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: HeldKey['publicKey']): string {
  return details?.namedCurve ?? type ?? 'of no known kind';
}

function read(file: string, reader: () => readonly Root[]): readonly Root[] {
  try {
    return reader();
  } catch (cause) {
    const detail = cause instanceof AuditError ? cause.message.replace(/^it could not be read: /, '') : 'it cannot be read';
    throw new AuditError('CONFIG_INVALID', `"${file}": ${detail}`, {
      hint: 'Give `trust.roots` trusted roots, as `gh attestation trusted-root` or `cosign trusted-root create` write them.',
      cause,
    });
  }
}

async function readFile(file: string, what: string): Promise<Buffer> {
  try {
    const handle = await open(file);
    try {
      const buffer = Buffer.alloc(LARGEST_BYTES + 1);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
      if (bytesRead <= LARGEST_BYTES) return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new AuditError('CONFIG_INVALID', `"${file}" cannot be read`, {
      hint: `Give \`trust\` ${what}, relative to where selfsame is started.`,
      cause,
    });
  }
  throw new AuditError('CONFIG_INVALID', `"${file}" is larger than 1 MiB`, { hint: `Give \`trust\` ${what}.` });
}
