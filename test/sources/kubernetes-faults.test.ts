import { type Observation, Plan, type Report } from 'selfsame';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { judgeRecorded } from '../../src/audit.ts';
import { collect } from '../../src/collect/collect.ts';
import { wantedFrom } from '../../src/inventory/wanted.ts';
import type { AnyRule } from '../../src/judge/define-rule.ts';
import { loadAll } from '../../src/registry.ts';
import kubernetes from '../../src/sources/kubernetes.ts';
import { by, NODES, node, PODS, pod, REPLICASETS, TOKEN, workload } from '../fakes/cluster.ts';
import { openEdge } from '../fakes/edge.ts';
import { type FakeKubernetes, type Fault, type Lists, refused, startKubernetes, writeKubeconfig } from '../fakes/kubernetes.ts';

const plan = Plan.parse({ promotion: [['staging'], ['production']] });
const NAMES = ['payments', 'checkout', 'ledger'];

/** Three applications that were promoted, with everything that a cluster makes of them, two objects a page. */
const LISTS: Lists = {
  [PODS]: ['shop-stg', 'shop-prd'].flatMap((namespace) =>
    NAMES.map((name) =>
      pod(`${namespace}/${name}-5f7-x`, { metadata: by('ReplicaSet', `${namespace}/${name}-5f7`), image: `registry.example/${name}:1` }),
    ),
  ),
  [NODES]: [node('quay-1')],
  '/api/v1/namespaces': ['shop-stg', 'shop-prd'].map((name) => ({ metadata: { name } })),
  [REPLICASETS]: ['shop-stg', 'shop-prd'].flatMap((namespace) =>
    NAMES.map((name) =>
      workload(`${namespace}/${name}-5f7`, { metadata: by('Deployment', `${namespace}/${name}`), image: `registry.example/${name}:1` }),
    ),
  ),
  '/apis/apps/v1/deployments': ['shop-stg', 'shop-prd'].flatMap((namespace) =>
    NAMES.map((name) => workload(`${namespace}/${name}`, { image: `registry.example/${name}:1` })),
  ),
  '/apis/apps/v1/statefulsets': [],
  '/apis/apps/v1/daemonsets': [],
  '/apis/apps/v1/controllerrevisions': [],
  '/apis/batch/v1/jobs': [],
  '/apis/batch/v1/cronjobs': [],
};

const busy = {
  status: 429,
  body: 'Too many requests, please try again later.\n',
  headers: { 'retry-after': '1', 'content-type': 'text/plain' },
};
const FAULTS: readonly (readonly [string, ReturnType<Fault>])[] = [
  ['500', { status: 500, body: 'etcdserver: leader changed' }],
  ['401', refused(401, 'Unauthorized')],
  ['403', refused(403, 'Forbidden')],
  ['404', refused(404, 'NotFound')],
  ['410', refused(410, 'Expired')],
  ['429', busy],
  ['a reset', 'cut'],
  ['a reset within the answer', 'break'],
  ['half an answer', 'truncate'],
  ['an empty answer', { status: 200, body: '' }],
  ['silence', 'hang'],
];

let server: FakeKubernetes | undefined;
let rules: readonly AnyRule[] = [];
beforeAll(async () => {
  rules = await loadAll('rules');
});
afterEach(async () => {
  await server?.stop();
});

/** Audits the cluster in process: what is collected is judged. */
async function audit(url: string, retries: number): Promise<Report> {
  const config = kubernetes.config.parse({
    environments: { staging: ['*-stg'], production: ['*-prd'] },
    cluster: 'harbour',
    insecure: 'true',
    kubeconfig: await writeKubeconfig(url, { user: { token: TOKEN } }),
  });
  const edge = openEdge({ retries, timeoutMs: 150 });
  const observations: readonly Observation[] = await collect(
    [{ name: 'harbour', source: kubernetes, config }],
    (seen) => wantedFrom(seen, plan),
    edge,
  );
  return judgeRecorded(
    [{ takenAt: { from: '2026-03-01T12:00:00Z', to: '2026-03-01T12:01:00Z' }, digest: 'sha256:1', observations }],
    plan,
    rules,
    '0.1.0',
  );
}

/** The bytes of a report, but for the account of what reading took: a question that was asked twice is counted twice. */
function bytesOf({ clusters: _, ...report }: Report): string {
  return JSON.stringify(report);
}

describe('a fault of any one request', () => {
  it.each(
    FAULTS.flatMap(([name, answer]) => [0, 1].map((retries) => [name, retries, answer] as const)),
  )('by %s, with %i retries, is told by the exit code, or changes nothing', async (_, retries, answer) => {
    let at = -1;
    server = await startKubernetes(LISTS, { token: TOKEN, pageItems: 2, fault: ({ nth }) => (nth === at ? answer : undefined) });
    const whole = await audit(server.url, retries);
    const asked = server.requests.splice(0).length;
    expect([whole.exitCode, whole.gaps]).toEqual([0, []]);

    for (at = 0; at < asked; at++) {
      const report = await audit(server.url, retries);
      const [request] = server.requests.splice(0).slice(at);

      const isTold = report.exitCode !== 0 || bytesOf(report) === bytesOf(whole);
      expect([request, report.exitCode, isTold]).toEqual([request, report.exitCode, true]);
    }
  });
});
