import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import kubernetes from '../../../src/sources/kubernetes.ts';
import { by, ENVIRONMENTS, factsOf, node, observed, of, pod, recorded, scan, stopServers, workload } from '../../fakes/cluster.ts';

const WRITTEN = '2026-02-28T08:00:00.000Z';
const BIN = fileURLToPath(new URL('../../../bin/selfsame.js', import.meta.url));
const ALL = ['ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'];

afterEach(stopServers);

const kinds = { Pod: [pod('shop/payments-1'), pod('till-stg/till')], Node: [node('quay-1')] };

function items(lists: Readonly<Record<string, readonly object[]>>): object[] {
  return Object.entries(lists).flatMap(([kind, all]) => all.map((one) => ({ kind, ...one })));
}

async function file(content: unknown): Promise<string> {
  const place = path.join(await mkdtemp(path.join(tmpdir(), 'selfsame-')), 'dump.json');
  await writeFile(place, typeof content === 'string' ? content : JSON.stringify(content));
  await utimes(place, new Date(WRITTEN), new Date(WRITTEN));
  return place;
}

/** Reads a dump of these objects. */
async function read(content: unknown, config: object = { without: ALL }) {
  const settings = kubernetes.config.parse({ environments: ENVIRONMENTS, cluster: 'harbour', dump: await file(content), ...config });
  return observed(settings);
}

describe('a dump', () => {
  it('shows what the cluster itself shows', async () => {
    // Its one node is of the recording, too.
    const workloads = (recorded('workloads-k8s1.20') as unknown as { kind: string }[]).filter(({ kind }) => kind !== 'Node');
    const all = [...items({ Pod: recorded('pods-k8s1.20-containerd1.6'), Node: recorded('node-k8s1.34') }), ...workloads];
    const lists = Object.groupBy(workloads, ({ kind }) => kind);
    const asList = (kind: string) => (lists[kind] ?? []) as never;
    const config = { environments: { staging: ['staging'], production: ['prod'] } };
    const live = await scan(
      {
        '/api/v1/pods': recorded('pods-k8s1.20-containerd1.6'),
        '/api/v1/nodes': recorded('node-k8s1.34'),
        '/apis/apps/v1/replicasets': asList('ReplicaSet'),
        '/apis/apps/v1/deployments': asList('Deployment'),
        '/apis/apps/v1/statefulsets': asList('StatefulSet'),
        '/apis/apps/v1/daemonsets': asList('DaemonSet'),
        '/apis/batch/v1/jobs': asList('Job'),
      },
      { config },
    );

    const dumped = await read({ kind: 'List', items: all }, { ...config, without: ['CronJob'] });

    const withoutPlace = (seen: typeof dumped) =>
      factsOf(seen.filter(({ kind }) => kind !== 'cluster').map(({ locator: _, at: __, ...fact }) => fact as never));
    expect(withoutPlace(dumped)).toEqual(withoutPlace(live.seen));
    expect(of(dumped, 'coverage')).toHaveLength(2);
  });

  it('is dated by its file', async () => {
    const seen = await read({ kind: 'List', items: items(kinds) });

    expect(new Set(seen.map(({ at }) => at))).toEqual(new Set([WRITTEN]));
  });

  it('of kinds that hold nothing has a gap for each, unless it is known that there are none', async () => {
    const seen = await read({ kind: 'List', items: items(kinds) }, { without: ['Job', 'CronJob', 'StatefulSet'] });

    expect(of(seen, 'gap').map(({ because, hint }) => [because, /It holds no (\w+)/.exec(hint ?? '')?.[1]])).toEqual([
      ['incomplete', 'ReplicaSet'],
      ['incomplete', 'Deployment'],
      ['incomplete', 'DaemonSet'],
    ]);
    expect(of(seen, 'coverage')).toEqual([]);
  });

  it('needs the kinds that own what it holds', async () => {
    const set = workload('shop/till-7c9', { metadata: by('Rollout', 'shop/till') });

    const seen = await read({ kind: 'List', items: items({ ...kinds, ReplicaSet: [set] }) });

    expect(of(seen, 'gap').map(({ hint }) => hint)).toEqual([expect.stringContaining('It holds no Rollout')]);
  });

  it('with an object that cannot be read goes on, and only its namespace is not covered', async () => {
    const broken = { kind: 'Pod', metadata: { name: 'broken', namespace: 'shop' } };

    const seen = await read({ kind: 'List', items: [...items(kinds), broken] });

    expect(of(seen, 'gap')).toEqual([
      expect.objectContaining({ because: 'malformed', locator: expect.stringMatching(/dump\.json#Pod\/shop\/broken$/) }),
    ]);
    expect(of(seen, 'coverage').map(({ scope }) => scope.environment)).toEqual(['staging']);
  });

  it('of one page of a longer list is not whole', async () => {
    const seen = await read({ kind: 'PodList', metadata: { continue: 'more' }, items: kinds.Pod });

    expect(of(seen, 'running-image')).toHaveLength(2);
    expect(of(seen, 'gap').map(({ because }) => because)).toEqual(['incomplete']);
  });

  it('tells which cluster it is of, where it holds kube-system', async () => {
    const namespaces = [
      { metadata: { name: 'kube-system', uid: 'c0ffee', labels: { stage: 'none' } } },
      { metadata: { name: 'shop', labels: { stage: 'prd' } } },
    ];
    const content = { kind: 'List', items: items({ ...kinds, Namespace: namespaces }) };
    const environments = { production: { namespaceLabels: { stage: 'prd' } } };

    const right = await read(content, { without: ALL, clusterUid: 'c0ffee', environments });
    const unknown = await read({ kind: 'List', items: items(kinds) }, { without: ALL, clusterUid: 'c0ffee' });

    expect(of(right, 'cluster')).toEqual([expect.objectContaining({ uid: 'c0ffee', pods: 2 })]);
    expect(of(right, 'coverage')).toHaveLength(1);
    await expect(read(content, { without: ALL, clusterUid: 'decaf' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(of(unknown, 'gap')).toEqual([expect.objectContaining({ hint: expect.stringContaining('dump `namespaces` too') })]);
  });

  it('without namespaces leaves labels of namespaces open', async () => {
    const environments = { production: { namespaceLabels: { stage: 'prd' } } };

    const seen = await read({ kind: 'List', items: items(kinds) }, { without: ALL, environments });

    expect(of(seen, 'gap')).toEqual([expect.objectContaining({ scope: { environment: 'production', cluster: 'harbour' } })]);
  });

  it.each([
    ['is cut off', '{"kind": "List", "items": [', 'malformed'],
    ['is something else', { kind: 'Pod', items: 'none' }, 'malformed'],
    ['is empty', '', 'malformed'],
  ])('that %s cannot be read, which is told with how to write it', async (_, content, because) => {
    const reading = read(content);

    await expect(reading).rejects.toMatchObject({ because, hint: expect.stringContaining('kubectl get pods,') });
  });

  it.each([
    ['/nowhere/dump.json', 'not-found'],
    [tmpdir(), 'unsupported'],
  ])('at %s is not there', async (dump, because) => {
    const reading = observed(kubernetes.config.parse({ environments: ENVIRONMENTS, cluster: 'harbour', dump }));

    await expect(reading).rejects.toMatchObject({ because });
  });

  it('may be piped in', async () => {
    const source = { use: 'kubernetes', cluster: 'harbour', dump: '-', without: ALL, environments: ENVIRONMENTS };
    const config = await file({ version: '1', promotion: ['staging', 'production'], sources: [source] });
    const out = path.join(path.dirname(config), 'tonight');

    const { stderr, status } = spawnSync(
      process.execPath,
      ['--conditions=selfsame-source', BIN, 'collect', '--config', config, '--out', out],
      {
        encoding: 'utf8',
        input: JSON.stringify({ kind: 'List', items: items(kinds) }),
      },
    );

    expect([status, stderr]).toEqual([0, expect.stringMatching(/ 0 gaps,/)]);
    expect(await readFile(path.join(out, 'observations', 'running-image.ndjson'), 'utf8')).toContain('"cluster":"harbour"');
  });
});
