import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Report } from 'selfsame';
import { afterEach, describe, expect, it } from 'vitest';
import { auditOf, clusterAt, registryAt } from '../fakes/audit.ts';
import { by, NODES, node, PODS, pod, REPLICASETS, TOKEN, workload } from '../fakes/cluster.ts';
import { openEdge } from '../fakes/edge.ts';
import { type Answered, type Fault, type Listed, type Lists, refused, type Speaks, startKubernetes } from '../fakes/kubernetes.ts';
import { type FakeRegistry, type Reply, startRegistry } from '../fakes/registry.ts';

const NAMES = ['payments', 'checkout', 'ledger'];
const NAMESPACES = ['shop-stg', 'shop-prd'];

/** Three applications that were promoted, with everything that a cluster makes of them. */
function shopOf(registry: FakeRegistry): Lists {
  const images = new Map(NAMES.map((name) => [name, registry.image(name, undefined, '1').digest]));
  const seat = (namespace: string, name: string): Listed => {
    const image = `${registry.host}/${name}:1`;
    const state = { running: { startedAt: '2026-02-23T06:49:32Z' } };
    const containerStatuses = [{ name: 'app', image, imageID: `${registry.host}/${name}@${images.get(name)}`, state }];
    const metadata = by('ReplicaSet', `${namespace}/${name}-5f7`);
    return { ...pod(`${namespace}/${name}-5f7-x`, { metadata, image }), status: { phase: 'Running', containerStatuses } };
  };
  const all = <T>(make: (namespace: string, name: string) => T) =>
    NAMESPACES.flatMap((namespace) => NAMES.map((name) => make(namespace, name)));
  const made = (namespace: string, name: string) => ({ image: `${registry.host}/${name}:1`, namespace });
  return {
    [PODS]: all(seat),
    [NODES]: [node('quay-1')],
    '/api/v1/namespaces': NAMESPACES.map((name) => ({ metadata: { name } })),
    [REPLICASETS]: all((namespace, name) =>
      workload(`${namespace}/${name}-5f7`, { metadata: by('Deployment', `${namespace}/${name}`), ...made(namespace, name) }),
    ),
    '/apis/apps/v1/deployments': all((namespace, name) => workload(`${namespace}/${name}`, made(namespace, name))),
  };
}

type Failure = Answered | Exclude<ReturnType<Fault>, Answered | undefined>;
const text = (status: number, body: string, headers = {}) => ({ status, body, headers: { 'content-type': 'text/plain', ...headers } });
const FORBIDDEN = refused(403, 'Forbidden');
const FAULTS: readonly (readonly [string, Failure])[] = [
  ['204', text(204, '')],
  ['302', text(302, '')],
  ['400', refused(400, 'BadRequest')],
  ['401', refused(401, 'Unauthorized')],
  ['403', FORBIDDEN],
  ['404', refused(404, 'NotFound')],
  ['410', refused(410, 'Expired')],
  ['429', text(429, 'Too many requests, please try again later.\n', { 'retry-after': '1' })],
  ['500', text(500, 'etcdserver: leader changed')],
  ['503', text(503, 'upstream connect error')],
  ['a reset', 'cut'],
  ['a reset within the answer', 'break'],
  ['half an answer', 'truncate'],
  ['an empty answer', { status: 200, body: '' }],
  ['a page to sign in at', text(200, '<html>Sign in</html>', { 'content-type': 'text/html' })],
  ['silence', 'hang'],
];

const started: Readonly<{ stop(): Promise<void> }>[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
});

/** A cluster and its registry that count together what they are asked, and fail the one request that is set. */
async function startShop(speaks: Speaks, config: Readonly<Record<string, unknown>> = {}) {
  const asked: string[] = [];
  let failing: Readonly<{ at: number; by: Failure }> | undefined;
  const failureOf = (what: string) => (asked.push(what) - 1 === failing?.at ? failing.by : undefined);
  const registry = await startRegistry();
  const lists = shopOf(registry);
  registry.reply(({ url }, response) => fail(response, failureOf(`registry ${url}`)));
  const cluster = await startKubernetes(lists, { token: TOKEN, pageItems: 2, speaks, fault: ({ path }) => failureOf(path) });
  started.push(registry, cluster);
  const sources = [await clusterAt(cluster.url), registryAt(registry.host, config)];
  return async (retries: number, failure?: typeof failing) => {
    failing = failure;
    asked.length = 0;
    const report = await auditOf(sources, openEdge({ retries, timeoutMs: failure?.by === 'hang' ? 100 : 5000 }));
    return { report, asked: [...asked] };
  };
}

function fail(response: Parameters<Reply>[1], failure: Failure | undefined): boolean {
  if (failure === undefined) return false;
  if (failure === 'hang') return true;
  if (failure === 'cut') return Boolean(response.destroy());
  if (typeof failure === 'string') {
    const length = failure === 'break' ? { 'content-length': '900' } : {};
    response.writeHead(200, { 'content-type': 'application/vnd.oci.image.manifest.v1+json', ...length });
    response.write('{"schemaVersion":2,', () => (failure === 'break' ? response.destroy() : response.end()));
    return true;
  }
  response.writeHead(failure.status, { 'content-type': 'application/json', ...failure.headers });
  response.end(typeof failure.body === 'string' ? failure.body : JSON.stringify(failure.body));
  return true;
}

/** The bytes of a report, but for what is told of the cluster itself: how often it was asked, its version and its uid decide nothing. */
function bytesOf({ clusters, ...report }: Report): string {
  return JSON.stringify({ ...report, clusters: clusters.map(({ cluster, pods, denied }) => ({ cluster, pods, denied })) });
}

function sentencesOf({ evidence: _, ...report }: Report): string {
  return bytesOf({ ...report, evidence: {} }).replaceAll(/"[0-9a-f]{32}"/g, '"an id"');
}

describe.each<[Speaks, number]>([
  ['json', 0],
  ['json', 1],
  ['protobuf', 0],
])('a fault of any one request of a scan, in %s, with %i retries,', (speaks, retries) => {
  it.each(FAULTS)('by %s, is told by the exit code, or changes nothing', async (_, failure) => {
    const scan = await startShop(speaks);
    const whole = await scan(retries);
    expect([whole.report.exitCode, whole.report.gaps]).toEqual([0, []]);

    for (const at of whole.asked.keys()) {
      const { report, asked } = await scan(retries, { at, by: failure });

      // Nodes are a permission that may be left out: without them the evidence says less, and so has other ids.
      const compared = asked[at] === NODES && failure === FORBIDDEN ? sentencesOf : bytesOf;
      const isTold = report.exitCode !== 0 || compared(report) === compared(whole.report);
      expect([asked[at], report.exitCode, isTold]).toEqual([asked[at], report.exitCode, true]);
    }
  });
});

describe('a fault of any one request of a scan that knows its images, and asks what refers to them,', () => {
  it.each(FAULTS)('by %s, is told by the exit code, or changes nothing', async (_, failure) => {
    const scan = await startShop('json', { referrers: 'true', cache: await mkdtemp(path.join(tmpdir(), 'selfsame-')) });
    await scan(0);
    const whole = await scan(0);
    expect([whole.report.exitCode, whole.report.gaps]).toEqual([0, []]);
    expect(whole.asked.filter((what) => what.includes('/referrers/'))).not.toEqual([]);

    for (const [at, asked] of whole.asked.entries()) {
      if (!asked.startsWith('registry ')) continue;
      const { report } = await scan(0, { at, by: failure });

      const isTold = report.exitCode !== 0 || bytesOf(report) === bytesOf(whole.report);
      expect([asked, report.exitCode, isTold]).toEqual([asked, report.exitCode, true]);
    }
  });
});
