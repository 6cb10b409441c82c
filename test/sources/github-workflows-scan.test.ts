import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/domain/report.ts';
import { node, pod } from '../fakes/cluster.ts';
import { selfsame } from '../fakes/command-line.ts';
import { TOKEN } from '../fakes/github.ts';
import { type FakeGraphql, startGraphql } from '../fakes/graphql.ts';
import { digestOf } from '../fakes/registry.ts';

const COMMIT = 'c0ffee'.padEnd(40, '0');
const PAYMENTS = digestOf('payments');
const IMAGE = `ghcr.io/acme/payments@${PAYMENTS}`;

let github: FakeGraphql;
beforeEach(async () => {
  github = await startGraphql();
});
afterEach(() => github.stop());

function running(place: string) {
  const status = { name: 'app', image: IMAGE, imageID: IMAGE, state: { running: { startedAt: '2026-03-01T10:00:00Z' } } };
  return { kind: 'Pod', ...pod(place, { image: IMAGE }), status: { phase: 'Running', containerStatuses: [status] } };
}

/** Scans a staging and a production that run one digest, of which a record says the commit. */
async function scan(env: Readonly<Record<string, string>> = { GH_ENTERPRISE_TOKEN: TOKEN }, digest = PAYMENTS): Promise<Report> {
  const cwd = await mkdtemp(path.join(tmpdir(), 'selfsame-workflows-'));
  const items = [running('shop/payments'), running('shop-stg/payments'), { kind: 'Node', ...node('quay-1') }];
  const record = {
    schema: 'selfsame/record/v1',
    kind: 'build',
    digest,
    image: 'ghcr.io/acme/payments',
    commit: COMMIT,
    repository: 'acme/payments',
    at: '2026-03-01T09:00:00Z',
  };
  const config = {
    version: '1',
    promotion: ['staging', 'production'],
    sources: [
      {
        use: 'kubernetes',
        cluster: 'harbour',
        dump: 'dump.json',
        environments: { staging: ['shop-stg'], production: ['shop'] },
        without: ['ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
      },
      { use: 'records', files: ['records.jsonl'] },
      { use: 'github-workflows', repositories: ['acme/*'], apiUrl: github.apiUrl },
    ],
  };
  writeFileSync(path.join(cwd, 'dump.json'), JSON.stringify({ kind: 'List', items }));
  writeFileSync(path.join(cwd, 'records.jsonl'), `${JSON.stringify(record)}\n`);
  writeFileSync(path.join(cwd, 'selfsame.yaml'), JSON.stringify(config));
  const { stdout, stderr } = await selfsame(['scan', '--report', 'json'], { cwd, env });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Report;
}

const rulesOf = ({ findings }: Report) => findings.map(({ rule }) => rule);
const gapsOf = ({ gaps }: Report) =>
  gaps.filter(({ of }) => of === 'workflow-file').map(({ because, origin }) => `${because}: ${origin.locator}`);

describe('what runs', () => {
  it('was built by workflows that are read at its commit, whatever they are today', async () => {
    const path = '.github/workflows/deploy.yml';
    github.commit('acme/payments', COMMIT, { [path]: readFileSync(`fixtures/workflows/rebuild-in-deploy-job/${path}`, 'utf8') });
    github.commit('acme/payments', 'f'.repeat(40), {
      [path]: readFileSync('fixtures/workflows/build-once/.github/workflows/release.yml', 'utf8'),
    });

    const report = await scan();

    expect(gapsOf(report)).toEqual([]);
    expect(rulesOf(report)).toContain('rebuild-in-deploy-job');
  });

  it('has a gap where its commit cannot be read any more', async () => {
    github.commit('acme/payments', 'f'.repeat(40), {});

    const report = await scan();

    expect(gapsOf(report)).toEqual([expect.stringMatching(`not-found: .*${COMMIT}`)]);
  });

  it('has a gap that says what is missing where nothing tells its commit', async () => {
    const report = await scan({ GH_ENTERPRISE_TOKEN: TOKEN }, digestOf('cart'));

    expect(report.gaps.filter(({ of }) => of === 'workflow-file')).toMatchObject([
      { because: 'not-asked', hint: expect.stringMatching(/^No commit is known.*labels of the images/) },
    ]);
  });

  it('has a gap where there is no token', async () => {
    const report = await scan({});

    expect(gapsOf(report)).toEqual([expect.stringContaining('unauthenticated')]);
  });
});
