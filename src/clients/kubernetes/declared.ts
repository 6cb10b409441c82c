import type { Seen } from '../../collect/define-source.ts';
import { parseImageReference } from '../../domain/image-reference.ts';
import type { Revision } from '../../domain/observation.ts';
import { groupBy } from '../../domain/order.ts';
import { declaredIn } from './container.ts';
import { controllerOf, replicaSetRevision, topOf } from './owner.ts';
import type { ClusterState, Owner } from './read-cluster.ts';
import { type Mapping, placed, unreadableReference } from './running.ts';

const PLURALS: Readonly<Record<string, string>> = {
  ReplicaSet: 'apps/v1 replicasets',
  Deployment: 'apps/v1 deployments',
  StatefulSet: 'apps/v1 statefulsets',
  DaemonSet: 'apps/v1 daemonsets',
  Job: 'batch/v1 jobs',
  CronJob: 'batch/v1 cronjobs',
};

/** What workloads declare without running it: those that have no pod, and the older ReplicaSets that are scaled to nothing. */
export function* declaredImages({ owners, pods }: ClusterState, mapping: Mapping, isRead: (namespace: string) => boolean): Iterable<Seen> {
  const occupied = new Set(pods.map((pod) => workloadKey(mapping.owners.belongingOf(pod).workload)));
  const older = olderReplicaSets(owners);
  for (const owner of owners) {
    const isIdle = isRead(owner.metadata.namespace) && !occupied.has(workloadKey(topOf(owner)));
    if (isIdle && !older.has(owner) && standsForItself(owner, mapping)) yield* imagesOf(owner, mapping, { because: 'idle' });
  }
  for (const owner of older)
    if (owner.spec.replicas === 0) yield* imagesOf(owner, mapping, { because: 'revision', revision: replicaSetRevision(owner) });
}

function workloadKey({ namespace, kind, name }: { namespace: string; kind: string; name: string }): string {
  return `${namespace}/${kind}/${name}`;
}

/** A ReplicaSet speaks for an owner that was not listed (a Rollout); all else speaks for itself or not at all. */
function standsForItself(owner: Owner, { owners }: Mapping): boolean {
  const { uid } = topOf(owner);
  return uid === owner.metadata.uid || (owner.kind === 'ReplicaSet' && !owners.find(uid));
}

/** A rollback gives an old ReplicaSet the newest number: the highest of an owner is its current one. */
function olderReplicaSets(owners: readonly Owner[]): ReadonlySet<Owner> {
  const owned = owners.filter((owner) => owner.kind === 'ReplicaSet' && controllerOf(owner));
  const older = [...groupBy(owned, (owner) => controllerOf(owner)?.uid ?? '').values()].flatMap((siblings) => {
    const newest = Math.max(...siblings.map(numberOf));
    return siblings.filter((owner) => numberOf(owner) < newest);
  });
  return new Set(older);
}

function numberOf(owner: Owner): number {
  return replicaSetRevision(owner).number ?? 0;
}

type Reason = Readonly<{ because: 'idle' | 'revision'; revision?: Revision }>;

function* imagesOf(owner: Owner, mapping: Mapping, reason: Reason): Iterable<Seen> {
  const { namespace, name } = owner.metadata;
  const environment = mapping.environmentOf(namespace);
  if (environment === undefined) return;
  const workload = topOf(owner);
  const labels = { ...owner.spec.template.metadata.labels, ...mapping.owners.find(workload.uid)?.metadata.labels };
  const place = placed(mapping, environment, { workload, labels });
  const [version, plural] = (PLURALS[owner.kind] ?? '').split(' ');
  const locator = `${mapping.address}/apis/${version}/namespaces/${namespace}/${plural}/${name}`;
  for (const declared of declaredIn(owner.spec.template.spec)) {
    const image = parseImageReference(declared.image);
    const { container, role } = declared;
    if (image) yield { kind: 'declared-image', ...place, container, role, declared: image, ...reason, locator };
    else yield unreadableReference(place, declared, locator);
  }
}
