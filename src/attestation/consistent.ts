import { z } from 'zod';
import { parseStrictJson } from '../domain/strict-json.ts';
import { isSignedBy, keyOfCertificate } from './signature.ts';

const Certificate = z.object({ rawBytes: z.string() });
const Bundle = z.object({
  dsseEnvelope: z.object({ payload: z.string(), payloadType: z.string(), signatures: z.array(z.object({ sig: z.string() })).length(1) }),
  verificationMaterial: z.object({
    certificate: Certificate.nullish(),
    x509CertificateChain: z.object({ certificates: z.array(Certificate).min(1) }).nullish(),
  }),
});

/**
 * Whether a bundle was signed with the key of the certificate that it brings along; undefined where that cannot be asked. Whose certificate
 * it is, nobody has looked at: anybody can make one.
 */
export function isConsistent(bytes: Uint8Array): boolean | undefined {
  const parsed = Bundle.safeParse(parseStrictJson(bytes));
  if (!parsed.success) return undefined;
  const { dsseEnvelope, verificationMaterial } = parsed.data;
  const certificate = verificationMaterial.certificate ?? verificationMaterial.x509CertificateChain?.certificates[0];
  const key = certificate && keyOfCertificate(Buffer.from(certificate.rawBytes, 'base64'));
  if (!key) return undefined;
  const { payload, payloadType, signatures } = dsseEnvelope;
  const signature = Buffer.from(signatures[0]?.sig ?? '', 'base64');
  return isSignedBy(key, { payloadType, payload: Buffer.from(payload, 'base64'), signature });
}
