import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { initializeCA, initializeCTLog } from '@sigstore/mock';

export const REAL_BUNDLE = readFileSync(new URL('../../fixtures/attestations/github-v1.sigstore.json', import.meta.url), 'utf8');

/** When the certificate was made that signs here. */
export const CERTIFIED_AT = '2026-03-01T09:11:30Z';
const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const { publicKey, privateKey } = keyPair();
const made = new Date(CERTIFIED_AT);
const ca = await initializeCA(keyPair(), await initializeCTLog(keyPair(), made), made);
const issued = await ca.issueCertificate({
  publicKey: publicKey.export({ type: 'spki', format: 'der' }),
  subjectAltName: 'https://github.com/acme/payments/.github/workflows/ci.yml@refs/heads/main',
  extensions: [],
});
const certificate = { rawBytes: Buffer.from(issued.buffer, issued.byteOffset, issued.byteLength).toString('base64') };

type Said = Readonly<{
  digest: string;
  name?: string;
  repository?: string;
  repositoryId?: number | string | undefined;
  commit?: string;
  run?: string;
  /** Null where no log took it in. */
  loggedAt?: string | null;
  /** Changed since it was signed. */
  isChanged?: boolean;
  material?: object;
}>;

const IN_TOTO = 'application/vnd.in-toto+json';

/** An attestation as actions/attest makes one of a build (actions/toolkit, packages/attest, 2026); it is signed, by whom nobody knows. */
export function bundleOf({
  digest,
  name = 'ghcr.io/acme/payments',
  repository = 'acme/payments',
  repositoryId,
  commit = 'c0ffee'.padEnd(40, '0'),
  run = '57/attempts/1',
  ...how
}: Said): object {
  const address = `https://github.com/${repository}`;
  const predicate = {
    buildDefinition: {
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      externalParameters: { workflow: { ref: 'refs/heads/main', repository: address, path: '.github/workflows/ci.yml' } },
      internalParameters: repositoryId === undefined ? {} : { github: { event_name: 'push', repository_id: `${repositoryId}` } },
      resolvedDependencies: [{ uri: `git+${address}@refs/heads/main`, digest: { gitCommit: commit } }],
    },
    runDetails: {
      builder: { id: `${address}/.github/workflows/ci.yml@refs/heads/main` },
      metadata: { invocationId: `${address}/actions/runs/${run}` },
    },
  };
  return enclosed({ digest, name, predicateType: 'https://slsa.dev/provenance/v1', predicate }, how);
}

/** A test result of in-toto that actions/attest published. */
export function testResultOf(digest: string, gate: string, result: 'PASSED' | 'FAILED'): object {
  const predicate = { result, configuration: [{ name: gate }] };
  return enclosed(
    { digest, name: 'ghcr.io/acme/payments', predicateType: 'https://in-toto.io/attestation/test-result/v0.1', predicate },
    {},
  );
}

type Enclosing = Pick<Said, 'loggedAt' | 'material' | 'isChanged'>;
type Statement = Readonly<{ digest: string; name: string; predicateType: string; predicate: object }>;

function enclosed({ digest, name, ...said }: Statement, { loggedAt = '2026-03-01T09:12:00Z', material, isChanged }: Enclosing): object {
  const [, sha256] = digest.split(':');
  const statement = { _type: 'https://in-toto.io/Statement/v1', subject: [{ name, digest: { sha256 } }], ...said };
  const payload = Buffer.from(JSON.stringify(statement));
  const signature = sign(
    'sha256',
    Buffer.concat([Buffer.from(`DSSEv1 ${IN_TOTO.length} ${IN_TOTO} ${payload.length} `), payload]),
    privateKey,
  );
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: material ?? {
      certificate,
      ...(loggedAt === null ? {} : { tlogEntries: [{ integratedTime: `${Date.parse(loggedAt) / 1000}` }] }),
    },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType: IN_TOTO,
      signatures: [{ sig: (isChanged ? Buffer.from('changed') : signature).toString('base64') }],
    },
  };
}

/** A block of Snappy that holds bytes as they are. */
export function snappy(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length: number[] = [];
  for (let rest = bytes.length; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) {
      length.push(rest);
      break;
    }
    length.push((rest % 128) | 0x80);
  }
  const last = bytes.length - 1;
  return Buffer.concat([Buffer.from([...length, 62 << 2, last & 0xff, (last >> 8) & 0xff, (last >> 16) & 0xff]), bytes]);
}
