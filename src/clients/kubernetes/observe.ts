import type { Seen } from '../../collect/define-source.ts';
import { byText } from '../../domain/order.ts';
import { coveredScopes, gapsIn } from './coverage.ts';
import { declaredImages } from './declared.ts';
import { openEnvironments, type Selection } from './environments.ts';
import { outsideNamespaces } from './outside.ts';
import { openOwners } from './owner.ts';
import type { ClusterState } from './read-cluster.ts';
import { type Mapping, runningImages } from './running.ts';
import { workloadsInTransition } from './transition.ts';

/** How a cluster is told: its name, where it was read, the labels that are kept, its environments, and how long a rollout may take. */
export type Telling = Readonly<{
  cluster: string;
  address: string;
  labels: readonly string[];
  selections: readonly Selection[];
  graceMs: number;
  now: Date;
  account: Readonly<{ requests?: number; skewMs?: number; through?: readonly string[] }>;
}>;

/** Everything that was seen of a cluster, gaps and coverage after the facts. */
export function* observationsOf(state: ClusterState, telling: Telling): Iterable<Seen> {
  const { cluster, address, labels, selections } = telling;
  const namespaces = namespacesIn(state);
  const environmentOf = openEnvironments(selections, namespaces, state.labelled);
  const owners = openOwners(state.owners, state.revisions);
  const inTransition = workloadsInTransition(state.cohorts, owners, telling);
  const mapping: Mapping = { cluster, address, labels, environmentOf, owners, inTransition };
  const podTroubles = state.troubles.filter(({ kind }) => kind === 'Pod');
  const isRead = (namespace: string) => !podTroubles.some((trouble) => (trouble.namespace ?? namespace) === namespace);
  const gaps = [...gapsIn(state, selections, mapping)];
  for (const seen of [...runningImages(state, mapping), ...declaredImages(state, mapping, isRead), ...outsideNamespaces(state, mapping)]) {
    if (seen.kind === 'gap') gaps.push(seen);
    else yield seen;
  }
  if (isReached(state)) yield clusterIn(state, telling);
  yield* gaps;
  for (const { environment } of selections) {
    const own = namespaces.filter((namespace) => environmentOf(namespace) === environment);
    const scopes = coveredScopes(
      { environment, cluster },
      own,
      gaps.map(({ scope }) => scope),
    );
    for (const scope of scopes) yield { kind: 'coverage', of: 'running-image', scope, locator: `${address}/api/v1/pods` };
  }
}

function namespacesIn({ cohorts, owners, namespaces }: ClusterState): readonly string[] {
  const seen = [...cohorts.map(({ look }) => look.namespace), ...owners.map(({ metadata }) => metadata.namespace)];
  return [...new Set([...seen, ...(namespaces ?? [])])].toSorted(byText);
}

/** A cluster that showed nothing of itself is told by its gaps. */
function isReached({ identity, pods, owners, troubles }: ClusterState): boolean {
  return troubles.length === 0 || identity.version !== undefined || pods + owners.length > 0;
}

function clusterIn({ identity: { uid, version }, pods, troubles }: ClusterState, { cluster, address, account }: Telling): Seen {
  const denied = troubles.flatMap(({ kind, because, namespace }) => (kind === 'Pod' && because === 'forbidden' ? (namespace ?? []) : []));
  return {
    kind: 'cluster',
    cluster,
    ...(uid ? { uid } : {}),
    ...(version ? { version } : {}),
    pods,
    ...account,
    through: [...(account.through ?? [])],
    denied: [...new Set(denied)].toSorted(byText),
    locator: address,
  };
}
