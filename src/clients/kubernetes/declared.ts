import type { Seen } from '../../collect/define-source.ts';
import { parseImageReference } from '../../domain/image-reference.ts';
import type { Revision } from '../../domain/observation.ts';
import { groupBy } from '../../domain/order.ts';
import { memberOf } from './cohort.ts';
import { declaredIn } from './container.ts';
import type { ControllerRevision, Owner } from './objects.ts';
import { controllerOf, keptRevision, replicaSetRevision, topOf } from './owner.ts';
import type { ClusterState } from './read-cluster.ts';
import { type Mapping, placed, unreadableReference } from './running.ts';

const PATHS: Readonly<Record<string, readonly [string, string]>> = {
  ReplicaSet: ['apis/apps/v1', 'replicasets'],
  Deployment: ['apis/apps/v1', 'deployments'],
  StatefulSet: ['apis/apps/v1', 'statefulsets'],
  DaemonSet: ['apis/apps/v1', 'daemonsets'],
  ControllerRevision: ['apis/apps/v1', 'controllerrevisions'],
  Job: ['apis/batch/v1', 'jobs'],
  CronJob: ['apis/batch/v1', 'cronjobs'],
  ReplicationController: ['api/v1', 'replicationcontrollers'],
  Rollout: ['apis/argoproj.io/v1alpha1', 'rollouts'],
};

/** What workloads declare without running it: those that have no pod, and older revisions that have none. */
export function* declaredImages(
  { owners, cohorts, revisions }: ClusterState,
  mapping: Mapping,
  isRead: (namespace: string) => boolean,
): Iterable<Seen> {
  const occupied = new Set<string>();
  const running = new Set<string>();
  for (const cohort of cohorts) {
    const { workload, revision } = mapping.owners.belongingOf(memberOf(cohort));
    occupied.add(workloadKey(workload));
    running.add(`${workload.uid} ${revision?.name}`);
  }
  const older = olderSets(owners);
  for (const owner of owners) {
    const isIdle = isRead(owner.metadata.namespace) && !occupied.has(workloadKey(topOf(owner)));
    if (isIdle && !older.has(owner) && standsForItself(owner, mapping)) yield* imagesOf(owner, mapping, { because: 'idle' });
  }
  for (const owner of older)
    if (owner.spec.replicas === 0) yield* imagesOf(owner, mapping, { because: 'revision', revision: replicaSetRevision(owner) });
  for (const owner of olderRevisions(revisions))
    if (!running.has(`${topOf(owner).uid} ${owner.metadata.name}`))
      yield* imagesOf(owner, mapping, { because: 'revision', revision: owner.revision });
}

function workloadKey({ namespace, kind, name }: { namespace: string; kind: string; name: string }): string {
  return `${namespace}/${kind}/${name}`;
}

/** A ReplicaSet or ReplicationController speaks for an owner that was not listed, or has no template of its own; all else for itself or not at all. */
function standsForItself(owner: Owner, { owners }: Mapping): boolean {
  const { uid } = topOf(owner);
  if (uid === owner.metadata.uid) return true;
  const isSet = owner.kind === 'ReplicaSet' || owner.kind === 'ReplicationController';
  return isSet && !owners.find(uid)?.spec.template.spec.containers.length;
}

/** A rollback gives an old ReplicaSet the newest number: the highest of an owner is its current one. */
function olderSets(owners: readonly Owner[]): ReadonlySet<Owner> {
  const owned = owners.filter((owner) => owner.kind !== 'Job' && topOf(owner).uid !== owner.metadata.uid);
  return new Set(olderOf(owned, numberOf));
}

type Kept = Declaring & Readonly<{ revision: Revision }>;

/** Of StatefulSets and DaemonSets, likewise. */
function olderRevisions(revisions: readonly ControllerRevision[]): readonly Kept[] {
  return olderOf(revisions, ({ revision }) => revision).flatMap((revision) => {
    const { metadata, template } = revision;
    return template ? [{ kind: 'ControllerRevision', metadata, spec: { template }, revision: keptRevision(revision) }] : [];
  });
}

function olderOf<T extends Pick<Owner, 'metadata'>>(all: readonly T[], numberIn: (one: T) => number): readonly T[] {
  return [...groupBy(all, (one) => controllerOf(one)?.uid ?? '').values()].flatMap((siblings) => {
    const newest = siblings.reduce((highest, one) => Math.max(highest, numberIn(one)), 0);
    return siblings.filter((one) => numberIn(one) < newest);
  });
}

function numberOf(owner: Owner): number {
  return replicaSetRevision(owner).number ?? 0;
}

type Reason = Readonly<{ because: 'idle' | 'revision'; revision?: Revision }>;

/** As much of an owner as says what it declares. */
type Declaring = Pick<Owner, 'kind' | 'metadata'> & Readonly<{ spec: Pick<Owner['spec'], 'template'> }>;

function* imagesOf(owner: Declaring, mapping: Mapping, reason: Reason): Iterable<Seen> {
  const { namespace, name } = owner.metadata;
  const environment = mapping.environmentOf(namespace);
  if (environment === undefined) return;
  const workload = topOf(owner);
  const labels = { ...owner.spec.template.metadata.labels, ...mapping.owners.find(workload.uid)?.metadata.labels };
  const place = placed(mapping, environment, { workload, labels });
  const [group, plural] = PATHS[owner.kind] ?? [];
  const locator = `${mapping.address}/${group}/namespaces/${namespace}/${plural}/${name}`;
  for (const declared of declaredIn(owner.spec.template.spec)) {
    const image = parseImageReference(declared.image);
    const { container, role } = declared;
    if (image) yield { kind: 'declared-image', ...place, container, role, declared: image, ...reason, locator };
    else yield unreadableReference(place, declared, locator);
  }
}
