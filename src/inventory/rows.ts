import type { RunningImage } from '../domain/observation.ts';
import { byKey, groupBy } from '../domain/order.ts';
import { rankOf } from './pairing.ts';
import type { Row } from './row.ts';
import { artifactRunBy, type Sighting, type World } from './world.ts';

/** Every downstream row of the scene: slot × artifact, sorted by slot and artifact. */
export function rowsOf(world: World): readonly Row[] {
  const downstream = sceneOf(world).filter(({ image }) => rankOf(image.environment, world.plan) > 0);
  const bySlot = groupBy(downstream, ({ slot }) => slot);
  const rows = [...bySlot.values()].flatMap((sightings) => {
    const started = sightings.filter(({ image }) => image.phase !== 'waiting');
    const judged = started.length > 0 ? started : sightings;
    return [...groupBy(judged, artifactKeyOf).values()].map((group) => toRow(world, group));
  });
  return rows.toSorted(byKey(({ where, artifact }) => `${where} ${artifact?.key ?? ''}`));
}

/** Slots that only upstream environments have: they have no standing, and are counted. */
export function upstreamOnlyOf(world: World): number {
  const counterparts = new Set<string>();
  for (const slot of world.slots.values()) for (const { key } of world.pairing.counterpartsOf(slot)) counterparts.add(key);
  const upstream = sceneOf(world).filter(({ image }) => rankOf(image.environment, world.plan) === world.plan.promotion.length - 2);
  return new Set(upstream.map(({ slot }) => slot).filter((slot) => !counterparts.has(slot))).size;
}

function artifactKeyOf({ artifact, image }: Sighting): string {
  return artifact?.key ?? `unknown ${image.digest ?? ''} ${image.platform ?? ''}`;
}

/** The newest recording of each environment and cluster, whether it saw something there or says it could not look. */
function sceneOf(world: World): readonly Sighting[] {
  const newest = new Map<string, number>();
  const all = [...world.sightingsIn.values()].flat();
  const places = new Map(all.map(({ image }) => [placeOf(image), image]));
  for (const [place, image] of places) newest.set(place, newestLookAt(world, image));
  return all.filter(({ image, recording }) => recording === newest.get(placeOf(image)));
}

function placeOf({ environment, workload }: RunningImage): string {
  return `${environment} ${workload.cluster}`;
}

function newestLookAt({ recordings }: World, { environment, workload }: RunningImage): number {
  return recordings.findLastIndex(({ observations }) =>
    observations.some((seen) => {
      if (seen.kind === 'running-image') return seen.environment === environment && seen.workload.cluster === workload.cluster;
      if (seen.kind !== 'coverage' && seen.kind !== 'gap' && seen.kind !== 'expected') return false;
      const { environment: there = environment, cluster = workload.cluster } = seen.scope;
      return seen.of === 'running-image' && there === environment && cluster === workload.cluster;
    }),
  );
}

function toRow(world: World, group: readonly Sighting[]): Row {
  const [{ slot, line, image, artifact }] = group as readonly [Sighting, ...Sighting[]];
  const found = artifact ?? artifactRunBy(image, world.closure);
  return {
    where: slot,
    environment: image.environment,
    workload: image.workload,
    container: image.container,
    line,
    artifact,
    missing: typeof found === 'string' ? found : undefined,
    running: group.map((sighting) => sighting.image),
    instances: group.reduce((sum, sighting) => sum + sighting.image.instances, 0),
    last: rankOf(image.environment, world.plan) === world.plan.promotion.length - 1,
  };
}
