import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/domain/report.ts';
import { node, pod, workload } from '../fakes/cluster.ts';
import { selfsame } from '../fakes/command-line.ts';
import { type FakeRegistry, startRegistry } from '../fakes/registry.ts';
import { type Bundle, ISSUER, RELEASE, type Sigstore, startSigstore } from '../fakes/sigstore.ts';

const BIN = fileURLToPath(new URL('../../bin/selfsame.js', import.meta.url));

let sigstore: Sigstore;
let registry: FakeRegistry;
let folder = '';
let digest = '';

beforeAll(async () => {
  [sigstore, registry] = [await startSigstore(), await startRegistry()];
  ({ digest } = registry.image('acme/payments', undefined, '1.4.0'));
});

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'selfsame-attested-'));
  for (const place of ['staging', 'production']) keep(`${place}.json`, JSON.stringify(dumpOf(place === 'production')));
  keep('trusted_root.json', JSON.stringify(sigstore.trustedRoot));
  keep('records.jsonl', `${JSON.stringify({ schema: 'selfsame/record/v1', kind: 'deploy', digest, at: '2026-03-02T09:00:00Z' })}\n`);
});

afterAll(async () => {
  await sigstore.close();
  await registry.stop();
});

const keep = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);

/** What kubectl writes: one pod in production, and nothing that runs in staging. */
function dumpOf(isRunning: boolean): object {
  const image = `${registry.host}/acme/payments:1.4.0`;
  const running = pod('shop/payments', { image });
  const status = {
    phase: 'Running',
    containerStatuses: [
      {
        name: 'app',
        image,
        imageID: `${registry.host}/acme/payments@${digest}`,
        state: { running: { startedAt: '2026-03-02T10:00:00Z' } },
      },
    ],
  };
  const kinds = {
    Pod: isRunning ? [{ ...running, status }] : [],
    Node: [node('quay-1')],
    Deployment: [workload(isRunning ? 'other/none' : 'shop/none', { image })],
  };
  const items = Object.entries(kinds).flatMap(([kind, objects]) =>
    objects.map((object) => ({ apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1', kind, ...object })),
  );
  return { apiVersion: 'v1', kind: 'List', items };
}

const config = (accept: string, gates: readonly string[]) => `version: 1
promotion: [staging, production]
evidence: attested
gates: ${JSON.stringify(gates)}
sources:
${['staging', 'production']
  .map(
    (place) => `  - use: kubernetes
    name: ${place}
    cluster: ${place}
    dump: ${place}.json
    without: [Pod, ReplicaSet, Deployment, StatefulSet, DaemonSet, ControllerRevision, Job, CronJob, ReplicationController, Rollout]
    environment: ${place}
    namespaces: [shop]
`,
  )
  .join('')}  - use: oci
    registry: ${registry.host}
    insecure: true
    cache: off
  - use: records
    files: [records.jsonl, attestations]
    trust:
      roots: [trusted_root.json]
      accept:
        - ${accept}
`;
const THE_RELEASE = `{ for: [test-result], issuer: ${ISSUER}, identity: ${RELEASE} }`;

function passed(of = digest, name = 'e2e'): Promise<Bundle> {
  const data = JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'payments', digest: { sha256: of.slice('sha256:'.length) } }],
    predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
    predicate: { result: 'PASSED', configuration: [{ name }] },
  });
  return sigstore.sign({ data });
}

async function scan(
  bundle: object | string,
  accept = THE_RELEASE,
  ...gates: readonly string[]
): Promise<Readonly<{ status: number; report: Report }>> {
  keep('attestations', typeof bundle === 'string' ? bundle : `${JSON.stringify(bundle)}\n`);
  keep('selfsame.yaml', config(accept, gates));
  const argv = ['--conditions=selfsame-source', BIN, 'scan', '--keep', 'nights', '--report', 'json'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, argv, { cwd: folder, env: { ...process.env, DOCKER_CONFIG: folder } }, (error, stdout, stderr) => {
      // A process that ended by itself has a number.
      const status = error ? Number(error.code) : 0;
      if (stdout === '') reject(new Error(stderr));
      else resolve({ status, report: JSON.parse(stdout) });
    });
  });
}

const recorded = () =>
  `${JSON.stringify({ schema: 'selfsame/record/v1', kind: 'test', digest, gate: 'e2e', result: 'passed', at: '2026-03-02T09:00:00Z' })}\n`;
const withOneByteChanged = (bundle: Bundle): Bundle => {
  const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString().replace('e2e', 'e3e');
  return { ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload: Buffer.from(payload).toString('base64') } };
};

describe('where only what is attested counts, a scan', () => {
  it('exits with 0 where somebody who is accepted has signed that the tests passed', async () => {
    const { status, report } = await scan(await passed());

    expect(report.rows).toMatchObject([{ standing: { is: 'selfsame', tier: 'attested' }, text: 'attested in e2e' }]);
    expect(status).toBe(0);
  });

  it('keeps what verifies again, as it is recorded', async () => {
    await scan(await passed());
    const [night = ''] = readdirSync(path.join(folder, 'nights'));

    const { status, stdout } = await selfsame(['evidence', 'verify', path.join('nights', night)], { cwd: folder });

    expect([status, stdout]).toEqual([0, expect.stringContaining('1 verified, 0 refused')]);
  });

  it.each<[string, () => Promise<object | string>, string?]>([
    ['one byte of that was changed', async () => withOneByteChanged(await passed())],
    ['somebody else is accepted', passed, THE_RELEASE.replace('release.yml', 'nightly.yml')],
    ['he is accepted for something else', passed, THE_RELEASE.replace('test-result', 'provenance')],
    ['he has signed it of another image', () => passed(`sha256:${'7'.repeat(64)}`)],
    ['there is no attestation at all (CVE-2025-25204)', () => Promise.resolve('')],
    ['it only stands in a record', () => Promise.resolve(recorded())],
    ['the bundle has lost its envelope', async () => ({ ...(await passed()), dsseEnvelope: undefined })],
  ])('does not exit with 0 where %s', async (_, bundle, accept) => {
    const { status, report } = await scan(await bundle(), accept);

    expect([1, 3]).toContain(status);
    expect(report.rows.map(({ standing }) => standing.is)).not.toContain('selfsame');
  });

  const POLICY = 'https://acme.test/policies/release';
  const THE_VERIFIER = `{ for: [verification], issuer: ${ISSUER}, identity: ${RELEASE}, verifier: https://acme.test/verifier, policies: [${POLICY}], resources: ['*/acme/*'] }`;
  const verifiedAs = (verificationResult: 'PASSED' | 'FAILED') =>
    sigstore.sign({
      data: JSON.stringify({
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ digest: { sha256: digest.slice('sha256:'.length) } }],
        predicateType: 'https://slsa.dev/verification_summary/v1',
        predicate: {
          verifier: { id: 'https://acme.test/verifier' },
          resourceUri: `${registry.host}/acme/payments`,
          policy: { uri: POLICY },
          verificationResult,
          verifiedLevels: [verificationResult],
        },
      }),
    });

  it('exits with 0 where a verifier that is named says that a policy that is named was kept', async () => {
    const { status, report } = await scan(await verifiedAs('PASSED'), THE_VERIFIER);

    expect([status, report.rows[0]?.text]).toEqual([0, `attested in ${POLICY}`]);
  });

  it('exits with 1 where that verifier says that it was not', async () => {
    const { status, report } = await scan(await verifiedAs('FAILED'), THE_VERIFIER);

    expect([status, report.findings.map(({ rule }) => rule)]).toEqual([1, expect.arrayContaining(['failed-gate-promoted'])]);
  });

  it('does not exit with 0 where whoever may speak of tests gives a test the name of that policy', async () => {
    const another = THE_VERIFIER.replace('release.yml', 'verifier.yml');

    const { status, report } = await scan(await passed(digest, POLICY), `${THE_RELEASE}\n        - ${another}`, POLICY);

    expect([1, 3]).toContain(status);
    expect(report.rows.map(({ standing }) => standing.is)).not.toContain('selfsame');
  });

  it('exits with 0 where the policy is a gate, and its verifier says that it was kept', async () => {
    const { status, report } = await scan(await verifiedAs('PASSED'), THE_VERIFIER, POLICY);

    expect([status, report.rows[0]?.text]).toEqual([0, `attested in ${POLICY}`]);
  });

  it('does not exit with 0 where the verifier is another, and says so', async () => {
    const { status, report } = await scan(await verifiedAs('PASSED'), THE_VERIFIER.replace('/verifier,', '/scanner,'));

    expect([status, report.gaps.map(({ hint }) => hint)]).toEqual([
      3,
      [expect.stringContaining('its verifier is https://acme.test/verifier')],
    ]);
  });

  it('says of what is not accepted who signed it, and whom it expected', async () => {
    const { report } = await scan(await passed(), THE_RELEASE.replace('release.yml', 'nightly.yml'));

    const said = report.gaps.map(({ hint }) => hint);
    expect(said).toEqual([expect.stringMatching(/is signed by .*release\.yml@.*accepted for test-result is .*nightly\.yml@/)]);
  });
});
