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
  const identity = once(() => readIdentity(api, asked.clusterUid));
  const rest = once(() => readRest(api, asked, nodes));
  const running = await readPods(api, { asked, nodes }, async () => {
    // Of another cluster than the one that was meant nothing more is asked.
    await identity();
    // Whoever does not come to wait for it has failed otherwise, and says so.
    rest().catch(() => undefined);
  });
  const { cohorts, pods } = running.kept ?? NOTHING;
  if (running.status === 403 && pods === 0) return readEach(api, asked, edge);
  const isReached = pods > 0 || running.troubles.every(({ namespace }) => namespace !== undefined);
  if (!isReached) return { ...NOTHING, troubles: running.troubles };
  edge.progress('workloads');
  const known = await identity();
  const { listed, owners } = await rest();
  const where = await nodes.of(cohorts);
  return {
    ...NOTHING,
    cohorts,
    pods,
    nodes: where.nodes,
    ...owners,
    troubles: [...running.troubles, ...known.troubles, ...where.troubles, ...owners.troubles],
    labelled: labelsOf(listed),
    unlisted: listed?.troubles[0],
    identity: known,
  };
}

type Rest = Readonly<{ listed: Listing<Namespace> | undefined; owners: Owning }>;

async function readRest(api: Kubernetes, { byLabel }: Asked, nodes: Nodes): Promise<Rest> {
  const [listed, owners] = await Promise.all([
    byLabel ? listObjects(api, NAMESPACES) : undefined,
    readOwners(api, undefined),
    nodes.first(),
  ]);
  return { listed, owners };
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => (asked ??= ask());
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
    const controlling = running.status === 403 ? NOTHING : await readOwners(api, namespace);
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

/** The nodes are read before the first pod is taken, which says what it runs on; whatever else is asked for beside pods is begun then. */
async function readPods(
  api: Kubernetes,
  { asked: { labels }, nodes, namespace }: Reading,
  begin?: () => Promise<void>,
): Promise<Gathered<Cohorts>> {
  return gatherObjects({ api, resource: PODS, namespace }, async () => {
    await begin?.();
    return openCohorts({ labels, ...(await nodes.first()) });
  });
}

function labelsOf(listed: Listing<Namespace> | undefined): ClusterState['labelled'] {
  return new Map(listed?.items.map(({ metadata }) => [metadata.name, metadata.labels]));
}

type Owning = Pick<ClusterState, 'owners' | 'revisions' | 'troubles'>;

async function readOwners(api: Kubernetes, namespace: string | undefined): Promise<Owning> {
  const asking = [...CONTROLLERS, ROLLOUTS].map(async (resource) => ({ resource, ...(await listObjects(api, resource, namespace)) }));
  const [revisions, ...listings] = await Promise.all([listObjects(api, REVISIONS, namespace), ...asking]);
  const owners = listings.flatMap(({ resource: { kind }, items }) => items.map((item) => ({ kind, ...item })));
  // A server refuses kinds that it does not have, too: without a ReplicaSet of a Rollout there is none to miss.
  const areThere = owners.some((owner) => controllerOf(owner)?.kind === 'Rollout');
  const missed = listings.filter(({ resource, status }) => resource !== ROLLOUTS || status !== 403 || areThere);
  return { owners, revisions: revisions.items, troubles: [...missed, revisions].flatMap(({ troubles }) => troubles) };
}
