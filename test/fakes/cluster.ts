import { readFileSync } from 'node:fs';
import type { Seen } from '../../src/collect/define-source.ts';
import { byText } from '../../src/domain/order.ts';
import kubernetes from '../../src/sources/kubernetes.ts';
import { openEdge, type WatchedEdge } from './edge.ts';
import { type FakeKubernetes, type Fault, type Listed, type Lists, type Speaks, startKubernetes, writeKubeconfig } from './kubernetes.ts';

export const TOKEN = 'canary-7f3e9a11';
export const [PODS, NODES, NAMESPACES] = ['/api/v1/pods', '/api/v1/nodes', '/api/v1/namespaces'] as const;
export const [DEPLOYMENTS, REPLICASETS, CRONJOBS] = [
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/replicasets',
  '/apis/batch/v1/cronjobs',
] as const;
export const REVISIONS = '/apis/apps/v1/controllerrevisions';
export const ROLLOUTS = '/apis/argoproj.io/v1alpha1/rollouts';
export const DIGEST = `sha256:${'a1'.repeat(32)}`;
export const RUNNING = { running: { startedAt: '2026-11-23T06:49:32Z' } };
export const ENVIRONMENTS = { staging: ['*-stg'], production: ['*-prd', 'shop'] };

const servers: FakeKubernetes[] = [];

/** Stops every server that a scan of this test started. */
export async function stopServers(): Promise<void> {
  for (const server of servers.splice(0)) await server.stop();
}

export type Scan = Readonly<{
  config?: object;
  fault?: Fault;
  pageItems?: number;
  retries?: number;
  edge?: WatchedEdge;
  user?: object;
  speaks?: Speaks;
}>;

/** Scans a cluster that holds the lists, through a kubeconfig file and the real client. */
export async function scan(lists: Lists, { config, fault, pageItems, retries = 0, edge = openEdge({ retries }), user, speaks }: Scan = {}) {
  const server = await startKubernetes(lists, {
    token: TOKEN,
    ...(fault ? { fault } : {}),
    ...(pageItems ? { pageItems } : {}),
    ...(speaks ? { speaks } : {}),
  });
  servers.push(server);
  const kubeconfig = await writeKubeconfig(server.url, { user: user ?? { token: TOKEN } });
  const settings = kubernetes.config.parse({ environments: ENVIRONMENTS, cluster: 'harbour', insecure: 'true', kubeconfig, ...config });
  return { seen: await observed(settings, edge), server, edge };
}

/** Everything that the source sees with a configuration, as it is written in selfsame.yaml or once it is parsed. */
export async function observed(settings: ReturnType<typeof kubernetes.config.parse>, edge = openEdge()): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  for await (const one of kubernetes.observe(settings, { digests: [], tags: [], commits: [], lines: [] }, edge)) seen.push(one);
  return seen;
}

export function of<K extends Seen['kind']>(seen: readonly Seen[], kind: K): Extract<Seen, { kind: K }>[] {
  return seen.filter((one): one is Extract<Seen, { kind: K }> => one.kind === kind);
}

/** What was seen, as far as it is fact: in the order of its text, without the server's port and what asking it took. */
export function factsOf(seen: readonly Seen[]): readonly string[] {
  return seen
    .map((one) =>
      JSON.stringify(one)
        .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'http://harbour')
        .replace(/"requests":\d+,/, ''),
    )
    .toSorted(byText);
}

/** The objects of a recorded file. */
export function recorded(name: string): Listed[] {
  const { items, ...one } = JSON.parse(readFileSync(new URL(`../../fixtures/kubernetes/${name}.json`, import.meta.url), 'utf8'));
  return items ?? [one];
}

export function recordedLists(): Lists {
  const workloads = recorded('workloads-k8s1.20') as (Listed & { kind: string })[];
  const ofKind = (kind: string) => workloads.filter((one) => one.kind === kind);
  return {
    [PODS]: recorded('pods-k8s1.20-containerd1.6'),
    [NODES]: recorded('node-k8s1.34'),
    [NAMESPACES]: ofKind('Namespace'),
    [REPLICASETS]: ofKind('ReplicaSet'),
    [DEPLOYMENTS]: ofKind('Deployment'),
    '/apis/apps/v1/statefulsets': ofKind('StatefulSet'),
    '/apis/apps/v1/daemonsets': ofKind('DaemonSet'),
    '/apis/batch/v1/jobs': ofKind('Job'),
  };
}

export type About = Readonly<{ metadata?: object; spec?: object; image?: string; state?: object; node?: string }>;

/** A pod of one container, `app`, that runs by itself unless told otherwise. */
export function pod(
  place: string,
  { metadata = {}, spec = {}, image = 'registry.example/payments:1.4.0', state = RUNNING, node = 'quay-1' }: About = {},
): Listed {
  const [namespace, name = ''] = place.split('/');
  return {
    metadata: { name, namespace, uid: `u-${place}`, ...metadata },
    spec: { nodeName: node, containers: [{ name: 'app', image }], ...spec },
    status: { phase: 'Running', containerStatuses: [{ name: 'app', image, imageID: `registry.example/payments@${DIGEST}`, state }] },
  };
}

export function by(kind: string, uid: string): object {
  return { ownerReferences: [{ kind, name: uid.slice(uid.indexOf('/') + 1), uid: `u-${uid}`, controller: true }] };
}

export function workload(place: string, { metadata = {}, spec = {}, image = 'registry.example/payments:1.4.0' }: About = {}): Listed {
  const [namespace, name = ''] = place.split('/');
  const template = { spec: { containers: [{ name: 'app', image }] } };
  return { metadata: { name, namespace, uid: `u-${place}`, ...metadata }, spec: { template, ...spec }, status: {} };
}

export function node(name: string, nodeInfo: object = {}): Listed {
  const linux = { operatingSystem: 'linux', architecture: 'amd64', kernelVersion: '6.1', containerRuntimeVersion: 'containerd://2.1.9' };
  return { metadata: { name }, status: { nodeInfo: { ...linux, ...nodeInfo } } };
}

/** Three environments' worth of a small cluster: enough for every list to have something. */
export const SMALL: Lists = {
  [PODS]: [
    pod('shop/payments-1'),
    pod('shop/payments-2'),
    pod('till-stg/till'),
    pod('kube-system/dns', { image: 'registry.k8s.io/dns:1' }),
  ],
  [NODES]: [node('quay-1')],
  [NAMESPACES]: ['shop', 'till-stg', 'kube-system'].map((name) => ({ metadata: { name } })),
  [REPLICASETS]: [workload('shop/payments-5f7')],
  [DEPLOYMENTS]: [workload('shop/payments')],
  '/apis/apps/v1/statefulsets': [workload('till-stg/store')],
  '/apis/apps/v1/daemonsets': [],
  '/apis/batch/v1/jobs': [],
  [CRONJOBS]: [],
};
