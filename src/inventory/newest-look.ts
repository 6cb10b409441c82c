import type { Observation } from '../domain/observation.ts';
import { byKey, remember, rememberOf } from '../domain/order.ts';
import type { Recording } from '../domain/recording.ts';
import type { Coverage, Expected, Gap } from '../domain/statement.ts';
import { rankOf } from './pairing.ts';
import type { World } from './world.ts';

/** An environment, of one cluster where that is named, and when the newest recording that looked there ended. */
export type Look = Readonly<{ environment: string; cluster: string; at: string }>;

/** Of an environment of a cluster, the index of the newest recording that looked there; without a cluster, at any of it. */
export const openLooks = rememberOf((recordings: readonly Recording[]): ((environment: string, cluster: string) => number) => {
  const looks = recordings.map(({ observations }) => looksIn(observations));
  const newest = remember(
    ([environment, cluster]: readonly [string, string]) => `${environment} ${cluster}`,
    ([environment, cluster]: readonly [string, string]) => looks.findLastIndex((look) => look(environment, cluster)),
  );
  return (environment, cluster) => newest([environment, cluster]);
});

type IsSeen = (environment: string, cluster: string) => boolean;

/** Whether a recording looked at a place: it saw something there, or says that it was to. */
function looksIn(observations: readonly Observation[]): IsSeen {
  const seen = new Set<string>();
  const scopes: { environment: string | undefined; cluster: string | undefined }[] = [];
  for (const one of observations) {
    if (one.kind === 'running-image') seen.add(`${one.environment} ${one.workload.cluster}`).add(`${one.environment} `);
    if (isLook(one)) scopes.push({ environment: one.scope.environment, cluster: one.scope.cluster });
    // What channels publish lies in their registry, as in a cluster: one that publishes nothing any more was looked at, too.
    if (one.kind === 'coverage' && one.of === 'channel') scopes.push({ environment: one.scope.environment, cluster: one.scope.registry });
  }
  const isOr = (named: string | undefined, asked: string) => named === undefined || asked === '' || named === asked;
  return (environment, cluster) =>
    seen.has(`${environment} ${cluster}`) || scopes.some((scope) => isOr(scope.environment, environment) && isOr(scope.cluster, cluster));
}

/** A gap that names no place tells that somebody failed somewhere, and not that anybody looked here. */
function isLook(seen: Observation): seen is Expected | Coverage | Gap {
  if (seen.kind === 'gap') return seen.of === 'running-image' && (seen.scope.environment ?? seen.scope.cluster) !== undefined;
  return (seen.kind === 'coverage' || seen.kind === 'expected') && seen.of === 'running-image';
}

/** Every place of the path that was looked at, with the newest look. */
export function newestLooks(world: World): readonly Look[] {
  const { recordings } = world;
  const lookAt = openLooks(recordings);
  return placesOf(world)
    .map(({ environment, cluster }) => ({ environment, cluster, at: recordings[lookAt(environment, cluster)]?.takenAt.to ?? '' }))
    .toSorted(byKey(({ environment, cluster }) => `${environment} ${cluster}`));
}

/** One whose cluster nobody names is left out where another names it. */
function placesOf({ recordings, sightings, plan }: World): readonly Omit<Look, 'at'>[] {
  const expected = recordings.flatMap(({ observations }) => observations.filter((seen) => seen.kind === 'expected'));
  const asked = expected
    .filter(({ of }) => of === 'running-image')
    .map(({ scope: { environment = '', cluster = '' } }) => ({ environment, cluster }));
  const seen = sightings.map(({ image: { environment, workload } }) => ({ environment, cluster: workload.cluster }));
  const distinct = new Map([...asked, ...seen].map((place) => [`${place.environment} ${place.cluster}`, place]));
  const onPath = [...distinct.values()].filter(({ environment }) => rankOf(environment, plan) >= 0);
  const named = new Set(onPath.filter(({ cluster }) => cluster !== '').map(({ environment }) => environment));
  return onPath.filter(({ environment, cluster }) => cluster !== '' || !named.has(environment));
}
