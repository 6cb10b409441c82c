import type { Digest } from '../domain/digest.ts';
import { formatImageReference, type ImageReference } from '../domain/image-reference.ts';
import type { Observation, RunningImage } from '../domain/observation.ts';
import { slotKey } from '../domain/place.ts';
import type { Plan } from '../domain/plan.ts';
import type { Recording } from '../domain/recording.ts';
import { lineOf } from '../inventory/image-class.ts';

/** An image that may go to an environment, with the digest it resolves to. */
export type Candidate = Readonly<{ image: ImageReference; digest: Digest; environment: string }>;

/** The recordings with one more at their end, in which every container of the candidates' lines runs its candidate; and their slots. */
export type Rehearsed = Readonly<{ recordings: readonly Recording[]; slots: readonly string[] }>;

const SECOND_MS = 1000;

/**
 * What would be recorded right after a deployment. A candidate whose line runs nowhere in its environment yet gets a slot of its own,
 * named for its repository.
 */
export function asIfDeployed(recordings: readonly Recording[], candidates: readonly Candidate[], plan: Plan): Rehearsed {
  const newest = recordings.toSorted((a, b) => (a.takenAt.to < b.takenAt.to ? -1 : 1)).at(-1);
  if (!newest) return { recordings, slots: [] };
  const to = new Date(Date.parse(newest.takenAt.to) + SECOND_MS).toISOString();
  const replaced = new Map<string, RunningImage>();
  for (const candidate of candidates)
    for (const image of imagesFor(candidate, newest.observations, plan)) replaced.set(slotKey(image), deployed(image, candidate, to));
  const kept = newest.observations.filter((seen) => seen.kind !== 'running-image' || !replaced.has(slotKey(seen)));
  const next: Recording = {
    takenAt: { from: to, to },
    digest: `as if deployed after ${newest.digest}`,
    observations: [...kept, ...replaced.values()],
  };
  return { recordings: [...recordings, next], slots: [...replaced.keys()].toSorted() };
}

/** The containers of the environment that run the candidate's line now; one that is made up where there are none. */
function imagesFor({ image, digest, environment }: Candidate, observations: readonly Observation[], plan: Plan): readonly RunningImage[] {
  const line = lineOf(image, plan);
  const running = observations.filter((seen) => seen.kind === 'running-image').filter((seen) => seen.environment === environment);
  const ofLine = running.filter(({ declared, injected }) => !injected && lineOf(declared.spec, plan) === line);
  if (ofLine.length > 0) return ofLine;
  const [platform] = running.flatMap((seen) => seen.platform ?? []);
  return [madeUp({ image, digest, environment }, platform)];
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

function deployed(image: RunningImage, { image: { registry, repository }, digest }: Candidate, at: string): RunningImage {
  const { revision: _revision, since: _since, finishedAt: _finishedAt, ...kept } = image;
  const spec = { registry, repository, digest };
  return {
    ...kept,
    at,
    declared: { spec },
    reported: formatImageReference(spec),
    digest,
    digestRole: 'unknown',
    phase: 'running',
    rollout: 'settled',
  };
}
