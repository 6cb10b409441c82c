import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { node, pod } from '../../fakes/cluster.ts';
import { writeLayout } from '../../fakes/layout.ts';
import { configOf, digestOf, manifestOf, OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../fakes/registry.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const REPOSITORY = 'registry.example/payments';
const WITHOUT = ['ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'];

let folder: string;
let digest: string;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'selfsame-closed-'));
  const layout = await writeLayout(path.join(folder, 'images'));
  const config = await layout.put(configOf({ created: '2026-03-01T08:00:00Z' }), OCI_CONFIG);
  const member = await layout.put(manifestOf(config), OCI_MANIFEST);
  const index = await layout.put({ manifests: [{ ...member, platform: { os: 'linux', architecture: 'amd64' } }] }, OCI_INDEX);
  await layout.close([{ ...index, annotations: { 'org.opencontainers.image.ref.name': `${REPOSITORY}:1.4.0` } }]);
  ({ digest } = index);
});

const write = (name: string, content: object) => writeFileSync(path.join(folder, name), JSON.stringify(content));

/** What two namespaces of one cluster run, records of it, and where images are read. */
function writeEstate(registry: string): void {
  const runs = (place: string) => {
    const image = `${REPOSITORY}@${digest}`;
    const one = pod(place, { image }) as { status: { containerStatuses: object[] } };
    const containerStatuses = one.status.containerStatuses.map((status) => ({ ...status, imageID: image, ready: true }));
    return { kind: 'Pod', ...one, status: { ...one.status, containerStatuses } };
  };
  const items = [runs('shop-stg/payments'), runs('shop-prd/payments'), { kind: 'Node', ...node('quay-1') }];
  write('harbour.json', { kind: 'List', items });
  const run = { platform: 'github-actions', id: '41' };
  const about = { schema: 'selfsame/record/v1', digest, run };
  const lines = [
    {
      ...about,
      kind: 'build',
      image: REPOSITORY,
      commit: 'c0ffee'.repeat(7).slice(0, 40),
      repository: 'acme/payments',
      at: '2026-03-01T08:00:00Z',
    },
    { ...about, kind: 'test', gate: 'e2e', result: 'passed', at: '2026-03-01T09:00:00Z' },
  ];
  writeFileSync(path.join(folder, 'records.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  write('selfsame.yaml', {
    version: 1,
    promotion: ['staging', 'production'],
    gates: ['e2e'],
    sources: [
      {
        use: 'kubernetes',
        cluster: 'harbour',
        dump: 'harbour.json',
        without: WITHOUT,
        environments: { staging: ['*-stg'], production: ['*-prd'] },
      },
      { use: 'oci', registry: 'registry.example', ...JSON.parse(registry) },
      { use: 'records', files: ['records.jsonl'] },
    ],
  });
}

/** Runs the program where every attempt to connect to anything, this machine included, is written down and fails. */
function scan(...argv: readonly string[]) {
  const tripped = path.join(folder, 'tripped');
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    TRIPWIRE: tripped,
    NODE_OPTIONS: `--import=${path.join(ROOT, 'test/fakes/tripwire.mjs')}`,
  };
  const program = ['--conditions=selfsame-source', path.join(ROOT, 'bin/selfsame.js')];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...program, 'scan', ...argv], { cwd: folder, env, encoding: 'utf8' });
  return { status, stdout, stderr, wasLeft: existsSync(tripped) };
}

describe('a closed network', () => {
  it('is audited from a dump, layouts and records, and nothing is connected to, this machine included', () => {
    writeEstate('{"layouts":["images"]}');

    const { status, stdout, wasLeft } = scan('--report', 'json', '--keep', 'nights');

    expect([wasLeft, status]).toEqual([false, 0]);
    const { rows, gaps } = JSON.parse(stdout);
    expect(gaps).toEqual([]);
    expect(rows).toMatchObject([{ standing: { is: 'selfsame', tier: 'recorded' } }]);
  });

  it('would be left for a registry, which is a gap where there is no way to it', () => {
    writeEstate('{"cache":"off"}');

    const { status, wasLeft } = scan('--report', 'json');

    expect(wasLeft).toBe(true);
    expect(status).toBe(3);
  });

  it('lacks what is in no layout, and says how to copy it', () => {
    digest = digestOf('elsewhere');
    writeEstate('{"layouts":["images"]}');

    const { status, stdout, wasLeft } = scan('--report', 'json');

    expect(wasLeft).toBe(false);
    expect(JSON.parse(stdout).gaps).toMatchObject([{ because: 'not-found', hint: expect.stringContaining('skopeo copy') }]);
    expect(status).toBe(3);
  });
});
