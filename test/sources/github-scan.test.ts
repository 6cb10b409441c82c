import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/domain/report.ts';
import { node, pod } from '../fakes/cluster.ts';
import { type FakeGithub, idOf, startGithub, TOKEN } from '../fakes/github.ts';
import { bundleOf } from '../fakes/github-bundle.ts';
import { configOf, digestOf, type FakeRegistry, startRegistry } from '../fakes/registry.ts';

const BIN = fileURLToPath(new URL('../../bin/selfsame.js', import.meta.url));
const COMMIT = 'c0ffee'.padEnd(40, '0');
const PAYMENTS = digestOf('payments');
const IMAGE = `ghcr.io/acme/payments@${PAYMENTS}`;
const ID = idOf('acme/payments');

let fake: FakeGithub;
let folder: string;

beforeEach(async () => {
  fake = await startGithub();
  folder = await mkdtemp(path.join(tmpdir(), 'selfsame-github-'));
});
afterEach(() => fake.stop());

function containers(place: string, image: string) {
  const status = { name: 'app', image, imageID: image, state: { running: { startedAt: '2026-03-01T10:00:00Z' } } };
  return { ...pod(place, { image }), status: { phase: 'Running', containerStatuses: [status] } };
}

/** Scans a production that runs the one digest, beside a GitHub that alone says who built and tested it. */
async function scan(
  image = IMAGE,
  registry?: FakeRegistry,
  rules: object = {},
  { staged = image, ...settings }: Readonly<{ staged?: string; trees?: string }> = {},
): Promise<Readonly<{ report: Report; exitCode: number }>> {
  const items = [
    { kind: 'Pod', ...containers('shop/payments', image) },
    { kind: 'Pod', ...containers('shop-stg/payments', staged) },
    { kind: 'Node', ...node('quay-1') },
  ];
  const config = {
    version: '1',
    promotion: ['staging', 'production'],
    gates: ['e2e'],
    rules,
    sources: [
      {
        use: 'kubernetes',
        cluster: 'harbour',
        dump: 'dump.json',
        environments: { staging: ['shop-stg'], production: ['shop'] },
        without: ['ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
      },
      { use: 'github-actions', repositories: ['acme/*'], apiUrl: fake.apiUrl, attestations: 'true', deployments: 'true', ...settings },
      ...(registry ? [{ use: 'oci', registry: registry.host, insecure: 'true', cache: 'off' }] : []),
    ],
  };
  await writeFile(path.join(folder, 'dump.json'), JSON.stringify({ kind: 'List', items }));
  await writeFile(path.join(folder, 'selfsame.yaml'), JSON.stringify(config));
  const argv = ['--conditions=selfsame-source', BIN, 'scan', '--config', 'selfsame.yaml', '--report', 'json'];
  const env = { ...process.env, XDG_CACHE_HOME: folder, GH_ENTERPRISE_TOKEN: TOKEN };
  const { stdout, stderr, exitCode } = await new Promise<Readonly<{ stdout: string; stderr: string; exitCode: number }>>((done) =>
    execFile(process.execPath, argv, { cwd: folder, env }, (error, out, err) =>
      done({ stdout: out, stderr: err, exitCode: Number(error?.code ?? 0) }),
    ),
  );
  expect(stderr).toBe('');
  return { report: JSON.parse(stdout) as Report, exitCode };
}

const standingOf = ({ report }: Awaited<ReturnType<typeof scan>>) => report.rows.map(({ standing }) => standing);

function built(run = '57/attempts/1'): void {
  fake.attest('acme', PAYMENTS, { bundle: bundleOf({ digest: PAYMENTS, repositoryId: ID, run }) }, ID);
  fake.run('acme/payments', { id: 57, head_sha: COMMIT });
}
function tested(fields: object): void {
  fake.job('acme/payments', { id: 1, run_id: 57, name: 'e2e', ...fields }, `2026-03-01T09:21:00.0Z docker run ${IMAGE}\n`);
}

describe('a production whose only records are those of GitHub', () => {
  it('runs the selfsame artifact that a gate passed', async () => {
    built();
    tested({});

    const scanned = await scan();

    expect(standingOf(scanned)).toMatchObject([{ is: 'selfsame' }]);
    expect([scanned.report.findings.filter(({ severity }) => severity !== 'low'), scanned.exitCode]).toEqual([[], 0]);
  });

  it('does not where the gate failed on it', async () => {
    built();
    tested({ conclusion: 'failure' });

    const scanned = await scan();

    expect(standingOf(scanned)).toMatchObject([{ is: 'unresolved' }]);
    expect(scanned.report.findings).toMatchObject([{ rule: 'failed-gate-promoted' }]);
    expect(scanned.exitCode).toBe(1);
  });

  it.each([
    ['after more digests than are read', Array.from({ length: 20_000 }, (_, nth) => `${digestOf(`${nth}`)}\n`).join('')],
    ['in a line that is longer than what is read', 'x'.repeat(1 << 20)],
  ])('C03 is inconclusive where a gate failed on what it names %s', async (_, before) => {
    built();
    tested({});
    const times = { started_at: '2026-03-01T09:35:00Z', completed_at: '2026-03-01T09:45:00Z' };
    const failed = { id: 2, run_id: 57, run_attempt: 2, name: 'e2e', conclusion: 'failure', ...times };
    fake.job('acme/payments', failed, `${before} docker run ${IMAGE}\n`);

    const scanned = await scan();

    const hint = expect.stringMatching(/^Let the job print less/);
    expect(scanned.report.gaps).toMatchObject([
      { of: 'test', because: 'too-large', origin: { locator: expect.stringContaining('jobs/2/logs') }, hint },
    ]);
    expect(scanned.exitCode).toBe(3);
  });

  it('runs a rebuild, where the gate passed on what was built before it from the same commit', async () => {
    const registry = await startRegistry();
    const [tested57, rebuilt58] = ['57', '58'].map(
      (by) => registry.image('acme/payments', configOf({ rootfs: { type: 'layers', diff_ids: [digestOf(by)] } })).digest,
    );
    const name = `${registry.host}/acme/payments`;
    fake.run('acme/payments', { id: 57, head_sha: COMMIT });
    for (const [digest, run, loggedAt] of [
      [tested57, '57/attempts/1', '2026-03-01T09:12:00Z'],
      [rebuilt58, '58/attempts/1', '2026-03-01T11:12:00Z'],
    ] as const)
      if (digest) fake.attest('acme', digest, { bundle: bundleOf({ digest, name, repositoryId: ID, run, loggedAt }) }, ID);
    fake.job('acme/payments', { id: 1, run_id: 57, name: 'e2e' }, `2026-03-01T09:21:00.0Z docker run ${name}@${tested57}\n`);

    const scanned = await scan(`${name}@${rebuilt58}`, registry);

    await registry.stop();
    expect(standingOf(scanned)).toMatchObject([{ is: 'rebuilt' }]);
    expect([scanned.report.findings[0]?.rule, scanned.exitCode]).toEqual(['rebuilt-after-test', 1]);
  });

  it.each([
    ['true', 'rebuilt'],
    ['false', 'unresolved'],
  ])('runs what its squash merge made of what was tested: with trees: %s it is %s', async (trees, is) => {
    const registry = await startRegistry();
    const squashed = 'decaf'.padEnd(40, '0');
    const [queued57, squashed58] = ['57', '58'].map(
      (by) => registry.image('acme/payments', configOf({ rootfs: { type: 'layers', diff_ids: [digestOf(by)] } })).digest,
    );
    const name = `${registry.host}/acme/payments`;
    for (const [digest, commit, run, loggedAt] of [
      [queued57, COMMIT, '57/attempts/1', '2026-03-01T09:12:00Z'],
      [squashed58, squashed, '58/attempts/1', '2026-03-01T11:12:00Z'],
    ] as const) {
      if (digest) fake.attest('acme', digest, { bundle: bundleOf({ digest, name, repositoryId: ID, run, loggedAt, commit }) }, ID);
      fake.tree('acme/payments', commit, '7ea'.padEnd(40, '0'));
    }
    fake.run('acme/payments', { id: 57, head_sha: COMMIT });
    fake.job('acme/payments', { id: 1, run_id: 57, name: 'e2e' }, `2026-03-01T09:21:00.0Z docker run ${name}@${queued57}\n`);

    const scanned = await scan(`${name}@${squashed58}`, registry, {}, { staged: `${name}@${queued57}`, trees });

    await registry.stop();
    expect(standingOf(scanned)).toMatchObject([{ is }]);
  });

  it('does not where the gate only ran on its commit', async () => {
    built();
    fake.job('acme/payments', { id: 1, run_id: 57, name: 'e2e' }, '2026-03-01T09:21:00.0Z npm test\n');

    const scanned = await scan();

    expect([standingOf(scanned), scanned.exitCode]).toMatchObject([[{ is: 'unresolved' }], 3]);
  });

  it('does not where nothing but logs says who built it', async () => {
    fake.run('acme/payments', { id: 57, head_sha: COMMIT });
    tested({});

    expect(standingOf(await scan())).toMatchObject([{ is: 'unresolved' }]);
  });

  const approvals = { 'unapproved-promotion': { options: { approvals: { production: { ci: ['prod'] } } } } };
  const deployed = () => {
    built();
    tested({});
    fake.deployment({ id: 3, sha: COMMIT, run: 57 }, ['in_progress', '2026-03-01T09:50:00Z'], ['success', '2026-03-01T09:58:00Z']);
  };

  it('was deployed by a run that nobody approved, and is told so', async () => {
    deployed();
    fake.environment({ name: 'Prod' });

    const scanned = await scan(IMAGE, undefined, approvals);

    const facts = { run: 'github-actions run 57', environment: 'prod', asks: 'Today the environment asks for no review.' };
    const unreviewed = { rule: 'unapproved-promotion', message: 'unreviewed', facts };
    expect(scanned.report.findings.filter(({ rule }) => rule.startsWith('un'))).toMatchObject([unreviewed]);
    expect(scanned.exitCode).toBe(1);
  });

  it('was deployed by a run that somebody else approved', async () => {
    deployed();
    fake.review(57, 'grace', 'prod');

    const scanned = await scan(IMAGE, undefined, approvals);

    const told = [...scanned.report.findings, ...scanned.report.unknowns].filter(({ rule }) => rule === 'unapproved-promotion');
    expect([told, scanned.exitCode]).toEqual([[], 0]);
  });

  it('is inconclusive where GitHub has deleted what the jobs of a run came to: one of them may have failed', async () => {
    built();
    tested({});
    fake.run('acme/payments', { id: 60, head_sha: COMMIT, conclusion: 'success' });

    const scanned = await scan();

    expect(scanned.report.gaps).toMatchObject([{ of: 'test', because: 'expired' }]);
    expect(scanned.report.unknowns.map(({ rule }) => rule)).toContain('failed-gate-promoted');
    expect(scanned.exitCode).toBe(3);
  });

  it('is inconclusive where the token may not read', async () => {
    built();
    tested({});
    fake.reply(({ path: asked }) => (asked.endsWith('/jobs') ? { status: 403, body: { message: 'Resource not accessible' } } : undefined));

    const scanned = await scan();

    expect(scanned.report.gaps).toMatchObject([{ because: 'forbidden', hint: 'Grant the token Actions: read on acme/payments.' }]);
    expect(scanned.exitCode).toBe(3);
  });
});
