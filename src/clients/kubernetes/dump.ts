import { z } from 'zod';
import { groupBy } from '../../domain/order.ts';
import { parseJson } from '../../domain/parse-json.ts';
import { unreadable } from '../../error.ts';
import { openCohorts } from './cohort.ts';
import { type Identity, refuseOther } from './identity.ts';
import { readWhole } from './input.ts';
import type { Named, Resource } from './list.ts';
import { controllerOf } from './owner.ts';
import type { ClusterState } from './read-cluster.ts';
import { CONTROLLERS, NAMESPACES, NODES, PODS, REVISIONS, ROLLOUTS } from './resources.ts';
import type { Trouble } from './trouble.ts';

/** What `kubectl get … -o json` printed, and when its file was last written. */
export type Dump = Readonly<{ state: ClusterState; at: string | undefined }>;

/** A list as `kubectl get -o json` prints it, whose items say their kind, or as the API answers, whose items do not. */
const Dumped = z.object({
  kind: z.string().endsWith('List'),
  metadata: z.object({ continue: z.string().optional() }).prefault({}),
  items: z.array(z.unknown()),
});
const Item = z.object({
  kind: z.string().optional(),
  metadata: z.object({ name: z.string().default('?'), namespace: z.string().optional() }).prefault({}),
});

/** Without these it is not known what a cluster runs and declares; of all others only those matter that own something. */
const NEEDED = ['Pod', 'ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'];
const OWNING = ['Rollout', 'ReplicationController'];

/** What is known of a dump beforehand: the kinds of which there is no object, the uid of its cluster, and the labels that are kept. */
export type Beforehand = Readonly<{ without: readonly string[]; labels: readonly string[]; clusterUid?: string | undefined }>;

/** Reads a cluster from a dump; a kind that it holds no object of, and that is not known to have none, was left out. */
export async function readDump(place: string, beforehand: Beforehand, signal: AbortSignal): Promise<Dump> {
  const { text, at } = await readWhole(place, signal);
  const dumped = Dumped.safeParse(parseJson(text));
  if (!dumped.success)
    throw unreadable('malformed', `${place} is no list of objects`, {
      hint: 'Write it anew, and let it end: kubectl get pods,replicasets,deployments,statefulsets,daemonsets,jobs,cronjobs,nodes -A -o json',
    });
  const { kind, items, metadata } = dumped.data;
  const ofList = kind.slice(0, -'List'.length);
  const state = stateOf({ place, byKind: groupBy(items, (item) => kindOf(item, ofList)) }, beforehand);
  const cut: Trouble[] = metadata.continue
    ? [{ kind: 'Pod', because: 'incomplete', locator: place, hint: 'It is one page of a longer list: dump it with `kubectl get`, whole.' }]
    : [];
  const identity = held(place, state.identity, beforehand.clusterUid);
  return { state: { ...state, identity, troubles: [...cut, ...state.troubles, ...identity.troubles] }, at };
}

function held(place: string, identity: Identity, clusterUid: string | undefined): Identity {
  refuseOther(place, identity.uid, clusterUid);
  if (clusterUid === undefined || identity.uid !== undefined) return identity;
  const hint = 'Whether it is of the cluster of `clusterUid` cannot be told: dump `namespaces` too.';
  return { troubles: [{ kind: 'Namespace', because: 'incomplete', locator: place, hint }] };
}

/** The objects of one kind, read as the API would list them. */
type Read<T> = Readonly<{ items: readonly T[]; troubles: readonly Trouble[] }>;
/** What a dump holds, unread, by kind. */
type Raw = Readonly<{ place: string; byKind: ReadonlyMap<string, readonly unknown[]> }>;

function kindOf(item: unknown, ofList: string): string {
  return Item.safeParse(item).data?.kind ?? ofList;
}

function readKind<T extends Named>({ place, byKind }: Raw, { kind, schema }: Resource<T>): Read<T> {
  const items: T[] = [];
  const troubles: Trouble[] = [];
  for (const item of byKind.get(kind) ?? []) {
    const read = schema.safeParse(item);
    if (read.success) items.push(read.data);
    else troubles.push(unreadableIn(place, kind, item, read.error.issues));
  }
  return { items, troubles };
}

function unreadableIn(place: string, kind: string, item: unknown, [issue]: readonly z.core.$ZodIssue[]): Trouble {
  const { name = '?', namespace } = Item.safeParse(item).data?.metadata ?? {};
  const locator = `${place}#${[kind, namespace, name].filter(Boolean).join('/')}`;
  return { kind, because: 'malformed', locator, hint: `Look at it there (${issue?.path.join('.')}: ${issue?.message}).`, namespace };
}

function stateOf(raw: Raw, { without, labels }: Beforehand): ClusterState {
  const [pods, nodes, namespaces, revisions] = [
    readKind(raw, PODS),
    readKind(raw, NODES),
    readKind(raw, NAMESPACES),
    readKind(raw, REVISIONS),
  ];
  const controllers = [...CONTROLLERS, ROLLOUTS].map((resource) => ({ kind: resource.kind, ...readKind(raw, resource) }));
  const owners = controllers.flatMap(({ kind, items }) => items.map((one) => ({ kind, ...one })));
  const above = new Set([...pods.items, ...owners].map((one) => controllerOf(one)?.kind));
  const needed = [...NEEDED, ...OWNING.filter((kind) => above.has(kind))];
  const missing = needed.filter((kind) => !raw.byKind.has(kind) && !without.includes(kind)).map((kind) => missingFrom(raw.place, kind));
  const hint = 'It holds no namespaces, and labels are to tell them: dump `namespaces` too.';
  const byName = new Map(nodes.items.map((node) => [node.metadata.name, node]));
  const { kept, take } = openCohorts({ labels, nodes: byName, isWhole: false });
  for (const pod of pods.items) take(pod);
  return {
    ...kept,
    nodes: byName,
    owners,
    revisions: revisions.items,
    troubles: [...[pods, nodes, namespaces, revisions, ...controllers].flatMap(({ troubles }) => troubles), ...missing],
    namespaces: undefined,
    labelled: new Map(namespaces.items.map(({ metadata }) => [metadata.name, metadata.labels])),
    unlisted: namespaces.items.length === 0 ? { kind: 'Namespace', because: 'incomplete', locator: raw.place, hint } : undefined,
    identity: { uid: namespaces.items.find(({ metadata }) => metadata.name === 'kube-system')?.metadata.uid, troubles: [] },
  };
}

function missingFrom(place: string, kind: string): Trouble {
  const hint = `It holds no ${kind}. Dump them too, or say that there are none: \`without: [${kind}]\`.`;
  return { kind, because: 'incomplete', locator: place, hint };
}
