import type { Edge } from '../../collect/define-source.ts';
import type { Kubernetes } from '../kubernetes.ts';
import { type Identity, readIdentity } from './identity.ts';
import { type Listing, listObjects } from './list.ts';
import type { ControllerRevision, Namespace, Node, Owner, Pod } from './objects.ts';
import { controllerOf } from './owner.ts';
import { CONTROLLERS, NAMESPACES, NODES, PODS, REVISIONS, ROLLOUTS } from './resources.ts';
import type { Trouble } from './trouble.ts';

/** What was shown of a cluster. */
export type ClusterState = Readonly<{
  pods: readonly Pod[];
  nodes: ReadonlyMap<string, Node>;
  owners: readonly Owner[];
  revisions: readonly ControllerRevision[];
  troubles: readonly Trouble[];
  /** Namespaces that could only be read one by one; undefined where one list showed them all. */
  namespaces: readonly string[] | undefined;
  /** The labels of the namespaces, where they were asked for. */
  labelled: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Why a pattern or a label could not be compared with the namespaces there are. */
  unlisted: Trouble | undefined;
  identity: Identity;
}>;

/** What of a cluster is asked for: namespaces to read where none may be listed, whether their labels matter, and which cluster it is to be. */
export type Asked = Readonly<{ named: readonly string[]; byLabel: boolean; clusterUid?: string | undefined }>;

/** Reads a cluster by lists of everything or, where that is forbidden, of each namespace: of those there are, else of those named. */
export async function readCluster(api: Kubernetes, asked: Asked, edge: Edge): Promise<ClusterState> {
  edge.progress('pods');
  const pods = await listObjects(api, PODS);
  if (pods.status === 403 && pods.items.length === 0) return readEach(api, asked, edge);
  const isReached = pods.items.length > 0 || pods.troubles.every(({ namespace }) => namespace !== undefined);
  if (!isReached) return { ...NOTHING, troubles: pods.troubles };
  const identity = await readIdentity(api, asked.clusterUid);
  const listed = asked.byLabel ? await listObjects(api, NAMESPACES) : undefined;
  const { nodes, troubles } = await readNodes(api);
  const owners = await readOwners(api, undefined, edge);
  return {
    ...NOTHING,
    pods: pods.items,
    nodes,
    ...owners,
    troubles: [...pods.troubles, ...identity.troubles, ...troubles, ...owners.troubles],
    labelled: labelsOf(listed),
    unlisted: listed?.troubles[0],
    identity,
  };
}

const NOTHING: ClusterState = {
  pods: [],
  nodes: new Map(),
  owners: [],
  revisions: [],
  troubles: [],
  namespaces: undefined,
  labelled: new Map(),
  unlisted: undefined,
  identity: { troubles: [] },
};

async function readEach(api: Kubernetes, { named, clusterUid }: Asked, edge: Edge): Promise<ClusterState> {
  const listed = await listObjects(api, NAMESPACES);
  const [unlisted] = listed.troubles;
  const namespaces = unlisted ? named : listed.items.map(({ metadata }) => metadata.name);
  const identity = await readIdentity(api, clusterUid);
  const { nodes, troubles } = await readNodes(api);
  const pods: Pod[] = [];
  const [owners, revisions]: [Owner[], ControllerRevision[]] = [[], []];
  const all = [...identity.troubles, ...troubles];
  for (const namespace of namespaces) {
    edge.progress(`namespace ${namespace}`);
    const running = await listObjects(api, PODS, namespace);
    const controlling = running.status === 403 ? NOTHING : await readOwners(api, namespace, edge);
    for (const pod of running.items) pods.push(pod);
    for (const owner of controlling.owners) owners.push(owner);
    for (const revision of controlling.revisions) revisions.push(revision);
    for (const trouble of [...running.troubles, ...controlling.troubles]) all.push(trouble);
  }
  return { pods, owners, revisions, nodes, troubles: all, namespaces, labelled: labelsOf(listed), unlisted, identity };
}

function labelsOf(listed: Listing<Namespace> | undefined): ClusterState['labelled'] {
  return new Map(listed?.items.map(({ metadata }) => [metadata.name, metadata.labels]));
}

/** Nodes that may not be read leave platforms unknown, which shows by itself; any other failure is a trouble. */
async function readNodes(api: Kubernetes): Promise<Pick<ClusterState, 'nodes' | 'troubles'>> {
  const { items, troubles, status } = await listObjects(api, NODES);
  const nodes = new Map(items.map((node) => [node.metadata.name, node]));
  return { nodes, troubles: status === 403 ? troubles.filter(({ because }) => because !== 'forbidden') : troubles };
}

async function readOwners(
  api: Kubernetes,
  namespace: string | undefined,
  edge: Edge,
): Promise<Pick<ClusterState, 'owners' | 'revisions' | 'troubles'>> {
  const owners: Owner[] = [];
  const troubles: Trouble[] = [];
  for (const resource of [...CONTROLLERS, ROLLOUTS]) {
    edge.progress(resource.plural);
    const listing = await listObjects(api, resource, namespace);
    for (const item of listing.items) owners.push({ kind: resource.kind, ...item });
    // A server refuses kinds that it does not have, too: without a ReplicaSet of a Rollout there is none to miss.
    const isMissed = resource !== ROLLOUTS || listing.status !== 403 || owners.some((owner) => controllerOf(owner)?.kind === 'Rollout');
    if (isMissed) for (const trouble of listing.troubles) troubles.push(trouble);
  }
  edge.progress(REVISIONS.plural);
  const revisions = await listObjects(api, REVISIONS, namespace);
  for (const trouble of revisions.troubles) troubles.push(trouble);
  return { owners, revisions: revisions.items, troubles };
}
