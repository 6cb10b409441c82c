import type { KubernetesApi, Thing } from './kubernetes-api.ts';

/** A container: the image in the template, what the node reports of it, and whether an admission webhook put it there. */
export type Container = Readonly<{ name: string; image: string; imageID: string; injected?: boolean }>;

/** A Deployment as people see it: its containers and, of its earlier revision, the images. */
export type Deployed = Readonly<{
  namespace: string;
  name: string;
  containers: readonly Container[];
  replicas?: number;
  before?: readonly Container[];
}>;

export const NODE = 'quay-1';
const STARTED = '2024-03-04T08:00:00Z';

/** Puts a Deployment with its ReplicaSets and ready pods into the cluster, as its controllers and a kubelet would. */
export async function deploy(api: KubernetesApi, deployed: Deployed): Promise<void> {
  const { namespace, name, containers, replicas = 2, before } = deployed;
  const labels = { 'app.kubernetes.io/name': name };
  const spec = { selector: { matchLabels: labels }, template: templateOf(containers, labels) };
  const counts = { replicas, readyReplicas: replicas, availableReplicas: replicas };
  const status = { ...counts, updatedReplicas: replicas, observedGeneration: 1 };
  const uid = await api.create({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: { replicas, ...spec },
    status,
  });
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true };
  if (before) await api.create(replicaSet({ deployed: { ...deployed, containers: before }, labels, owner, revision: 1, replicas: 0 }));
  const revision = before ? 2 : 1;
  const set = replicaSet({ deployed, labels, owner, revision, replicas });
  const above = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: set.metadata.name, uid: await api.create(set), controller: true };
  const seats = Array.from({ length: replicas }, (_, nth) => ({
    namespace,
    name: `${above.name}-${nth}`,
    labels: set.metadata.labels,
    above,
  }));
  await Promise.all(seats.map((seat) => api.create(podOf(seat, containers))));
}

type Labels = Readonly<Record<string, string>>;
type Owner = Readonly<{ apiVersion: string; kind: string; name: string; uid: string; controller: boolean }>;

function withHash(labels: Labels, revision: number) {
  return { ...labels, 'pod-template-hash': `7f9c${revision}` };
}

function templateOf(containers: readonly Container[], labels: Labels) {
  return {
    metadata: { labels },
    spec: { containers: containers.filter(({ injected }) => !injected).map(({ name, image }) => ({ name, image })) },
  };
}

function replicaSet({
  deployed: { namespace, name, containers },
  labels,
  owner,
  revision,
  replicas,
}: {
  deployed: Deployed;
  labels: Labels;
  owner: Owner;
  revision: number;
  replicas: number;
}) {
  const own = withHash(labels, revision);
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${own['pod-template-hash']}`,
      namespace,
      labels: own,
      annotations: { 'deployment.kubernetes.io/revision': String(revision) },
      ownerReferences: [owner],
    },
    spec: { replicas, selector: { matchLabels: own }, template: templateOf(containers, own) },
    status: { replicas, readyReplicas: replicas, availableReplicas: replicas, observedGeneration: 1 },
  };
}

type Seat = Readonly<{ namespace: string; name: string; labels: Labels; above?: Owner; exited?: boolean }>;

/** A pod on the one node, running and ready or, where it has exited, succeeded. */
export function podOf({ namespace, name, labels, above, exited = false }: Seat, containers: readonly Container[]): Thing {
  const ended = { exitCode: 0, reason: 'Completed', startedAt: STARTED, finishedAt: '2024-03-04T08:01:00Z' };
  const state = exited ? { terminated: ended } : { running: { startedAt: STARTED } };
  const ready = String(!exited).replace(/^./, (letter) => letter.toUpperCase());
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels, ...(above ? { ownerReferences: [above] } : {}) },
    spec: {
      nodeName: NODE,
      ...(exited ? { restartPolicy: 'Never' } : {}),
      containers: containers.map(({ name: container, image }) => ({ name: container, image })),
    },
    status: {
      phase: exited ? 'Succeeded' : 'Running',
      startTime: STARTED,
      conditions: [{ type: 'Ready', status: ready }],
      containerStatuses: containers.map(({ name: container, image, imageID }) => ({
        name: container,
        image,
        imageID,
        ready: !exited,
        restartCount: 0,
        started: !exited,
        state,
        lastState: {},
      })),
    },
  };
}

/** A CronJob between two runs; where it has run, with the Job and the pod of its last one. */
export async function schedule(api: KubernetesApi, { namespace, name, containers, hasRun }: Deployed & { hasRun: boolean }): Promise<void> {
  const labels = { 'app.kubernetes.io/name': name };
  const template = templateOf(containers, labels);
  const spec = { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } };
  // batch/v1 has CronJobs from Kubernetes 1.21 on, and batch/v1beta1 until 1.24.
  const apiVersion = (await api.lists('/apis/batch/v1/cronjobs')) ? 'batch/v1' : 'batch/v1beta1';
  const uid = await api.create({
    apiVersion,
    kind: 'CronJob',
    metadata: { name, namespace, labels },
    spec: { schedule: '0 2 * * *', jobTemplate: { spec } },
  });
  if (!hasRun) return;
  const above = { apiVersion, kind: 'CronJob', name, uid, controller: true };
  const job = `${name}-28491720`;
  const jobUid = await api.create({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: job, namespace, labels, ownerReferences: [above] },
    spec,
    status: { succeeded: 1, startTime: STARTED },
  });
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: job, uid: jobUid, controller: true };
  await api.create(
    podOf({ namespace, name: `${job}-bcdfg`, labels: { ...labels, 'job-name': job }, above: owner, exited: true }, containers),
  );
}
