import { createHash, generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bundleToJSON } from '@sigstore/bundle';
import { initializeCA, initializeCTLog, initializeTLog, initializeTSA, rekorHandler, tsaHandler } from '@sigstore/mock';
import { DSSEBundleBuilder, RekorWitness, type Signer, TSAWitness } from '@sigstore/sign';

/** What stands in a certificate beside the signer's name, by the number of Fulcio's claim. */
export type CertificateClaims = Readonly<Record<number, string>>;

/** Who signs what, and who witnesses it. */
export type Signing = Readonly<{
  data: string;
  identity?: string;
  claims?: CertificateClaims;
  /** A second extension for a claim that `claims` makes already. */
  again?: Readonly<{ claim: number; value: string }>;
  type?: string;
  witness?: 'log' | 'authority' | 'both';
}>;

/** A Sigstore of its own on this machine: what its certificates lead to, and whoever signs there. */
export type Sigstore = Readonly<{
  trustedRoot: object;
  /** When everything is signed. */
  signedAt: Date;
  sign(signing: Signing): Promise<Bundle>;
  /** With a key and no certificate, its name beside it. */
  signWithKey(data: string, key: KeyObject, hint: string): Promise<Bundle>;
  close(): Promise<void>;
}>;

type LogEntry = {
  logIndex: string;
  logId: { keyId: string };
  integratedTime: string;
  canonicalizedBody: string;
  inclusionPromise?: { signedEntryTimestamp: string };
  inclusionProof: { checkpoint: { envelope: string } };
};

/** A bundle as it is written, to be damaged. */
export type Bundle = {
  mediaType: string;
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string; keyid?: string }[] };
  verificationMaterial: {
    certificate?: { rawBytes: string };
    publicKey?: { hint: string };
    tlogEntries?: LogEntry[];
    timestampVerificationData?: { rfc3161Timestamps: { signedTimestamp: string }[] };
  };
};

/** Where payments are released, as GitHub tells Fulcio. */
export const RELEASE = 'https://github.com/acme/payments/.github/workflows/release.yml@refs/heads/main';
export const ISSUER = 'https://token.actions.githubusercontent.com';
export const COMMIT = 'c0ffee0000000000000000000000000000000000';
export const CLAIMS: CertificateClaims = {
  8: ISSUER,
  11: 'github-hosted',
  12: 'https://github.com/acme/payments',
  13: COMMIT,
  14: 'refs/heads/main',
  18: RELEASE,
  20: 'push',
  21: 'https://github.com/acme/payments/actions/runs/41/attempts/2',
};
const ARC = '1.3.6.1.4.1.57264.1.';
const IN_TOTO = 'application/vnd.in-toto+json';

/** Starts a certificate authority, its logs and a timestamp authority, none of which anybody else trusts. */
export async function startSigstore(): Promise<Sigstore> {
  // Its authorities begin to exist with it, to the second.
  const signedAt = new Date(Math.ceil(Date.now() / 1000 + 5) * 1000);
  const keys = { ca: keyPair('secp384r1'), ct: keyPair(), log: keyPair(), tsa: keyPair() };
  const ctLog = await initializeCTLog(keys.ct, signedAt);
  const ca = await initializeCA(keys.ca, ctLog, signedAt);
  const log = await initializeTLog('https://log.test', keys.log, signedAt);
  const tsa = await initializeTSA(keys.tsa, signedAt);
  const handlers = [rekorHandler(log), tsaHandler(tsa)];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const answer = await handlers.find(({ path }) => path === request.url)?.fn(Buffer.concat(chunks).toString());
    response.writeHead(answer?.statusCode ?? 404, { 'content-type': answer?.contentType ?? 'text/plain' }).end(answer?.response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on an address has one.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const signerOf = ({ identity = RELEASE, claims = CLAIMS, again }: Signing): Signer => ({
    async sign(data) {
      const { publicKey, privateKey } = keyPair();
      const extensions = Object.entries(claims).map(([claim, value]) => ({ oid: `${ARC}${claim}`, value, legacy: Number(claim) < 8 }));
      const certificate = await ca.issueCertificate({
        publicKey: publicKey.export({ type: 'spki', format: 'der' }),
        subjectAltName: identity,
        extensions: [...extensions, ...(again ? [{ oid: `${ARC}${again.claim}`, value: again.value, legacy: again.claim < 8 }] : [])],
      });
      const pem = new X509Certificate(Buffer.from(certificate.buffer, certificate.byteOffset, certificate.byteLength)).toString();
      return { signature: sign('sha256', data, privateKey), key: { $case: 'x509Certificate', certificate: pem } };
    },
  });
  const witnessesOf = (which: NonNullable<Signing['witness']>) => [
    ...(which === 'authority' ? [] : [new RekorWitness({ rekorBaseURL: url, entryType: 'intoto' })]),
    ...(which === 'log' ? [] : [new TSAWitness({ tsaBaseURL: url })]),
  ];
  const bundleOf = async (signer: Signer, witnesses: ReturnType<typeof witnessesOf>, { data, type = IN_TOTO }: Signing) => {
    const bundle = await new DSSEBundleBuilder({ signer, witnesses }).create({ data: Buffer.from(data), type });
    // What the library writes is JSON of this form; a test that damages it needs its fields.
    return JSON.parse(JSON.stringify(bundleToJSON(bundle))) as Bundle;
  };

  return {
    trustedRoot: {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [logEntry(log.publicKey)],
      ctlogs: [logEntry(ctLog.publicKey)],
      certificateAuthorities: [authority([ca.rootCertificate])],
      timestampAuthorities: [authority([tsa.intCertificate, tsa.rootCertificate])],
    },
    signedAt,
    sign: ({ witness = 'log', ...signing }) => bundleOf(signerOf(signing), witnessesOf(witness), signing),
    signWithKey(data, key, hint) {
      const signer: Signer = {
        sign: (bytes) => Promise.resolve({ signature: sign('sha256', bytes, key), key: { $case: 'publicKey', publicKey: '', hint } }),
      };
      return bundleOf(signer, witnessesOf('authority'), { data });
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function keyPair(namedCurve = 'prime256v1') {
  return generateKeyPairSync('ec', { namedCurve });
}

const VALID_FOR = { start: '2026-01-01T00:00:00Z' };

function authority(certificates: readonly ArrayBufferView<ArrayBuffer>[]): object {
  const rawBytes = certificates.map(({ buffer, byteOffset, byteLength }) => ({
    rawBytes: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
  }));
  return { certChain: { certificates: rawBytes }, validFor: VALID_FOR };
}

function logEntry(publicKey: Buffer): object {
  return {
    baseUrl: 'https://log.test',
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: publicKey.toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor: VALID_FOR },
    logId: { keyId: createHash('sha256').update(publicKey).digest('base64') },
  };
}
