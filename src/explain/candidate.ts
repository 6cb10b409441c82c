import type { Digest } from '../domain/digest.ts';
import { formatImageReference, type ImageReference } from '../domain/image-reference.ts';
import type { DeclaredImage, Observation, RunningImage } from '../domain/observation.ts';
import { groupBy } from '../domain/order.ts';
import type { Plan } from '../domain/plan.ts';
import type { Recording } from '../domain/recording.ts';
import { AuditError } from '../error.ts';
import type { Closure } from '../inventory/closure.ts';
import { lineOf } from '../inventory/image-class.ts';
import { openWorld } from '../inventory/open-world.ts';
import { sceneOf } from '../inventory/scene.ts';
import type { World } from '../inventory/world.ts';

/** An image that may go to an environment, with the digest it resolves to, and the container of a manifest that is to run it. */
export type Candidate = Readonly<{
  image: ImageReference;
  /** Not known of what others build, and only there. */
  digest?: Digest | undefined;
  environment: string;
  manifest?: DeclaredImage;
}>;

/** A slot that a candidate goes to. */
export type Destination = Readonly<{
  where: string;
  candidate: Candidate;
  /** It runs the candidate already. */
  isThere: boolean;
  /** Nothing of its line was seen in the environment, or its manifest adds it: the slot is made up. */
  invented: boolean;
  /** The platforms of the nodes that it runs on. */
  nodes: readonly string[];
  /** Those of them that the candidate holds nothing for. */
  unfit: readonly string[];
}>;

/** The recordings with one more at their end, in which every container of the candidates' lines runs its candidate; and their slots. */
export type Rehearsed = Readonly<{ recordings: readonly Recording[]; destinations: readonly Destination[]; closure: Closure }>;

type Landing = Omit<Destination, 'nodes' | 'unfit'> & Readonly<{ image: RunningImage }>;

/**
 * What would be recorded right after a deployment. A candidate whose line runs nowhere in its environment yet gets a slot of its own,
 * named for its repository; a slot that runs its candidate already stays as it is.
 */
export function asIfDeployed(recordings: readonly Recording[], candidates: readonly Candidate[], plan: Plan): Rehearsed {
  const world = openWorld(recordings, plan);
  const { closure } = world;
  const running = sceneOf(world).map(({ image }) => image);
  const landings = candidates.flatMap((candidate) => landingsOf(candidate, running, world));
  refuseTwoInOne(landings);
  const destinations = [...groupBy(landings, ({ where }) => where).values()].map((group) => destinationOf(group, closure));
  const newest = world.recordings.at(-1);
  const isNothingNew = newest === undefined || landings.every(({ isThere }) => isThere);
  return { recordings: isNothingNew ? recordings : [...recordings, after(newest, running, landings, world)], destinations, closure };
}

/** Manifests without a namespace may meet others in the one where they run now. */
function refuseTwoInOne(landings: readonly Landing[]): void {
  for (const [where, group] of groupBy(landings, (landing) => landing.where)) {
    const [first, other] = new Set(group.flatMap(({ candidate: { manifest } }) => manifest?.origin.locator ?? []));
    if (other === undefined) continue;
    throw new AuditError('USAGE', `${first} and ${other} both go to ${where}`, {
      hint: 'Render the manifests with the namespaces that they go to.',
    });
  }
}

function destinationOf(landings: readonly Landing[], closure: Closure): Destination {
  // A group has at least the one that opened it.
  const [{ where, candidate, isThere, invented }] = landings as readonly [Landing, ...Landing[]];
  const nodes = new Set(landings.flatMap(({ image }) => image.platform ?? []));
  const unfit = landings.filter((landing) => isUnfit(landing, closure)).flatMap(({ image }) => image.platform ?? []);
  return { where, candidate, isThere, invented, nodes: [...nodes].toSorted(), unfit: [...new Set(unfit)].toSorted() };
}

/** A node that runs another platform's image now emulates it, and may do so again. */
function isUnfit({ image: { platform, digest, declared }, candidate, isThere, invented }: Landing, { isFor }: Closure): boolean {
  if (isThere || platform === undefined || candidate.digest === undefined || isFor(candidate.digest, platform) !== false) return false;
  const now = digest ?? declared.spec.digest;
  return invented || now === undefined || isFor(now, platform) !== false;
}

/** The containers that a candidate goes to; one that is made up where there are none. */
function landingsOf(candidate: Candidate, running: readonly RunningImage[], world: World): readonly Landing[] {
  const { slotOf } = world;
  const here = running.filter(({ environment, injected }) => environment === candidate.environment && !injected);
  const targets = candidate.manifest ? inPlaceOf(candidate.manifest, here) : ofLine(candidate, here, world);
  const others = new Set(targets.filter((image) => !doesRun(image, candidate)).map(slotOf));
  const found = targets.map((image) => ({ where: slotOf(image), candidate, isThere: !others.has(slotOf(image)), invented: false, image }));
  if (found.length > 0) return found;
  const image = madeUp(candidate, here, world);
  return [{ where: slotOf(image), candidate, isThere: false, invented: true, image }];
}

function ofLine(candidate: Candidate, here: readonly RunningImage[], { plan }: World): readonly RunningImage[] {
  const line = lineOf(candidate.image, plan);
  return here.filter(({ declared }) => lineOf(declared.spec, plan) === line);
}

/** Manifests know of no cluster; one that names no namespace is put into whichever it is applied to. */
function inPlaceOf({ workload, container, role }: DeclaredImage, here: readonly RunningImage[]): readonly RunningImage[] {
  const alike = here.filter((image) => {
    const { kind, name } = image.workload;
    return kind === workload.kind && name === workload.name && image.container === container && isVolume(image) === isVolume({ role });
  });
  const found = alike.filter((image) => image.workload.namespace === workload.namespace);
  return found.length === 0 && workload.namespace === 'default' ? alike : found;
}

function isVolume({ role }: Pick<RunningImage, 'role'>): boolean {
  return role === 'volume';
}

function doesRun({ digest, declared, starts }: RunningImage, candidate: Candidate): boolean {
  const { manifest } = candidate;
  const isDeclared = !manifest || formatImageReference(manifest.declared) === formatImageReference(declared.spec);
  const isStarted = !manifest || JSON.stringify(manifest.starts) === JSON.stringify(starts);
  const isSame = candidate.digest === undefined || digest === candidate.digest || declared.spec.digest === candidate.digest;
  return isDeclared && isStarted && isSame;
}

function madeUp(candidate: Candidate, here: readonly RunningImage[], { closure: { isFor } }: World): RunningImage {
  const { image, environment, manifest, digest } = candidate;
  const name = image.repository.split('/').at(-1) ?? image.repository;
  const nodes = here.flatMap(({ platform }) => platform ?? []);
  const platform = nodes.find((node) => digest === undefined || isFor(digest, node) !== false) ?? nodes[0];
  return {
    kind: 'running-image',
    at: '',
    origin: { source: 'check', locator: formatImageReference(image) },
    environment,
    workload: { cluster: 'new', namespace: 'new', kind: 'Deployment', name },
    container: name,
    role: 'app',
    labels: {},
    declared: { spec: image },
    reported: '',
    digestRole: 'unknown',
    ...(platform ? { platform } : {}),
    phase: 'running',
    ready: true,
    instances: 1,
    rollout: 'settled',
    injected: false,
    ...(manifest ? addedBy(manifest, here) : {}),
  };
}

/** Of a manifest everything is known but the cluster, and that too where the environment has one. */
function addedBy({ workload, container, role, labels }: DeclaredImage, here: readonly RunningImage[]) {
  const [cluster = 'new', ...others] = new Set(here.map((image) => image.workload.cluster));
  return { workload: { ...workload, cluster: others.length > 0 ? 'new' : cluster }, container, role, labels };
}

/**
 * The newest recording, with what lands in place of what ran there. It is dated as the newest is: of what came later nothing is known,
 * and a coverage that reached until then still does; its name puts it behind every other of that time.
 */
function after(newest: Recording, running: readonly RunningImage[], landings: readonly Landing[], world: World): Recording {
  const { takenAt, digest, only, observations } = newest;
  const moved = landings.filter(({ isThere }) => !isThere);
  const slots = new Set(moved.map(({ where }) => where));
  const clusters = new Set(landings.map(({ image }) => clusterOf(image)));
  const workloads = new Set(moved.map(({ image }) => workloadOf(image)));
  // Recordings may be of a cluster each: what runs beside a destination may be in an earlier one.
  const beside = running.filter((image) => clusters.has(clusterOf(image)) && !slots.has(world.slotOf(image)));
  const manifests = moved.flatMap(({ candidate: { manifest } }) => manifest ?? []);
  const said = new Set(moved.flatMap(({ candidate: { manifest }, image }) => (manifest ? [containerOf(image)] : [])));
  const kept = observations.filter((seen) => {
    if (seen.kind === 'declared-image') return seen.because !== 'manifest' || !said.has(containerOf(seen));
    if (seen.kind !== 'running-image') return isOfEverything(seen);
    if (seen.role === 'ephemeral') return !workloads.has(workloadOf(seen));
    return !clusters.has(clusterOf(seen));
  });
  return {
    takenAt,
    digest: `~ as if deployed after ${digest}`,
    ...(only ? { only } : {}),
    observations: [...kept, ...manifests, ...beside.map(asOfNow), ...landed(moved, takenAt.to)],
  };
}

/** What has finished, and counts now, would be history in one recording more. */
function asOfNow({ finishedAt: _finishedAt, ...image }: RunningImage): RunningImage {
  return image;
}

/** What was listed of wanted digests alone was listed of those that ran: nobody asked for the candidate's. */
function isOfEverything(seen: Observation): boolean {
  return seen.kind !== 'coverage' || seen.scope.only === undefined;
}

function clusterOf({ environment, workload }: RunningImage): string {
  return `${environment} ${workload.cluster}`;
}

function workloadOf({ environment, workload: { cluster, namespace, kind, name } }: RunningImage): string {
  return [environment, cluster, namespace, kind, name].join(' ');
}

/** What a manifest speaks of, in whatever cluster. */
function containerOf({ environment, workload: { namespace, kind, name }, container }: DeclaredImage | RunningImage): string {
  return [environment, namespace, kind, name, container].join(' ');
}

/** One image for each platform that a slot runs on. */
function landed(moved: readonly Landing[], at: string): readonly RunningImage[] {
  const images = moved.map((landing) => [`${landing.where} ${landing.image.platform}`, deployed(landing, at)] as const);
  return [...new Map(images).values()];
}

function deployed({ image, candidate }: Landing, at: string): RunningImage {
  const { revision: _revision, since: _since, finishedAt: _finishedAt, digest: _digest, ...kept } = image;
  const {
    manifest,
    digest,
    image: { registry, repository },
  } = candidate;
  const pulled = { registry, repository, ...(digest ? { digest } : {}) };
  return {
    ...kept,
    at,
    declared: manifest ? { template: manifest.declared, spec: manifest.declared } : { spec: pulled },
    ...(manifest ? { role: manifest.role, starts: manifest.starts } : {}),
    reported: digest ? formatImageReference(pulled) : '',
    ...(digest ? { digest } : {}),
    digestRole: 'unknown',
    // What is known of a channel alone stays so: nobody will have seen it run.
    phase: image.phase === 'published' ? 'published' : 'running',
    rollout: 'settled',
  };
}
