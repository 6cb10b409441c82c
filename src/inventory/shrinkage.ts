import type { Recording } from '../domain/recording.ts';
import { groupBy } from '../domain/order.ts';
import { rankOf } from './pairing.ts';
import type { Sighting, World } from './world.ts';

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
  const before = new Set(earlier.filter((names) => [...names].some((name) => newest?.has(name))).flatMap((names) => [...names]));
  return [...before]
    .filter((name) => !newest?.has(name))
    .toSorted()
    .map((name) => ({ what: 'source', name, before: 1, now: 0 }));
}

/** Of every environment and cluster on the path, its slots in the last two recordings that saw it. */
function shrunkPlaces({ sightings, plan }: World): Shrinkage[] {
  const onPath = sightings.filter(({ image }) => rankOf(image.environment, plan) >= 0);
  const places = groupBy(onPath, ({ image }) => `${image.environment}/${image.workload.cluster}`);
  return [...places.keys()].toSorted().flatMap((name) => {
    const counts = [...groupBy(places.get(name) ?? [], ({ recording }) => String(recording).padStart(6, '0'))].toSorted(([a], [b]) =>
      a < b ? -1 : 1,
    );
    const [before, now] = counts.slice(-2).map(([, seen]) => slotsIn(seen));
    return before !== undefined && now !== undefined && now < before * (1 - TOLERATED)
      ? [{ what: 'population', name, before, now } as const]
      : [];
  });
}

function slotsIn(sightings: readonly Sighting[]): number {
  return new Set(sightings.map(({ slot }) => slot)).size;
}
