import type { Edge } from '../../collect/define-source.ts';
import type { Kubernetes } from '../kubernetes.ts';
import { type Listing, listObjects, type Resource, type Trouble } from './list.ts';
import { Controller, CronJob, Namespace, Node, Pod } from './objects.ts';

/** A controller with the kind it was listed as. */
export type Owner = Readonly<{ kind: string }> & Controller;

/** What an API server showed of a cluster. */
export type ClusterState = Readonly<{
  pods: readonly Pod[];
  nodes: ReadonlyMap<string, Node>;
  owners: readonly Owner[];
  troubles: readonly Trouble[];
  /** Namespaces that could only be read one by one; undefined where one list showed them all. */
  namespaces: readonly string[] | undefined;
  /** Why a glob could not be compared with the namespaces there are. */
  unlisted: Trouble | undefined;
}>;

const PODS: Resource<Pod> = { kind: 'Pod', plural: 'pods', versions: ['v1'], schema: Pod };
const NODES: Resource<Node> = { kind: 'Node', plural: 'nodes', versions: ['v1'], schema: Node };
const NAMESPACES: Resource<Namespace> = { kind: 'Namespace', plural: 'namespaces', versions: ['v1'], schema: Namespace };
const CONTROLLERS: readonly Resource<Controller>[] = [
  { kind: 'ReplicaSet', plural: 'replicasets', versions: ['apps/v1'], schema: Controller },
  { kind: 'Deployment', plural: 'deployments', versions: ['apps/v1'], schema: Controller },
  { kind: 'StatefulSet', plural: 'statefulsets', versions: ['apps/v1'], schema: Controller },
  { kind: 'DaemonSet', plural: 'daemonsets', versions: ['apps/v1'], schema: Controller },
  { kind: 'Job', plural: 'jobs', versions: ['batch/v1'], schema: Controller },
  { kind: 'CronJob', plural: 'cronjobs', versions: ['batch/v1', 'batch/v1beta1'], schema: CronJob },
];

/** Reads a cluster by lists of everything or, where that is forbidden, of each namespace: of those there are, else of those named. */
export async function readCluster(api: Kubernetes, named: readonly string[], edge: Edge): Promise<ClusterState> {
  edge.progress('pods');
  const pods = await listObjects(api, PODS);
  if (pods.status === 403 && pods.items.length === 0) return readEach(api, named, edge);
  const isReached = pods.items.length > 0 || pods.troubles.every(({ namespace }) => namespace !== undefined);
  const { nodes, troubles } = isReached ? await readNodes(api) : { nodes: new Map(), troubles: [] };
  const owners = isReached ? await readOwners(api, undefined, edge) : { items: [], troubles: [] };
  return {
    pods: pods.items,
    nodes,
    owners: owners.items,
    troubles: [...pods.troubles, ...troubles, ...owners.troubles],
    namespaces: undefined,
    unlisted: undefined,
  };
}

async function readEach(api: Kubernetes, named: readonly string[], edge: Edge): Promise<ClusterState> {
  const listed = await listObjects(api, NAMESPACES);
  const [unlisted] = listed.troubles;
  const namespaces = unlisted ? named : listed.items.map(({ metadata }) => metadata.name);
  const { nodes, troubles } = await readNodes(api);
  const pods: Pod[] = [];
  const owners: Owner[] = [];
  const all = [...troubles];
  for (const namespace of namespaces) {
    edge.progress(`namespace ${namespace}`);
    const running = await listObjects(api, PODS, namespace);
    const controlling = running.status === 403 ? { items: [], troubles: [] } : await readOwners(api, namespace, edge);
    for (const pod of running.items) pods.push(pod);
    for (const owner of controlling.items) owners.push(owner);
    for (const trouble of [...running.troubles, ...controlling.troubles]) all.push(trouble);
  }
  return { pods, owners, nodes, troubles: all, namespaces, unlisted };
}

/** Nodes that may not be read leave platforms unknown, which shows by itself; any other failure is a trouble. */
async function readNodes(api: Kubernetes): Promise<{ nodes: ReadonlyMap<string, Node>; troubles: readonly Trouble[] }> {
  const { items, troubles, status } = await listObjects(api, NODES);
  const nodes = new Map(items.map((node) => [node.metadata.name, node]));
  return { nodes, troubles: status === 403 ? troubles.filter(({ because }) => because !== 'forbidden') : troubles };
}

async function readOwners(api: Kubernetes, namespace: string | undefined, edge: Edge): Promise<Omit<Listing<Owner>, 'status'>> {
  const items: Owner[] = [];
  const troubles: Trouble[] = [];
  for (const resource of CONTROLLERS) {
    edge.progress(resource.plural);
    const listing = await listObjects(api, resource, namespace);
    for (const item of listing.items) items.push({ kind: resource.kind, ...item });
    troubles.push(...listing.troubles);
  }
  return { items, troubles };
}
