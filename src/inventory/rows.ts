import type { RunningImage } from '../domain/observation.ts';
import { byKey, groupBy } from '../domain/order.ts';
import { isPlacedIn } from '../domain/place.ts';
import { artifactRead } from './artifact-run.ts';
import { linesAkin, rankOf } from './pairing.ts';
import type { Row } from './row.ts';
import { sceneOf } from './scene.ts';
import type { Sighting, World } from './world.ts';

/** What there is to judge, and what is counted beside it. */
export type Population = Readonly<{
  /** Slot × artifact, downstream, sorted. */
  rows: readonly Row[];
  /** Downstream slots where something waits to start beside what runs. */
  pending: readonly string[];
  /** Downstream slots that are declared and run nothing. */
  idle: readonly string[];
  /** How many slots only upstream environments have. */
  upstreamOnly: number;
}>;

/** Every downstream row of what runs now. */
export function populationOf(world: World): Population {
  const scene = sceneOf(world);
  const downstream = scene.filter(({ image, slot }) => rankOf(image.environment, world.plan) > 0 && isAsked(world, slot));
  const bySlot = groupBy(downstream, ({ slot }) => slot);
  const rows = [...bySlot.values()].flatMap((sightings) => rowsOfSlot(world, sightings));
  const pending = [...bySlot].filter(([, sightings]) => new Set(sightings.map(({ image }) => image.phase === 'waiting')).size > 1);
  return {
    rows: rows.toSorted(byKey(({ where, artifact, running }) => `${where} ${artifact?.key ?? running[0]?.reported ?? ''}`)),
    pending: pending.map(([slot]) => slot).toSorted(),
    idle: idleOf(world, bySlot),
    upstreamOnly: upstreamOnlyOf(world, scene),
  };
}

function isAsked({ plan }: World, slot: string): boolean {
  return plan.only.length === 0 || plan.only.some((pattern) => isPlacedIn(slot, pattern));
}

/** What waits beside something that runs is no row: what never started is not what runs. */
function rowsOfSlot(world: World, sightings: readonly Sighting[]): Row[] {
  const started = sightings.filter(({ image }) => image.phase !== 'waiting' && image.phase !== 'published');
  const judged = started.length > 0 ? started : sightings;
  return [...groupBy(judged, artifactKeyOf).values()].map((group) => toRow(world, group, started.length === 0));
}

function artifactKeyOf({ artifact, image }: Sighting): string {
  return artifact?.key ?? `unknown ${image.digest ?? ''} ${image.platform ?? ''}`;
}

function toRow(world: World, group: readonly Sighting[], pending: boolean): Row {
  // A group has at least the one that opened it.
  const [{ slot, line, image, artifact }] = group as readonly [Sighting, ...Sighting[]];
  const found = artifact ?? artifactRead(image, world);
  const place = world.slots.get(slot);
  const published = group.every((sighting) => sighting.image.phase === 'published');
  const counterparts = place ? world.pairing.counterpartsOf(place).filter(({ key }) => published || !isChannel(world, key)) : [];
  return {
    where: slot,
    environment: image.environment,
    workload: place?.workload ?? image.workload,
    container: image.container,
    line,
    lines: linesAkin(line, counterparts, world.plan),
    counterparts,
    artifact,
    missing: typeof found === 'string' ? found : undefined,
    running: group.map((sighting) => sighting.image).toSorted(byKey(imageKey)),
    instances: group.reduce((sum, sighting) => sum + sighting.image.instances, 0),
    pending,
    published,
    last: rankOf(image.environment, world.plan) === world.plan.promotion.length - 1,
  };
}

/** What runs is compared with what ran, and not with what a channel merely publishes. */
function isChannel({ sightingsIn }: World, slot: string): boolean {
  return (sightingsIn.get(slot) ?? []).some(({ image }) => image.phase === 'published');
}

const imageKey = ({ workload, reported, phase, revision, origin }: RunningImage) =>
  [workload.namespace, workload.name, reported, phase, revision?.name ?? '', origin.locator].join(' ');

function idleOf({ declaredIn, plan }: World, running: ReadonlyMap<string, unknown>): string[] {
  const idle = [...declaredIn].filter(([slot, images]) => !running.has(slot) && images.some(({ because }) => because === 'idle'));
  return idle
    .filter(([, [image]]) => image && rankOf(image.environment, plan) > 0)
    .map(([slot]) => slot)
    .toSorted();
}

/** They have no standing, and are counted. */
function upstreamOnlyOf({ plan, pairing }: World, scene: readonly Sighting[]): number {
  const upstream = scene.filter(({ image }) => rankOf(image.environment, plan) === plan.promotion.length - 2);
  return new Set(upstream.map(({ slot }) => slot).filter((slot) => !pairing.isOnPath(slot))).size;
}
