import type { KubernetesApi, Thing } from './kubernetes-api.ts';
import { NODE } from './workloads.ts';

const NAMESPACE = 'fleet-stg';
const STARTED = '2024-03-04T08:00:00Z';
const labels = { app: 'fleet' };

/** The slots that `deployEveryKind` fills: kind, name and container of each. */
export const EVERY_KIND = [
  'StatefulSet/anchor/app',
  'StatefulSet/anchor/migrate',
  'DaemonSet/beacon/app',
  'DaemonSet/beacon/migrate',
  'ReplicaSet/dinghy/app',
  'ReplicaSet/dinghy/migrate',
  'ReplicationController/ferry/app',
  'ReplicationController/ferry/migrate',
  'Job/haul/app',
  'Job/haul/migrate',
  'Squadron/ketch/app',
  'Squadron/ketch/migrate',
  'Pod/skiff/app',
  'Pod/skiff/migrate',
  'Pod/lighthouse/app',
  'Pod/lighthouse/migrate',
] as const;

/** Puts a pod of every kind of owner into a namespace of its own, each with an init container and one that runs. */
export async function deployEveryKind(api: KubernetesApi): Promise<void> {
  await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  const template = { metadata: { labels }, spec: containersOf() };
  const selector = { matchLabels: labels };
  const owners: readonly (readonly [string, string, string, object])[] = [
    ['apps/v1', 'StatefulSet', 'anchor', { serviceName: 'anchor', selector, template }],
    ['apps/v1', 'DaemonSet', 'beacon', { selector, template }],
    ['apps/v1', 'ReplicaSet', 'dinghy', { selector, template }],
    ['v1', 'ReplicationController', 'ferry', { selector: labels, template }],
    ['batch/v1', 'Job', 'haul', { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } }],
  ];
  for (const [apiVersion, kind, name, spec] of owners) {
    const uid = await api.create({ apiVersion, kind, metadata: { name, namespace: NAMESPACE }, spec });
    await api.create(podNamed(`${name}-0`, { ownerReferences: [{ apiVersion, kind, name, uid, controller: true }] }));
  }
  const squadron = { apiVersion: 'fleet.example/v1', kind: 'Squadron', name: 'ketch', uid: 'c0ffee', controller: true };
  await api.create(podNamed('ketch-0', { ownerReferences: [squadron] }));
  await api.create(podNamed('skiff', {}));
  const node = { apiVersion: 'v1', kind: 'Node', name: NODE, uid: 'decaf', controller: true };
  await api.create(podNamed(`lighthouse-${NODE}`, { ownerReferences: [node] }));
}

function containersOf() {
  return {
    initContainers: [{ name: 'migrate', image: 'registry.example/fleet/migrate:1' }],
    containers: [{ name: 'app', image: 'registry.example/fleet/app:1' }],
  };
}

function podNamed(name: string, metadata: object): Thing {
  const status = (container: string, state: object) => ({
    name: container,
    image: `registry.example/fleet/${container}:1`,
    imageID: `registry.example/fleet/${container}@sha256:${'b0'.repeat(32)}`,
    ready: true,
    restartCount: 0,
    state,
    lastState: {},
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: NAMESPACE, labels, ...metadata },
    spec: { nodeName: NODE, ...containersOf() },
    status: {
      phase: 'Running',
      initContainerStatuses: [status('migrate', { terminated: { exitCode: 0, startedAt: STARTED, finishedAt: STARTED } })],
      containerStatuses: [status('app', { running: { startedAt: STARTED } })],
    },
  };
}
