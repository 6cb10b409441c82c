import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { judgeRecorded, type Observation, Plan, type Report } from 'selfsame';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { collect } from '../../src/collect/collect.ts';
import { wantedFrom } from '../../src/inventory/wanted.ts';
import { loadAll } from '../../src/registry.ts';
import kubernetes from '../../src/sources/kubernetes.ts';
import oci from '../../src/sources/oci.ts';
import { node, pod } from '../fakes/cluster.ts';
import { openEdge } from '../fakes/edge.ts';
import { configOf, digestOf, type FakeRegistry, startRegistry } from '../fakes/registry.ts';

const AT = '2026-03-01T12:00:00Z';
const PLAN = Plan.parse({ promotion: [['staging'], ['production']] });
const WITHOUT = ['ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'];
const PLATFORM = { os: 'linux', architecture: 'amd64' };

let registry: FakeRegistry;
let folder: string;
let dump: string;

beforeEach(async () => {
  registry = await startRegistry();
  folder = await mkdtemp(path.join(tmpdir(), 'selfsame-budget-'));
  dump = path.join(folder, 'dump.json');
  const same = push('checkout', { author: 'one' });
  // The same files and settings under another digest; other settings; another image altogether.
  const pairs = {
    checkout: [same, same],
    cart: [push('cart', { created: '2026-03-01T08:00:00Z' }), push('cart', { created: '2026-03-01T09:00:00Z' })],
    till: [push('till', {}), push('till', { config: { Env: ['MODE=loud'] } })],
    books: [push('books', {}), push('books', { rootfs: { type: 'layers', diff_ids: [digestOf('other books')] } })],
  };
  const pods = Object.entries(pairs).flatMap(([name, [tested, shipped]]) => [
    running(`shop-stg/${name}`, `${registry.host}/acme/${name}@${tested}`),
    running(`shop/${name}`, `${registry.host}/acme/${name}@${shipped}`),
  ]);
  await writeFile(dump, JSON.stringify({ kind: 'List', items: [...pods, { kind: 'Node', ...node('quay-1') }] }));
});
afterEach(() => Promise.all([registry.stop(), rm(folder, { recursive: true })]));

function push(name: string, config: object): string {
  const image = registry.image(`acme/${name}`, configOf({ rootfs: { type: 'layers', diff_ids: [digestOf(name)] }, ...config }));
  return registry.index(`acme/${name}`, [{ mediaType: image.mediaType, digest: image.digest, size: image.size, platform: PLATFORM }])
    .digest;
}

function running(place: string, image: string): object {
  const status = { name: 'app', image, imageID: image, state: { running: { startedAt: '2026-03-01T10:00:00Z' } } };
  return { kind: 'Pod', ...pod(place, { image }), status: { phase: 'Running', containerStatuses: [status] } };
}

/** A whole scan of what runs, with so many requests to the registry; what it says, and how many it took. */
async function scan(maxRequests?: number): Promise<Readonly<{ report: Report; requests: number; observations: readonly Observation[] }>> {
  const environments = { staging: ['shop-stg'], production: ['shop'] };
  const cluster = kubernetes.config.parse({ cluster: 'harbour', dump, environments, without: WITHOUT });
  const bounds = maxRequests === undefined ? {} : { maxRequests: String(maxRequests) };
  const registryOf = oci.config.parse({ registry: registry.host, insecure: 'true', cache: 'off', ...bounds });
  const before = registry.requests.length;
  const named = [
    { name: 'harbour', source: kubernetes, config: cluster },
    { name: 'registry', source: oci, config: registryOf },
  ];
  const observations = await collect(named, (seen) => wantedFrom(seen, PLAN), openEdge());
  const recording = { takenAt: { from: AT, to: AT }, digest: 'sha256:1', observations };
  const report = judgeRecorded([recording], PLAN, await loadAll('rules'), '0.1.0');
  return { report, requests: registry.requests.length - before, observations };
}

const standings = ({ rows }: Report) => new Map(rows.map(({ where, standing }) => [where, standing.is]));
const findings = ({ findings: found }: Report) => new Set(found.flatMap(({ rule, where }) => where.map((place) => `${rule} ${place}`)));

it('a scan that may not ask all that it needs says less, and nothing else, wherever it has to stop', async () => {
  const whole = await scan();
  const [known, found] = [standings(whole.report), findings(whole.report)];

  expect([...known.values()].toSorted()).toEqual(['equivalent', 'rebuilt', 'selfsame', 'unresolved']);
  for (let most = 1; most < whole.requests; most++) {
    const { report, requests, observations } = await scan(most);

    expect(requests, `of ${most}`).toBe(most);
    expect(
      [...findings(report)].filter((finding) => !found.has(finding)),
      `findings within ${most}`,
    ).toEqual([]);
    for (const [where, is] of standings(report)) expect([known.get(where), 'unresolved'], `${where} within ${most}`).toContain(is);
    expect(observations.filter(({ kind }) => kind === 'gap').length, `gaps within ${most}`).toBeGreaterThan(0);
  }
  expect((await scan(whole.requests)).report.rows).toEqual(whole.report.rows);
});
