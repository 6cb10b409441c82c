import type { Revision, RunningImage } from '../../domain/observation.ts';
import type { ControllerRevision, Owner, Pod, PodSpec } from './objects.ts';

/** What a pod belongs to: its workload, the template it was made from, that template's revision, and where its rollout stands. */
export type Belonging = Readonly<{
  workload: Readonly<{ namespace: string; kind: string; name: string; uid?: string }>;
  labels: Readonly<Record<string, string>>;
  template: PodSpec | undefined;
  revision: Revision | undefined;
  rollout: RunningImage['rollout'];
}>;

/** As much of a pod as tells what it belongs to. */
export type Member = Readonly<{ metadata: Readonly<Pick<Pod['metadata'], 'namespace' | 'name' | 'uid' | 'labels' | 'ownerReferences'>> }>;

/** Finds owners by their uid, since names are used again; by name only where a list could not show them. */
export type Owners = Readonly<{
  belongingOf(pod: Member): Belonging;
  /** The owner of a uid, if it was listed. */
  find(uid: string | undefined): Owner | undefined;
}>;

type Reference = Owner['metadata']['ownerReferences'][number];

/** Indexes the owners that were listed, and the revisions that some of them keep. */
export function openOwners(owners: readonly Owner[], revisions: readonly ControllerRevision[] = []): Owners {
  const kept = new Map(revisions.map((revision) => [`${controllerOf(revision)?.uid} ${revision.metadata.name}`, revision]));
  const byUid = new Map(owners.map((owner) => [owner.metadata.uid, owner]));
  const byName = new Map(owners.map((owner) => [nameKey(owner.kind, owner.metadata), owner]));
  const find = (uid: string | undefined) => byUid.get(uid ?? '');
  return {
    find,
    belongingOf(pod) {
      const reference = controllerOf(pod);
      const direct = find(reference?.uid);
      const workload = direct ? topOf(direct) : inferWorkload(pod, reference, byName);
      const top = find(workload.uid);
      const name = reference && revisionName(pod, reference);
      const revision = kept.get(`${reference?.uid} ${name}`);
      return {
        workload,
        labels: { ...pod.metadata.labels, ...top?.metadata.labels },
        template: revision?.template?.spec ?? templateOf(pod, direct, top),
        revision: revision ? keptRevision(revision) : revisionOf(name, reference, direct),
        rollout: top ? rolloutOf(top) : 'settled',
      };
    },
  };
}

/** The revision that a ReplicaSet is of its Deployment or Rollout, or a ReplicationController of its DeploymentConfig. */
export function replicaSetRevision({ metadata }: Owner): Revision {
  const {
    'deployment.kubernetes.io/revision': ofDeployment,
    'rollout.argoproj.io/revision': ofRollout,
    'openshift.io/deployment-config.latest-version': ofConfig,
  } = metadata.annotations;
  const number = Number.parseInt(ofDeployment ?? ofRollout ?? ofConfig ?? '', 10);
  return { name: metadata.name, ...(Number.isNaN(number) ? {} : { number }), ...createdAt(metadata) };
}

/** The revision that was kept of a StatefulSet or DaemonSet. */
export function keptRevision({ metadata, revision }: ControllerRevision): Revision {
  return { name: metadata.name, number: revision, ...createdAt(metadata) };
}

function createdAt({ creationTimestamp }: Owner['metadata']): Pick<Revision, 'created'> {
  return creationTimestamp ? { created: creationTimestamp } : {};
}

const STEPS: ReadonlySet<string> = new Set(['ReplicaSet', 'Job', 'ReplicationController', 'ControllerRevision']);

/** Whether an owner is one step of the workload above it: of its rollouts, or of its schedule. */
export function isStep({ kind }: Pick<Owner, 'kind'>): boolean {
  return STEPS.has(kind);
}

/** The owner that controls an object, if one does. */
export function controllerOf({ metadata }: Readonly<{ metadata: Pick<Owner['metadata'], 'ownerReferences'> }>): Reference | undefined {
  return metadata.ownerReferences.find(({ controller }) => controller);
}

/** The workload an owner is part of. Only steps are passed over: an operator that controls a Deployment is not what people deploy. */
export function topOf(owner: Pick<Owner, 'kind' | 'metadata'>): Belonging['workload'] {
  const { kind, metadata } = owner;
  const { namespace, name, uid } = metadata;
  const above = isStep(owner) ? controllerOf(owner) : undefined;
  return above ? { namespace, kind: above.kind, name: above.name, uid: above.uid } : { namespace, kind, name, uid };
}

function inferWorkload(pod: Member, reference: Reference | undefined, byName: ReadonlyMap<string, Owner>): Belonging['workload'] {
  const { namespace, name, uid, labels } = pod.metadata;
  if (!reference) return { namespace, kind: 'Pod', name, uid };
  // A static pod is named for its node; on several nodes it is one workload.
  if (reference.kind === 'Node') return { namespace, kind: 'Pod', name: withoutEnd(name, reference.name) ?? name };
  const direct = { namespace, kind: reference.kind, name: reference.name, uid: reference.uid };
  if (reference.kind !== 'ReplicaSet') return direct;
  const { 'pod-template-hash': ofDeployment, 'rollouts-pod-template-hash': ofRollout } = labels;
  const above = withoutEnd(reference.name, ofDeployment ?? ofRollout ?? '');
  if (above === undefined) return direct;
  const kind = ofDeployment === undefined ? 'Rollout' : 'Deployment';
  const known = byName.get(nameKey(kind, { namespace, name: above }));
  return { namespace, kind, name: above, ...(known ? { uid: known.metadata.uid } : {}) };
}

function withoutEnd(name: string, end: string): string | undefined {
  return end !== '' && name.endsWith(`-${end}`) ? name.slice(0, -end.length - 1) : undefined;
}

function nameKey(kind: string, { namespace, name }: { namespace: string; name: string }): string {
  return `${kind}/${namespace}/${name}`;
}

/** The template a pod was made from; a workload on its way has several, and its own names only the newest. */
function templateOf(pod: Member, direct: Owner | undefined, top: Owner | undefined): PodSpec | undefined {
  if (direct && isStep(direct)) return direct.spec.template.spec;
  if (!top || top.kind === 'CronJob') return undefined;
  const isNewest = pod.metadata.labels['controller-revision-hash'] === top.status.updateRevision && top.status.updateRevision !== undefined;
  return isNewest || rolloutOf(top) === 'settled' ? top.spec.template.spec : undefined;
}

function revisionOf(name: string | undefined, reference: Reference | undefined, direct: Owner | undefined): Revision | undefined {
  if (direct?.kind === 'ReplicaSet' || (direct?.kind === 'ReplicationController' && controllerOf(direct)))
    return replicaSetRevision(direct);
  if (reference?.kind === 'ReplicaSet') return { name: reference.name };
  return name === undefined ? undefined : { name };
}

/** A StatefulSet labels its pods with the name of their revision, a DaemonSet with the hash at its end. */
function revisionName({ metadata }: Member, { name }: Reference): string | undefined {
  const hash = metadata.labels['controller-revision-hash'];
  if (hash === undefined) return undefined;
  return hash.startsWith(`${name}-`) ? hash : `${name}-${hash}`;
}

function rolloutOf({ kind, metadata, spec, status }: Owner): RunningImage['rollout'] {
  if (status.rollout) return status.rollout;
  const isBehind = (status.observedGeneration ?? 0) < (metadata.generation ?? 0);
  const remains = {
    Deployment: status.updatedReplicas < status.replicas,
    StatefulSet: status.updatedReplicas < status.replicas,
    DaemonSet: status.updatedNumberScheduled < status.currentNumberScheduled,
  }[kind];
  if (remains === undefined || !(isBehind || remains)) return 'settled';
  const isHeld = spec.paused || spec.updateStrategy?.type === 'OnDelete' || (spec.updateStrategy?.rollingUpdate?.partition ?? 0) > 0;
  return isHeld ? 'paused' : 'rolling';
}
