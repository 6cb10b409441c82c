import type { DeclaredImage, Observation, RunningImage } from '../domain/observation.ts';
import type { Plan } from '../domain/plan.ts';
import type { Recording } from '../domain/recording.ts';
import { placeOf, rankOf } from './pairing.ts';
import type { World } from './world.ts';

/** What an earlier recording had and the newest has not, though nobody said that it was gone (SEMANTICS 39). */
export type Shrinkage = Readonly<{ what: 'source' | 'population'; name: string; before: number; now: number }>;

const TOLERATED = 0.2;

/** Sources dropped since the recording before, and places whose slots became fewer by more than a fifth. */
export function shrinkageOf(world: World): readonly Shrinkage[] {
  return [...droppedSources(world.recordings), ...shrunkPlaces(world)];
}

function droppedSources(recordings: readonly Recording[]): Shrinkage[] {
  const named = recordings.map(
    ({ observations }) => new Set(observations.flatMap((seen) => (seen.kind === 'expected' ? [seen.scope.source] : []))),
  );
  const [newest, ...earlier] = named.toReversed();
  // Recordings that share no source are of different collections: one a cluster, say.
  const before = earlier.find((names) => [...names].some((name) => newest?.has(name))) ?? new Set<string>();
  return [...before]
    .filter((name) => !newest?.has(name))
    .toSorted()
    .map((name) => ({ what: 'source', name, before: 1, now: 0 }));
}

/** Of every environment and cluster on the path, its slots in the last two recordings that saw it, or listed it and saw nothing. */
function shrunkPlaces(world: World): readonly Shrinkage[] {
  const populations = world.recordings.map(({ observations }) => slotsByPlace(observations, world.plan));
  const names = [...new Set(populations.flatMap((population) => [...population.keys()]))].toSorted();
  return names.flatMap((name) => {
    const [environment, cluster] = name.split('/');
    const counts = populations.flatMap((population, recording) => {
      const slots = population.get(name)?.size;
      const isListed = slots !== undefined || world.silenceIn(recording, { of: 'running-image', environment, cluster }).covered;
      return isListed ? [slots ?? 0] : [];
    });
    const [before, now] = counts.slice(-2);
    return before !== undefined && now !== undefined && now < before * (1 - TOLERATED)
      ? [{ what: 'population', name, before, now } as const]
      : [];
  });
}

/** What is scaled to zero is still there; what has finished was never to stay. */
function slotsByPlace(observations: readonly Observation[], plan: Plan): ReadonlyMap<string, ReadonlySet<string>> {
  const places = new Map<string, Set<string>>();
  for (const seen of observations) {
    if (!isStanding(seen) || rankOf(seen.environment, plan) < 0) continue;
    const declared = seen.kind === 'running-image' ? seen.declared.spec : seen.declared;
    const name = `${seen.environment}/${seen.workload.cluster}`;
    const { key } = placeOf({ ...seen, declared: { spec: declared } }, plan);
    places.set(name, (places.get(name) ?? new Set()).add(key));
  }
  return places;
}

function isStanding(seen: Observation): seen is RunningImage | DeclaredImage {
  if (seen.kind === 'declared-image') return seen.because === 'idle';
  return seen.kind === 'running-image' && seen.role !== 'ephemeral' && seen.phase !== 'completed' && seen.phase !== 'failed';
}
