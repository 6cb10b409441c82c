import type { Context } from '../../clients/kubernetes.ts';
import type { Edge, Seen } from '../../collect/define-source.ts';
import { byText } from '../../domain/order.ts';
import { Plan } from '../../domain/plan.ts';
import { AuditError } from '../../error.ts';
import { classOf, lineOf } from '../../inventory/image-class.ts';
import { loadMember } from '../../registry.ts';
import { LABELS_OF_OWNERS } from './labels-of-owners.ts';

/** What a kubeconfig's user may do that is refused unless somebody allows it. */
export type Allowed = Readonly<{ exec?: 'allow'; insecure?: 'true' }>;

/** What one cluster runs: its namespaces, and its image lines by who builds them, each with its number of containers. */
export type Cluster = Readonly<{
  context: Context;
  namespaces: readonly string[];
  ours: ReadonlyMap<string, number>;
  thirdParty: ReadonlyMap<string, number>;
  /** The values that labels of owners have on workloads of ours. */
  labels: ReadonlyMap<string, readonly string[]>;
  /** Why it was not read, or not whole. */
  trouble?: string;
}>;

const MOST_TOLD = 3;
const NOTHING = { digests: [], tags: [], commits: [], lines: [] } as const;
const DEFAULTS = Plan.parse({ promotion: [['staging'], ['production']] });

/** Reads what the clusters of contexts run, side by side; what cannot be read is told with what to do. */
export function readClusters(contexts: readonly Context[], allowed: Allowed, edge: Edge): Promise<readonly Cluster[]> {
  return Promise.all(contexts.map((context) => readCluster(context, allowed, edge)));
}

/** The keys of a source that let it read a context, as far as they are needed and allowed. */
export function accessTo({ refused }: Context, { exec, insecure }: Allowed): Allowed {
  const hint = refused?.hint ?? '';
  return {
    ...(exec && hint.includes('exec: allow') ? { exec } : {}),
    ...(insecure && hint.includes('insecure: "true"') ? { insecure } : {}),
  };
}

async function readCluster(context: Context, allowed: Allowed, edge: Edge): Promise<Cluster> {
  const seen: Seen[] = [];
  const keys = accessTo(context, allowed);
  if (context.refused && Object.keys(keys).length === 0) return clusterOf(context, seen, wordsOf(context.refused));
  const source = await loadMember('sources', 'kubernetes');
  // The service account of the pod that this runs in stands in no kubeconfig.
  const way = context.name === 'inClusterContext' ? { inCluster: 'true' } : { context: context.name, ...keys };
  const whole = source.config.parse({ environment: 'any', ...way });
  const config = source.keeping?.(whole, LABELS_OF_OWNERS) ?? whole;
  edge.progress(`reading ${context.name}`);
  try {
    for await (const one of source.observe(config as never, NOTHING, edge)) seen.push(one);
  } catch (error) {
    if (edge.signal.aborted) return clusterOf(context, seen, 'it was not done in time');
    if (!(error instanceof AuditError)) throw error;
    return clusterOf(context, seen, wordsOf(error));
  }
  const gaps = seen.flatMap((one) => (one.kind === 'gap' ? [[one.because, one.hint].filter(Boolean).join('. ')] : []));
  return clusterOf(context, seen, [...new Set(gaps)].slice(0, MOST_TOLD).join('; '));
}

function wordsOf({ message, hint }: AuditError): string {
  return hint ? `${message}. ${hint}` : message;
}

function clusterOf(context: Context, seen: readonly Seen[], trouble: string | undefined): Cluster {
  const running = seen.filter((one) => one.kind === 'running-image');
  const namespaces = [...new Set(running.map(({ workload }) => workload.namespace))].toSorted(byText);
  const lines = running.map(({ declared }) => lineOf(declared.spec, DEFAULTS));
  const ours = counted(lines.filter((line) => classOf(line, DEFAULTS) === 'ours'));
  const thirdParty = counted(lines.filter((line) => classOf(line, DEFAULTS) !== 'ours'));
  const labels = labelsOf(running.filter(({ declared }) => ours.has(lineOf(declared.spec, DEFAULTS))));
  return { context, namespaces, ours, thirdParty, labels, ...(trouble ? { trouble } : {}) };
}

function labelsOf(running: readonly Extract<Seen, { kind: 'running-image' }>[]): Cluster['labels'] {
  const valuesOf = (key: string) => [...new Set(running.flatMap(({ labels }) => labels?.[key] || []))].toSorted(byText);
  return new Map(LABELS_OF_OWNERS.map((key) => [key, valuesOf(key)]));
}

function counted(lines: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines.toSorted(byText)) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}
