import type { Edge } from '../../collect/define-source.ts';
import type { Kubernetes } from '../kubernetes.ts';
import { type Cohort, type Cohorts, openCohorts } from './cohort.ts';
import { type Identity, readIdentity } from './identity.ts';
import { type Gathered, gatherObjects, type Listing, listObjects } from './list.ts';
import { type Nodes, openNodes } from './nodes.ts';
import type { ControllerRevision, Namespace, Node, Owner } from './objects.ts';
import { controllerOf } from './owner.ts';
import { CONTROLLERS, NAMESPACES, PODS, REVISIONS, ROLLOUTS } from './resources.ts';
import type { Trouble } from './trouble.ts';

/** What was shown of a cluster. */
export type ClusterState = Cohorts &
  Readonly<{
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

/**
 * What of a cluster is asked for: namespaces to read where none may be listed, whether their labels matter, the labels of pods that are
 * kept, and which cluster it is to be.
 */
export type Asked = Readonly<{ named: readonly string[]; byLabel: boolean; labels: readonly string[]; clusterUid?: string | undefined }>;

/** Reads a cluster by lists of everything or, where that is forbidden, of each namespace: of those there are, else of those named. */
export async function readCluster(api: Kubernetes, asked: Asked, edge: Edge): Promise<ClusterState> {
  edge.progress('pods');
  const nodes = openNodes(api);
  const running = await readPods(api, { asked, nodes });
  const { cohorts, pods } = running.kept ?? NOTHING;
  if (running.status === 403 && pods === 0) return readEach(api, asked, edge);
  const isReached = pods > 0 || running.troubles.every(({ namespace }) => namespace !== undefined);
  if (!isReached) return { ...NOTHING, troubles: running.troubles };
  const identity = await readIdentity(api, asked.clusterUid);
  const listed = asked.byLabel ? await listObjects(api, NAMESPACES) : undefined;
  const where = await nodes.of(cohorts);
  const owners = await readOwners(api, undefined, edge);
  return {
    ...NOTHING,
    cohorts,
    pods,
    nodes: where.nodes,
    ...owners,
    troubles: [...running.troubles, ...identity.troubles, ...where.troubles, ...owners.troubles],
    labelled: labelsOf(listed),
    unlisted: listed?.troubles[0],
    identity,
  };
}

const NOTHING: ClusterState = {
  cohorts: [],
  pods: 0,
  nodes: new Map(),
  owners: [],
  revisions: [],
  troubles: [],
  namespaces: undefined,
  labelled: new Map(),
  unlisted: undefined,
  identity: { troubles: [] },
};

async function readEach(api: Kubernetes, asked: Asked, edge: Edge): Promise<ClusterState> {
  const listed = await listObjects(api, NAMESPACES);
  const [unlisted] = listed.troubles;
  const namespaces = unlisted ? asked.named : listed.items.map(({ metadata }) => metadata.name);
  const identity = await readIdentity(api, asked.clusterUid);
  const nodes = openNodes(api);
  const cohorts: Cohort[] = [];
  const [owners, revisions]: [Owner[], ControllerRevision[]] = [[], []];
  const all = [...identity.troubles];
  let pods = 0;
  for (const namespace of namespaces) {
    edge.progress(`namespace ${namespace}`);
    const running = await readPods(api, { asked, nodes, namespace });
    const controlling = running.status === 403 ? NOTHING : await readOwners(api, namespace, edge);
    pods += running.kept?.pods ?? 0;
    for (const cohort of running.kept?.cohorts ?? []) cohorts.push(cohort);
    for (const owner of controlling.owners) owners.push(owner);
    for (const revision of controlling.revisions) revisions.push(revision);
    for (const trouble of [...running.troubles, ...controlling.troubles]) all.push(trouble);
  }
  const where = await nodes.of(cohorts);
  const troubles = [...where.troubles, ...all];
  return { cohorts, pods, owners, revisions, nodes: where.nodes, troubles, namespaces, labelled: labelsOf(listed), unlisted, identity };
}

type Reading = Readonly<{ asked: Asked; nodes: Nodes; namespace?: string }>;

/** The nodes are read before the first pod is taken, which says what it runs on. */
async function readPods(api: Kubernetes, { asked: { labels }, nodes, namespace }: Reading): Promise<Gathered<Cohorts>> {
  return gatherObjects({ api, resource: PODS, namespace }, async () => openCohorts({ labels, ...(await nodes.first()) }));
}

function labelsOf(listed: Listing<Namespace> | undefined): ClusterState['labelled'] {
  return new Map(listed?.items.map(({ metadata }) => [metadata.name, metadata.labels]));
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
