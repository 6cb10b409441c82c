import type { Seen } from '../../collect/define-source.ts';
import { canonicalJson } from '../../domain/identify.ts';
import { type ImageReference, parseImageReference } from '../../domain/image-reference.ts';
import { byText } from '../../domain/order.ts';
import { type Cohort, type Moments, memberOf } from './cohort.ts';
import { type Declared, declaredIn, type Instance } from './container.ts';
import { firstOf, lastOf } from './moments.ts';
import type { Belonging, Owners } from './owner.ts';
import { platformOf } from './platform.ts';
import type { ClusterState } from './read-cluster.ts';
import { redactStarts } from './redact-starts.ts';
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
/** Equal instances, counted as they come: of a million pods only so much is kept. */
type Group = {
  readonly image: Running;
  readonly cohorts: Cohort[];
  readonly runtimes: Set<string>;
  instances: number;
  ended: number;
  since: string | undefined;
  finishedAt: string | undefined;
  locator: string;
};

/** What runs, container by container, equal instances counted; a gap for each reference that is none. */
export function* runningImages({ cohorts, nodes }: ClusterState, mapping: Mapping): Iterable<Seen> {
  const groups = new Map<string, Group>();
  for (const cohort of cohorts) {
    const { look } = cohort;
    const environment = mapping.environmentOf(look.namespace);
    if (environment === undefined) continue;
    const belonging = movingIn(mapping, mapping.owners.belongingOf(memberOf(cohort)));
    const node = nodes.get(look.node ?? '');
    const place = { ...placed(mapping, environment, belonging), platform: platformOf(node) };
    const runtime = node?.status.nodeInfo.containerRuntimeVersion || undefined;
    for (const [nth, instance] of look.instances.entries()) {
      const seen = toImage(place, { belonging, instance, locator: locatorOf(mapping, cohort) });
      if (seen.kind === 'running-image') count(groups, seen, { cohort, moments: cohort.moments[nth], runtime });
      else yield seen;
    }
  }
  for (const group of groups.values()) yield counted(group);
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
    hint:
      image === ''
        ? `Give the container "${container}" an \`image\`: it has none.`
        : `Correct the image of "${container}": ${JSON.stringify(image)} is no image reference.`,
  };
}

function locatorOf({ address }: Mapping, { look, name }: Cohort): string {
  return `${address}/api/v1/namespaces/${look.namespace}/pods/${name}`;
}

type Seat = Readonly<{ belonging: Belonging; instance: Instance; locator: string }>;

function toImage(
  place: ReturnType<typeof placed> & { platform: string | undefined },
  { belonging, instance, locator }: Seat,
): Running | Gap {
  const spec = parseImageReference(instance.image);
  const inTemplate = belonging.template && declaredIn(belonging.template).find((declared) => isSame(declared, instance));
  const template = inTemplate && parseImageReference(inTemplate.image);
  if (!spec) return unreadableReference(place, instance, locator);
  if (inTemplate && !template) return unreadableReference(place, inTemplate, locator);

  const { role, container, pullPolicy, starts, reported, digest, digestRole, phase, ready } = instance;
  return {
    kind: 'running-image',
    ...place,
    container,
    role,
    declared: declaredAs(spec, template),
    pullPolicy,
    starts,
    reported,
    digest,
    digestRole,
    phase,
    ready,
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

/** Everything but what is counted or dated; words have one order as they stand, and there may be many. */
function sameness({ locator: _, starts, ...image }: Running): string {
  return `${canonicalJson(image)}${wordsOf(starts)}`;
}

/** Most containers are started as their image says. */
function wordsOf(starts: Running['starts']): string {
  if (!starts) return '';
  const { command = [], args = [] } = starts;
  return command.length + args.length === 0 ? '=' : JSON.stringify([command, args]);
}

type Counting = Readonly<{ cohort: Cohort; moments: Moments | undefined; runtime: string | undefined }>;

function count(groups: Map<string, Group>, image: Running, { cohort, moments, runtime }: Counting): void {
  const key = sameness(image);
  const known = groups.get(key);
  const group = known ?? emptyGroup(image);
  if (!known) groups.set(key, group);
  group.instances += cohort.pods;
  group.ended += moments?.ended ?? 0;
  group.cohorts.push(cohort);
  if (runtime !== undefined) group.runtimes.add(runtime);
  group.since = firstOf(group.since, moments?.since);
  group.locator = firstOf(group.locator, image.locator) ?? image.locator;
  group.finishedAt = lastOf(group.finishedAt, moments?.finishedAt);
}

function emptyGroup(image: Running): Group {
  const { locator } = image;
  return { image, cohorts: [], runtimes: new Set(), instances: 0, ended: 0, since: undefined, finishedAt: undefined, locator };
}

function counted({ image, instances, cohorts, runtimes, since, ended, finishedAt, locator }: Group): Running {
  return {
    ...image,
    // Once for equal instances, which until then are told apart by what is written.
    starts: image.starts && redactStarts(image.starts),
    instances,
    nodes: new Set(cohorts.flatMap(({ nodes }) => nodes)).size,
    runtime: [...runtimes].toSorted(byText).join(', ') || undefined,
    since,
    finishedAt: ended === instances ? finishedAt : undefined,
    locator,
  };
}
