import type { KubernetesApi, Thing } from './kubernetes-api.ts';
import { NODE } from './workloads.ts';

/** The namespace of `deployEveryKind`, which is in no environment of the story. */
export const FLEET = 'fleet';
const STARTED = '2024-03-04T08:00:00Z';
const labels = { app: 'fleet' };
const selector = { matchLabels: labels };
const ROLLOUTS = 'argoproj.io/v1alpha1';

/** The workloads that a pod of each kind of owner belongs to, by the way from the pod up. */
const WORKLOADS = [
  'Deployment/brig',
  'StatefulSet/anchor',
  'DaemonSet/beacon',
  'ReplicaSet/dinghy',
  'ReplicationController/ferry',
  'Job/haul',
  'CronJob/tide',
  'Rollout/sloop',
  'Squadron/ketch',
  'Pod/skiff',
  'Pod/lighthouse',
];

/** The slots that `deployEveryKind` fills, as far as a server of this minor version knows them: kind, name, role and container of each. */
export function everySlot(minor: number): readonly string[] {
  const containers = ['init migrate', minor < 29 ? 'init mesh' : 'sidecar mesh', 'app app', ...newerSlots(minor)];
  return WORKLOADS.flatMap((workload) => containers.map((container) => `${workload} ${container}`));
}

function newerSlots(minor: number): readonly string[] {
  return minor < 33 ? [] : ['volume model', 'ephemeral debugger'];
}

/** Puts a pod of every kind of owner into a namespace of its own, each with every kind of container that the server knows. */
export async function deployEveryKind(api: KubernetesApi): Promise<void> {
  const minor = await api.minor();
  await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: FLEET } });
  await defineRollouts(api);
  const spec = specOf(minor);
  const template = { metadata: { labels }, spec };
  const ended = { template: { ...template, spec: { ...spec, restartPolicy: 'Never' } } };
  const ways: readonly (readonly (readonly [string, string, string, object])[])[] = [
    [
      ['apps/v1', 'Deployment', 'brig', { selector, template }],
      ['apps/v1', 'ReplicaSet', 'brig-7f9', { selector, template }],
    ],
    [['apps/v1', 'StatefulSet', 'anchor', { serviceName: 'anchor', selector, template }]],
    [['apps/v1', 'DaemonSet', 'beacon', { selector, template }]],
    [['apps/v1', 'ReplicaSet', 'dinghy', { selector, template }]],
    [['v1', 'ReplicationController', 'ferry', { selector: labels, template }]],
    [['batch/v1', 'Job', 'haul', ended]],
    [
      [minor < 21 ? 'batch/v1beta1' : 'batch/v1', 'CronJob', 'tide', { schedule: '0 2 * * *', jobTemplate: { spec: ended } }],
      ['batch/v1', 'Job', 'tide-28491720', ended],
    ],
    [
      [ROLLOUTS, 'Rollout', 'sloop', { selector, template }],
      ['apps/v1', 'ReplicaSet', 'sloop-5d8', { selector, template }],
    ],
  ];
  for (const way of ways) await deployBelow(api, way, spec);
  const squadron = { apiVersion: 'fleet.example/v1', kind: 'Squadron', name: 'ketch', uid: 'c0ffee', controller: true };
  await launch(api, podOf('ketch-0', { ownerReferences: [squadron] }, spec));
  await launch(api, podOf('skiff', {}, spec));
  const node = { apiVersion: 'v1', kind: 'Node', name: NODE, uid: 'decaf', controller: true };
  await launch(api, podOf(`lighthouse-${NODE}`, { ownerReferences: [node] }, spec));
}

/** The kind of Argo's, as far as a server must know it to keep objects of it. */
async function defineRollouts(api: KubernetesApi): Promise<void> {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  await api.create({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'rollouts.argoproj.io' },
    spec: {
      group: 'argoproj.io',
      scope: 'Namespaced',
      names: { plural: 'rollouts', singular: 'rollout', kind: 'Rollout', listKind: 'RolloutList' },
      versions: [{ name: 'v1alpha1', served: true, storage: true, schema }],
    },
  });
  const deadline = performance.now() + 20_000;
  while (!(await api.lists(`/apis/${ROLLOUTS}/rollouts`)))
    if (performance.now() > deadline) throw new TypeError('the API server does not serve Rollouts');
}

/** Creates owners from the top down, and a pod below the last of them. */
async function deployBelow(api: KubernetesApi, way: readonly (readonly [string, string, string, object])[], spec: object): Promise<void> {
  let above: object[] = [];
  for (const [apiVersion, kind, name, own] of way) {
    const uid = await api.create({ apiVersion, kind, metadata: { name, namespace: FLEET, labels, ownerReferences: above }, spec: own });
    above = [{ apiVersion, kind, name, uid, controller: true }];
  }
  const [, , name = ''] = way.at(-1) ?? [];
  await launch(api, podOf(`${name}-0`, { ownerReferences: above }, spec));
}

async function launch(api: KubernetesApi, pod: Thing): Promise<void> {
  await api.create(pod);
  if (newerSlots(await api.minor()).length === 0) return;
  await api.debug(FLEET, pod.metadata.name, { name: 'debugger', image: 'registry.example/fleet/debugger:1' });
}

function specOf(minor: number) {
  const image = (name: string) => ({ name, image: `registry.example/fleet/${name}:1` });
  const model = { volumes: [{ name: 'model', image: { reference: 'registry.example/fleet/model:1', pullPolicy: 'IfNotPresent' } }] };
  return {
    initContainers: [image('migrate'), { ...image('mesh'), restartPolicy: 'Always' }],
    containers: [image('app')],
    ...(newerSlots(minor).length > 0 ? model : {}),
  };
}

function podOf(name: string, metadata: object, spec: object): Thing {
  const status = (container: string, state: object) => ({
    name: container,
    image: `registry.example/fleet/${container}:1`,
    imageID: `registry.example/fleet/${container}@sha256:${'b0'.repeat(32)}`,
    ready: true,
    restartCount: 0,
    state,
    lastState: {},
  });
  const running = { running: { startedAt: STARTED } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: FLEET, labels, ...metadata },
    spec: { nodeName: NODE, ...spec },
    status: {
      phase: 'Running',
      initContainerStatuses: [
        status('migrate', { terminated: { exitCode: 0, startedAt: STARTED, finishedAt: STARTED } }),
        status('mesh', running),
      ],
      containerStatuses: [status('app', running)],
    },
  };
}
