import type { Seen } from '../../collect/define-source.ts';
import { canonicalJson } from '../../domain/identify.ts';
import { type ImageReference, parseImageReference } from '../../domain/image-reference.ts';
import { byText, groupBy } from '../../domain/order.ts';
import { type Declared, declaredIn, type Instance, instancesIn } from './container.ts';
import type { Pod } from './objects.ts';
import type { Belonging, Owners } from './owner.ts';
import { platformOf } from './platform.ts';
import type { ClusterState } from './read-cluster.ts';
import { transitionKey } from './transition.ts';

/** What mapping a cluster to observations needs to know of the source. */
export type Mapping = Readonly<{
  cluster: string;
  address: string;
  /** The labels that are kept. */
  labels: readonly string[];
  environmentOf(namespace: string): string | undefined;
  owners: Owners;
  /** The workloads that are on the way from one revision to another, whatever their controllers say. */
  inTransition: ReadonlySet<string>;
}>;

type Running = Extract<Seen, { kind: 'running-image' }>;
type Gap = Extract<Seen, { kind: 'gap' }>;
type One = Readonly<{ image: Running; node: string | undefined; runtime: string | undefined }>;

/** What runs, container by container, equal instances counted; a gap for each reference that is none. */
export function* runningImages({ pods, nodes }: ClusterState, mapping: Mapping): Iterable<Seen> {
  const all: One[] = [];
  for (const pod of pods) {
    const environment = mapping.environmentOf(pod.metadata.namespace);
    if (environment === undefined) continue;
    const belonging = movingIn(mapping, mapping.owners.belongingOf(pod));
    const node = nodes.get(pod.spec.nodeName ?? '');
    const place = { ...placed(mapping, environment, belonging), platform: platformOf(node) };
    const runtime = node?.status.nodeInfo.containerRuntimeVersion || undefined;
    for (const instance of instancesIn(pod)) {
      const seen = toImage(place, { pod, belonging, instance, locator: locatorOf(mapping, pod) });
      if (seen.kind === 'running-image') all.push({ image: seen, node: pod.spec.nodeName, runtime });
      else yield seen;
    }
  }
  for (const [first, ...others] of groupBy(all, ({ image }) => sameness(image)).values()) if (first) yield counted(first, others);
}

function movingIn({ inTransition }: Mapping, belonging: Belonging): Belonging {
  const isMoving = belonging.rollout === 'settled' && inTransition.has(transitionKey(belonging.workload));
  return isMoving ? { ...belonging, rollout: 'rolling' } : belonging;
}

/** Where a workload's images belong: the fields that every observation of them shares. */
export function placed(
  { cluster, labels }: Pick<Mapping, 'cluster' | 'labels'>,
  environment: string,
  belonging: Pick<Belonging, 'workload' | 'labels'>,
) {
  const kept = labels.flatMap((key) => (belonging.labels[key] === undefined ? [] : [[key, belonging.labels[key]] as const]));
  return { environment, workload: { cluster, ...belonging.workload }, labels: Object.fromEntries(kept) };
}

/** The gap that an image reference leaves which cannot be read. */
export function unreadableReference(place: ReturnType<typeof placed>, { container, image }: Declared, locator: string): Gap {
  const { cluster, namespace } = place.workload;
  return {
    kind: 'gap',
    of: 'running-image',
    scope: { environment: place.environment, cluster, namespace },
    because: 'malformed',
    locator,
    hint: `Correct the image of "${container}": ${JSON.stringify(image)} is no image reference.`,
  };
}

function locatorOf({ address }: Mapping, { metadata }: Pod): string {
  return `${address}/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
}

type Seat = Readonly<{ pod: Pod; belonging: Belonging; instance: Instance; locator: string }>;

function toImage(
  place: ReturnType<typeof placed> & { platform: string | undefined },
  { belonging, instance, locator }: Seat,
): Running | Gap {
  const spec = parseImageReference(instance.image);
  const inTemplate = belonging.template && declaredIn(belonging.template).find((declared) => isSame(declared, instance));
  const template = inTemplate && parseImageReference(inTemplate.image);
  if (!spec) return unreadableReference(place, instance, locator);
  if (inTemplate && !template) return unreadableReference(place, inTemplate, locator);

  const { role, container, reported, digest, digestRole, phase, ready, since, finishedAt } = instance;
  return {
    kind: 'running-image',
    ...place,
    container,
    role,
    declared: declaredAs(spec, template),
    reported,
    digest,
    digestRole,
    phase,
    ready,
    since,
    finishedAt,
    instances: 1,
    revision: belonging.revision,
    rollout: belonging.rollout,
    injected: belonging.template !== undefined && !inTemplate && role !== 'ephemeral',
    locator,
  };
}

/** Volumes and containers may bear one name. */
function isSame(a: Declared, b: Declared): boolean {
  return a.container === b.container && (a.role === 'volume') === (b.role === 'volume');
}

function declaredAs(spec: ImageReference, template: ImageReference | undefined): Running['declared'] {
  return template ? { template, spec } : { spec };
}

/** Everything but what is counted or dated. */
function sameness({ since: _, finishedAt: __, locator: ___, ...image }: Running): string {
  return canonicalJson(image);
}

function counted(first: One, others: readonly One[]): Running {
  const group = [first, ...others];
  const ends = group.flatMap((one) => one.image.finishedAt ?? []).toSorted(byText);
  return {
    ...first.image,
    instances: group.length,
    nodes: distinct(group.map(({ node }) => node)).length,
    runtime: distinct(group.map(({ runtime }) => runtime)).join(', ') || undefined,
    since: distinct(group.map((one) => one.image.since))[0],
    finishedAt: ends.length === group.length ? ends.at(-1) : undefined,
    locator: distinct(group.map((one) => one.image.locator))[0] ?? first.image.locator,
  };
}

function distinct(texts: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(texts.filter((text) => text !== undefined))].toSorted(byText);
}
