import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configOf, digestOf, type FakeRegistry, OCI_MANIFEST, sendJson, startRegistry } from '../../fakes/registry.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SOURCE = 'https://github.com/acme/payments';

let registry: FakeRegistry;
let folder: string;

beforeEach(async () => {
  registry = await startRegistry();
  folder = mkdtempSync(path.join(tmpdir(), 'selfsame-channels-'));
});
afterEach(() => registry.stop());

/** Scans the channels `staging` and `prod` of one repository, and whatever else the configuration says. */
async function scan(
  more: object = {},
  channels: object = { staging: { payments: 'acme/payments:staging' }, production: { payments: 'acme/payments:prod' } },
) {
  const oci = { use: 'oci', registry: registry.host, insecure: 'true', cache: 'cache', referrers: 'false', channels };
  const config = { version: 1, promotion: ['staging', 'production'], sources: [oci], ...more };
  writeFileSync(path.join(folder, 'selfsame.yaml'), JSON.stringify(config));
  const argv = [
    '--conditions=selfsame-source',
    path.join(ROOT, 'bin/selfsame.js'),
    'scan',
    '--report',
    'json=report.json',
    '--report',
    'table',
  ];
  const child = spawn(process.execPath, argv, { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder, DOCKER_CONFIG: folder } });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const { readFileSync } = await import('node:fs');
  const report = JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8'));
  return { stdout, stderr, report };
}

const built = (created: string, changed: object = {}) =>
  configOf({
    created,
    config: { Labels: { 'org.opencontainers.image.source': SOURCE, 'org.opencontainers.image.revision': 'c0ffee'.repeat(7).slice(0, 40) } },
    ...changed,
  });

describe('channels of a registry', () => {
  it('that name one artifact are clean, and the report says that nobody saw it run', async () => {
    const image = registry.image('acme/payments', built('2026-03-01T08:00:00Z'), 'staging');
    registry.put('acme/payments', await bodyOf(image.digest), OCI_MANIFEST, 'prod');

    const { stdout, report } = await scan();

    expect(report).toMatchObject({
      exitCode: 0,
      because: ['everything that channels publish was judged; what runs is not known'],
      gaps: [],
      coverage: [{ environment: 'production', rows: 1, published: 1 }],
      rows: [{ published: true, pending: true, standing: { is: 'selfsame', tier: 'observed' } }],
    });
    expect(report.rows[0].text).toMatch(/^published in staging\/.*; what runs is not known$/);
    expect(stdout.split('\n')[0]).toContain('PUBLISHED, NOT SEEN RUNNING · production 1 first-party: 1 selfsame');
    expect(JSON.stringify(report)).not.toMatch(/ runs [^"]*acme\/payments/);
  });

  it('leave the rules about workloads dormant, by name', async () => {
    registry.image('acme/payments', built('2026-03-01T08:00:00Z'), 'staging');
    registry.image('acme/payments', built('2026-03-01T08:00:00Z'), 'prod');

    const { stdout, report } = await scan();

    expect(report.dormant).toEqual(expect.arrayContaining(['mixed-digests', 'tag-moved', 'tag-without-digest']));
    expect(stdout).toContain('mixed-digests');
  });

  it('of which one names a rebuild are drift, told as what is published', async () => {
    registry.image('acme/payments', built('2026-03-01T08:00:00Z'), 'staging');
    const layers = { rootfs: { type: 'layers', diff_ids: [digestOf('rebuilt')] } };
    registry.image('acme/payments', built('2026-03-02T08:00:00Z', layers), 'prod');

    const { report } = await scan();

    expect(report.exitCode).toBe(1);
    expect(report.findings[0]).toMatchObject({
      rule: 'rebuilt-after-test',
      text: expect.stringMatching(/^By what its channel publishes \(nobody saw it run\): /),
      fix: expect.stringMatching(/`crane copy \S+@sha256:\w{64} \S+\/acme\/payments:prod`/),
    });
  });

  it('that name unlike artifacts of unknown sources accuse nobody', async () => {
    registry.image('acme/payments', configOf(), 'staging');
    registry.image('acme/payments', configOf({ rootfs: { type: 'layers', diff_ids: [digestOf('other')] } }), 'prod');

    const { report } = await scan();

    expect(report).toMatchObject({
      exitCode: 3,
      findings: [],
      rows: [{ standing: { is: 'unresolved', reason: 'not-published-upstream' } }],
    });
  });

  it('judge every platform of an index, and are no mix of artifacts', async () => {
    const members = ['amd64', 'arm64'].map((architecture) => {
      const { config: _, ...image } = registry.image('acme/payments', configOf({ architecture }));
      return { ...image, platform: { os: 'linux', architecture } };
    });
    registry.index('acme/payments', members, 'staging');
    registry.index('acme/payments', members, 'prod');

    const { report } = await scan();

    expect(
      report.rows.map(({ platform, standing }: { platform: string; standing: { is: string } }) => `${platform} ${standing.is}`),
    ).toEqual(['linux/amd64 selfsame', 'linux/arm64 selfsame']);
    expect(report.findings).toEqual([]);
  });

  it('R03 are asked once in a scan, however often it asks for contents', async () => {
    const image = registry.image('acme/payments', configOf(), 'staging');
    registry.put('acme/payments', await bodyOf(image.digest), OCI_MANIFEST, 'prod');

    await scan();

    const tags = registry.requests.filter(({ path: at }) => /\/(?:staging|prod)$/.test(at));
    expect(tags.map(({ method }) => method)).toEqual(['HEAD', 'HEAD']);
  });

  it('R02 name what their bytes hash to, where a header names what is nowhere', async () => {
    const image = registry.image('acme/payments', configOf(), 'staging');
    registry.put('acme/payments', await bodyOf(image.digest), OCI_MANIFEST, 'prod');
    registry.reply((request, response) => {
      if (request.method !== 'HEAD' || !request.url?.endsWith('/prod')) return false;
      response.writeHead(200, { 'content-type': OCI_MANIFEST, 'docker-content-digest': digestOf('lie') }).end();
      return true;
    });

    const { report } = await scan();

    expect(report.rows.map(({ standing }: { standing: { is: string } }) => standing.is)).toEqual(['selfsame']);
  });

  it('are all that a second scan asks: what was read under digests is asked for once in a lifetime', async () => {
    registry.image('acme/payments', built('2026-03-01T08:00:00Z'), 'staging');
    registry.image('acme/payments', built('2026-03-02T08:00:00Z'), 'prod');
    const first = await scan();
    registry.requests.length = 0;

    const second = await scan();

    const asked = registry.requests.map(({ method, path: at }) => `${method} ${at}`);
    expect(asked).toEqual(expect.arrayContaining(['HEAD /v2/acme/payments/manifests/prod', 'HEAD /v2/acme/payments/manifests/staging']));
    // Whether what is pulled is still there may change.
    expect(asked.filter((one) => !one.startsWith('HEAD '))).toEqual([]);
    expect(second.report.rows).toEqual(first.report.rows);
  });

  it('one of which is gone are a gap, and nothing is said of what it names', async () => {
    registry.image('acme/payments', configOf(), 'staging');

    const { report } = await scan();

    expect(report.gaps).toMatchObject([{ of: 'channel', because: 'not-found', scope: { environment: 'production' } }]);
    expect(report).toMatchObject({ exitCode: 3, rows: [] });
  });

  it('that may not be pulled are a gap that says what to grant', async () => {
    registry.reply((_, response) => sendJson(response, 403, {}));

    const { report } = await scan();

    expect(report.gaps.map(({ because }: { because: string }) => because)).toEqual(['forbidden', 'forbidden']);
  });

  it.each([
    ['the same', undefined],
    ['a rebuild of it', { rootfs: { type: 'layers', diff_ids: [digestOf('rebuilt')] } }],
  ])('neither acquit nor accuse what runs, where what is published upstream is %s: nobody saw it run', async (_, other) => {
    const published = registry.image('acme/payments', built('2026-03-01T08:00:00Z'), 'staging');
    const image = other ? registry.image('acme/payments', built('2026-03-02T08:00:00Z', other)) : published;
    const reference = `${registry.host}/acme/payments@${image.digest}`;
    const pod = {
      kind: 'Pod',
      metadata: { name: 'payments', namespace: 'shop', uid: 'u' },
      spec: { nodeName: 'quay-1', containers: [{ name: 'image', image: reference }] },
      status: {
        phase: 'Running',
        containerStatuses: [
          { name: 'image', image: reference, imageID: reference, ready: true, state: { running: { startedAt: '2026-03-01T08:00:00Z' } } },
        ],
      },
    };
    const node = { kind: 'Node', metadata: { name: 'quay-1' }, status: { nodeInfo: { operatingSystem: 'linux', architecture: 'amd64' } } };
    writeFileSync(path.join(folder, 'dump.json'), JSON.stringify({ kind: 'List', items: [pod, node] }));
    const without = ['ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'];
    const cluster = { use: 'kubernetes', cluster: 'harbour', dump: 'dump.json', without, environment: 'production' };
    const oci = { use: 'oci', registry: registry.host, insecure: 'true', cache: 'off', referrers: 'false' };

    const { report } = await scan({ sources: [cluster, { ...oci, channels: { staging: { payments: 'acme/payments:staging' } } }] });

    expect(report).toMatchObject({ exitCode: 3, rows: [{ standing: { is: 'unresolved' } }] });
    // It is old, whatever is upstream.
    expect(report.findings.map(({ rule }: { rule: string }) => rule).filter((rule: string) => rule !== 'image-too-old')).toEqual([]);
  });
});

/** What the registry holds under a digest. */
async function bodyOf(digest: string): Promise<Buffer> {
  const answer = await fetch(`http://${registry.host}/v2/acme/payments/manifests/${digest}`);
  registry.requests.length = 0;
  return Buffer.from(await answer.arrayBuffer());
}
