import { z } from 'zod';
import { declaredImages } from '../clients/kubernetes/declared.ts';
import type { Trouble } from '../clients/kubernetes/list.ts';
import { outsideNamespaces } from '../clients/kubernetes/outside.ts';
import { openOwners } from '../clients/kubernetes/owner.ts';
import { type ClusterState, readCluster } from '../clients/kubernetes/read-cluster.ts';
import { type Mapping, runningImages } from '../clients/kubernetes/running.ts';
import { openKubernetes } from '../clients/kubernetes.ts';
import { defineSource, type Place, type Seen } from '../collect/define-source.ts';
import { matches } from '../domain/glob.ts';
import { byText } from '../domain/order.ts';
import { AuditError } from '../error.ts';

const Name = z.string().min(1);

const Config = z
  .strictObject({
    environment: Name.optional(),
    environments: z.record(Name, z.array(Name).min(1)).optional(),
    context: Name.optional(),
    kubeconfig: Name.optional(),
    cluster: Name.optional(),
    labels: z.array(Name).default(['app.kubernetes.io/name', 'app.kubernetes.io/component']),
    exec: z.literal('allow').optional(),
    insecure: z.enum(['true', 'false']).optional(),
  })
  .refine(({ environment, environments }) => (environment === undefined) !== (environments === undefined), {
    message: 'needs either `environment: NAME` or `environments: { NAME: [NAMESPACE, …] }`',
  });
type Config = z.infer<typeof Config>;

export default defineSource({
  id: 'kubernetes',
  title: 'What the containers of a Kubernetes cluster run',
  config: Config,
  asks: [],
  expects: (config) =>
    globsOf(config).map(([environment]) => ({ of: 'running-image', scope: { environment, cluster: clusterOf(config) } })),

  async *observe(config, _wanted, edge) {
    const api = await openKubernetes(config, edge);
    try {
      const whole = await readCluster(api, literalsIn(config), edge);
      const state = { ...whole, pods: whole.pods.filter(({ metadata }) => !metadata.deletionTimestamp) };
      yield* observationsOf(state, config, api.address);
    } finally {
      api.close();
    }
  },
});

/** The environments with their namespace globs; one that is given whole has every namespace. */
function globsOf({ environment, environments }: Config): readonly (readonly [string, readonly string[]])[] {
  return environment === undefined ? Object.entries(environments ?? {}) : [[environment, ['*']]];
}

function clusterOf({ cluster, context }: Config): string {
  return cluster ?? context ?? 'current';
}

function literalsIn(config: Config): readonly string[] {
  const all = globsOf(config).flatMap(([, globs]) => globs.filter((glob) => !glob.includes('*')));
  return [...new Set(all)];
}

function* observationsOf(state: ClusterState, config: Config, address: string): Iterable<Seen> {
  const namespaces = namespacesIn(state);
  const environmentOf = openEnvironments(config, namespaces);
  const { labels } = config;
  const mapping: Mapping = { cluster: clusterOf(config), address, labels, environmentOf, owners: openOwners(state.owners) };
  const podTroubles = state.troubles.filter(({ kind }) => kind === 'Pod');
  const isRead = (namespace: string) => !podTroubles.some((trouble) => (trouble.namespace ?? namespace) === namespace);
  const gaps: Extract<Seen, { kind: 'gap' }>[] = [...gapsOf(state, config, environmentOf)];
  for (const seen of [...runningImages(state, mapping), ...declaredImages(state, mapping, isRead), ...outsideNamespaces(state, mapping)]) {
    if (seen.kind === 'gap') gaps.push(seen);
    else yield seen;
  }
  yield* gaps;
  for (const [environment] of globsOf(config)) {
    const own = namespaces.filter((namespace) => environmentOf(namespace) === environment);
    for (const scope of coveredScopes(
      { environment, cluster: mapping.cluster },
      own,
      gaps.map((gap) => gap.scope),
    ))
      yield { kind: 'coverage', of: 'running-image', scope, locator: `${address}/api/v1/pods` };
  }
}

function namespacesIn({ pods, owners, namespaces }: ClusterState): readonly string[] {
  const seen = [...pods, ...owners].map(({ metadata }) => metadata.namespace);
  return [...new Set([...seen, ...(namespaces ?? [])])].toSorted(byText);
}

/** Tells the environment of a namespace; every namespace there is has one at most (SEMANTICS 1). */
function openEnvironments(config: Config, namespaces: readonly string[]): (namespace: string) => string | undefined {
  const globs = globsOf(config);
  const environmentsOf = (namespace: string) =>
    globs.filter(([, patterns]) => patterns.some((glob) => matches(glob, namespace))).map(([environment]) => environment);
  const shared = namespaces.find((namespace) => environmentsOf(namespace).length > 1);
  if (shared !== undefined)
    throw new AuditError('CONFIG_INVALID', `namespace "${shared}" is in ${environmentsOf(shared).join(' and in ')}`, {
      hint: 'Change the patterns under `environments:` so that it is in one of them.',
    });
  return (namespace) => environmentsOf(namespace)[0];
}

type EnvironmentOf = ReturnType<typeof openEnvironments>;

function* gapsOf(
  { troubles, unlisted }: ClusterState,
  config: Config,
  environmentOf: EnvironmentOf,
): Iterable<Extract<Seen, { kind: 'gap' }>> {
  const cluster = clusterOf(config);
  for (const trouble of troubles) {
    const { namespace } = trouble;
    const environment = namespace === undefined ? undefined : environmentOf(namespace);
    if (namespace === undefined) yield gapIn({ cluster }, trouble);
    else if (environment !== undefined) yield gapIn({ environment, cluster, namespace }, trouble);
    // Of a namespace that is in no environment only what runs is told; that it may not be read is as it should be.
    else if (trouble.kind === 'Pod' && trouble.because !== 'forbidden') yield gapIn({ cluster, namespace }, trouble);
  }
  if (!unlisted) return;
  for (const [environment, globs] of globsOf(config))
    if (globs.some((glob) => glob.includes('*'))) yield gapIn({ environment, cluster }, unlisted);
}

function gapIn(scope: Place, { because, hint, locator }: Trouble): Extract<Seen, { kind: 'gap' }> {
  return { kind: 'gap', of: 'running-image', scope, because, hint, locator };
}

/** An environment without a gap is covered whole; one with gaps only in namespaces, in its other namespaces; any other not at all. */
function coveredScopes(
  whole: Required<Pick<Place, 'environment' | 'cluster'>>,
  namespaces: readonly string[],
  gaps: readonly Place[],
): readonly Place[] {
  const own = gaps.filter(({ environment = whole.environment }) => environment === whole.environment);
  if (own.length === 0) return [whole];
  if (own.some(({ namespace }) => namespace === undefined)) return [];
  const harmed = new Set(own.map(({ namespace }) => namespace));
  return namespaces.filter((namespace) => !harmed.has(namespace)).map((namespace) => ({ ...whole, namespace }));
}
