import { z } from 'zod';
import { readDump } from '../clients/kubernetes/dump.ts';
import { hasLabels, isPattern, literalsIn, openEnvironments, selectionsIn } from '../clients/kubernetes/environments.ts';
import { excessOf } from '../clients/kubernetes/excess.ts';
import { KEPT_LABELS } from '../clients/kubernetes/kept-labels.ts';
import { declaredInManifests } from '../clients/kubernetes/manifests.ts';
import { observationsOf, type Telling } from '../clients/kubernetes/observe.ts';
import { readCluster } from '../clients/kubernetes/read-cluster.ts';
import { openKubernetes } from '../clients/kubernetes.ts';
import { defineSource, type Edge, type Seen } from '../collect/define-source.ts';

const Name = z.string().min(1);
const Flag = z.enum(['true', 'false']);
const Labels = z.record(Name, z.string()).refine((labels) => Object.keys(labels).length > 0, { message: 'names no label' });
const Patterns = z
  .array(Name.refine(isPattern, { message: 'is no regular expression that can be matched in linear time: see the page of this source' }))
  .min(1);
const Narrowed = z
  .strictObject({ namespaces: Patterns.optional(), namespaceLabels: Labels.optional() })
  .refine(({ namespaces, namespaceLabels }) => namespaces ?? namespaceLabels, { message: 'needs `namespaces` or `namespaceLabels`' });

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
const Duration = z
  .string()
  .regex(/^\d{1,6}[smh]$/, 'is a number with a unit, such as 15m')
  .transform((text) => Number(text.slice(0, -1)) * (UNITS_MS[text.slice(-1)] ?? 0));

const Keys = z.strictObject({
  environment: Name.optional(),
  namespaces: Patterns.optional(),
  namespaceLabels: Labels.optional(),
  environments: z.record(Name, z.union([Patterns, Narrowed])).optional(),
  context: Name.optional(),
  kubeconfig: Name.optional(),
  inCluster: Flag.optional(),
  cluster: Name.optional(),
  clusterUid: Name.optional(),
  labels: z.array(Name).default(KEPT_LABELS),
  rolloutGrace: Duration.default(900_000),
  dump: Name.optional(),
  without: z.array(Name).default([]),
  manifests: z.array(Name).min(1).optional(),
  exec: z.union([z.literal('allow'), z.array(Name).min(1)], { error: 'is `allow`, or a list of the programs that may be run' }).optional(),
  insecure: Flag.optional(),
});
type Keys = z.infer<typeof Keys>;

const Config = Keys.refine(({ environment, environments }) => (environment === undefined) !== (environments === undefined), {
  message: 'needs either `environment: NAME` or `environments: { NAME: [NAMESPACE, …] }`',
})
  .refine(({ environments, namespaces, namespaceLabels }) => environments === undefined || !(namespaces ?? namespaceLabels), {
    message: '`namespaces` and `namespaceLabels` stand beside `environment`, or within one of `environments`',
  })
  .refine((config) => waysInto(config).length <= 1, {
    message: 'may have one of `dump`, `manifests`, `inCluster` and a kubeconfig (`kubeconfig`, `context`)',
  })
  .refine(({ dump, cluster }) => dump === undefined || cluster !== undefined, { message: 'needs `cluster: NAME` beside `dump`' })
  .refine((config) => config.manifests === undefined || !selectionsIn(config).some(hasLabels), {
    message: '`manifests` have no labels of namespaces',
  });
type Config = z.infer<typeof Config>;

export default defineSource({
  id: 'kubernetes',
  title: 'What the containers of a Kubernetes cluster run',
  config: Config,
  asks: [],
  isBulky: true,
  expects: (config) =>
    config.manifests
      ? []
      : selectionsIn(config).map(({ environment }) => ({ of: 'running-image', scope: { environment, cluster: clusterOf(config) } })),

  tells: ['running-image'],

  keeping: (config, labels) => ({ ...config, labels: [...new Set([...config.labels, ...labels])] }),

  async *observe(config, _wanted, edge) {
    if (config.manifests) yield* declaredInManifests(config.manifests, manifestsIn(config), edge.signal);
    else if (config.dump) yield* observeDump(config.dump, config, edge);
    else yield* observeCluster(config, edge);
  },

  async excess(config, edge) {
    if (config.manifests ?? config.dump) return [];
    const api = await openKubernetes(config, edge);
    return excessOf(api).finally(() => api.close());
  },
});

function waysInto({ dump, manifests, inCluster, kubeconfig, context }: Partial<Keys>): readonly unknown[] {
  return [dump, manifests, inCluster === 'true' || undefined, kubeconfig ?? context].filter((way) => way !== undefined);
}

async function* observeCluster(config: Config, edge: Edge): AsyncIterable<Seen> {
  const api = await openKubernetes(config, edge);
  const selections = selectionsIn(config);
  try {
    const { labels, clusterUid } = config;
    const asked = { named: literalsIn(selections), byLabel: selections.some(hasLabels), labels, clusterUid };
    const state = await readCluster(api, asked, edge);
    yield* observationsOf(state, { ...tellingOf(config, edge), address: api.address, account: api.account() });
  } finally {
    api.close();
  }
}

async function* observeDump(place: string, config: Config, edge: Edge): AsyncIterable<Seen> {
  const { state, at } = await readDump(place, config, edge.signal);
  const now = at === undefined ? edge.now() : new Date(at);
  for (const seen of observationsOf(state, { ...tellingOf(config, edge), now, address: place, account: {} }))
    yield at === undefined ? seen : { ...seen, at };
}

function tellingOf(config: Config, edge: Edge): Omit<Telling, 'address' | 'account'> {
  const { labels, rolloutGrace } = config;
  return { cluster: clusterOf(config), labels, selections: selectionsIn(config), graceMs: rolloutGrace, now: edge.now() };
}

function manifestsIn(config: Config): Parameters<typeof declaredInManifests>[1] {
  return { cluster: clusterOf(config), labels: config.labels, environmentOf: openEnvironments(selectionsIn(config), [], new Map()) };
}

function clusterOf({ cluster, context }: Config): string {
  return cluster ?? context ?? 'current';
}
