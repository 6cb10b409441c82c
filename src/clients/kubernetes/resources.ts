import type { Resource } from './list.ts';
import { Controller, ControllerRevision, CronJob, Namespace, Node, Pod, ReplicationController, Rollout } from './objects.ts';
import { podsInProtobuf } from './protobuf/pod-list.ts';

/** Pods, as they are listed. */
export const PODS: Resource<Pod> = {
  kind: 'Pod',
  plural: 'pods',
  versions: ['v1'],
  schema: Pod,
  encoding: podsInProtobuf,
};
/** Nodes, as they are listed. */
export const NODES: Resource<Node> = { kind: 'Node', plural: 'nodes', versions: ['v1'], schema: Node };
/** Namespaces, as they are listed. */
export const NAMESPACES: Resource<Namespace> = { kind: 'Namespace', plural: 'namespaces', versions: ['v1'], schema: Namespace };
/** Rollouts of Argo, where a server has them. */
export const ROLLOUTS: Resource<Controller> = {
  kind: 'Rollout',
  plural: 'rollouts',
  versions: ['argoproj.io/v1alpha1'],
  schema: Rollout,
  isExtension: true,
};
/** The revisions that StatefulSets and DaemonSets keep. */
export const REVISIONS: Resource<ControllerRevision> = {
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  versions: ['apps/v1'],
  schema: ControllerRevision,
};
// Whole, not as metadata alone: an old ReplicaSet's template is what was declared, and a Job's tells what was put into its pods.
/** Everything else that makes pods from a template. */
export const CONTROLLERS: readonly Resource<Controller>[] = [
  { kind: 'ReplicaSet', plural: 'replicasets', versions: ['apps/v1'], schema: Controller },
  { kind: 'Deployment', plural: 'deployments', versions: ['apps/v1'], schema: Controller },
  { kind: 'StatefulSet', plural: 'statefulsets', versions: ['apps/v1'], schema: Controller },
  { kind: 'DaemonSet', plural: 'daemonsets', versions: ['apps/v1'], schema: Controller },
  { kind: 'Job', plural: 'jobs', versions: ['batch/v1'], schema: Controller },
  { kind: 'CronJob', plural: 'cronjobs', versions: ['batch/v1', 'batch/v1beta1'], schema: CronJob },
  { kind: 'ReplicationController', plural: 'replicationcontrollers', versions: ['v1'], schema: ReplicationController },
];
