import type { Digest } from '../domain/digest.ts';
import { formatImageReference, type ImageReference } from '../domain/image-reference.ts';
import type { Observation, RunningImage } from '../domain/observation.ts';
import { groupBy } from '../domain/order.ts';
import type { Plan } from '../domain/plan.ts';
import type { Recording } from '../domain/recording.ts';
import type { Closure } from '../inventory/closure.ts';
import { lineOf } from '../inventory/image-class.ts';
import { openWorld } from '../inventory/open-world.ts';
import { sceneOf } from '../inventory/scene.ts';
import type { World } from '../inventory/world.ts';

/** An image that may go to an environment, with the digest it resolves to. */
export type Candidate = Readonly<{ image: ImageReference; digest: Digest; environment: string }>;

/** A slot that a candidate goes to. */
export type Destination = Readonly<{
  where: string;
  candidate: Candidate;
  /** It runs the candidate already. */
  isThere: boolean;
  /** Nothing of its line was seen in the environment: the slot is made up. */
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
  const destinations = [...groupBy(landings, ({ where }) => where).values()].map((group) => destinationOf(group, closure));
  const newest = world.recordings.at(-1);
  const isNothingNew = newest === undefined || landings.every(({ isThere }) => isThere);
  return { recordings: isNothingNew ? recordings : [...recordings, after(newest, running, landings, world)], destinations, closure };
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
  if (isThere || platform === undefined || isFor(candidate.digest, platform) !== false) return false;
  const now = digest ?? declared.spec.digest;
  return invented || now === undefined || isFor(now, platform) !== false;
}

/** The containers of the environment that run the candidate's line now; one that is made up where there are none. */
function landingsOf(candidate: Candidate, running: readonly RunningImage[], { plan, slotOf, closure }: World): readonly Landing[] {
  const here = running.filter(({ environment }) => environment === candidate.environment);
  const line = lineOf(candidate.image, plan);
  const ofLine = here.filter(({ declared, injected }) => !injected && lineOf(declared.spec, plan) === line);
  const others = new Set(ofLine.filter((image) => !doesRun(image, candidate)).map(slotOf));
  const found = ofLine.map((image) => ({ where: slotOf(image), candidate, isThere: !others.has(slotOf(image)), invented: false, image }));
  if (found.length > 0) return found;
  const nodes = here.flatMap(({ platform }) => platform ?? []);
  const image = madeUp(candidate, nodes.find((node) => closure.isFor(candidate.digest, node) !== false) ?? nodes[0]);
  return [{ where: slotOf(image), candidate, isThere: false, invented: true, image }];
}

function doesRun({ digest, declared }: RunningImage, candidate: Candidate): boolean {
  return digest === candidate.digest || declared.spec.digest === candidate.digest;
}

function madeUp({ image, environment }: Candidate, platform: string | undefined): RunningImage {
  const name = image.repository.split('/').at(-1) ?? image.repository;
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
  };
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
  const kept = observations.filter((seen) => {
    if (seen.kind !== 'running-image') return isOfEverything(seen);
    if (seen.role === 'ephemeral') return !workloads.has(workloadOf(seen));
    return !clusters.has(clusterOf(seen));
  });
  return {
    takenAt,
    digest: `~ as if deployed after ${digest}`,
    ...(only ? { only } : {}),
    observations: [...kept, ...beside.map(asOfNow), ...landed(moved, takenAt.to)],
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

/** One image for each platform that a slot runs on. */
function landed(moved: readonly Landing[], at: string): readonly RunningImage[] {
  const images = moved.map((landing) => [`${landing.where} ${landing.image.platform}`, deployed(landing, at)] as const);
  return [...new Map(images).values()];
}

function deployed(
  {
    image,
    candidate: {
      image: { registry, repository },
      digest,
    },
  }: Landing,
  at: string,
): RunningImage {
  const { revision: _revision, since: _since, finishedAt: _finishedAt, ...kept } = image;
  const spec = { registry, repository, digest };
  return {
    ...kept,
    at,
    declared: { spec },
    reported: formatImageReference(spec),
    digest,
    digestRole: 'unknown',
    // What is known of a channel alone stays so: nobody will have seen it run.
    phase: image.phase === 'published' ? 'published' : 'running',
    rollout: 'settled',
  };
}
