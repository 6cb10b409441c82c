import { formatImageReference, parseImageReference } from '../domain/image-reference.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { Observation, RunningImage } from '../domain/observation.ts';
import { sortedBy } from '../domain/order.ts';
import { type Artifact, isResolved } from './artifact.ts';
import { lineOf } from './image-class.ts';
import { buildsOfArtifact } from './origin.ts';
import type { Row } from './row.ts';
import { skewBetween } from './skew.ts';
import type { Sighting, World } from './world.ts';

/** One tag that two environments resolved to two artifacts, and when the later one was pushed. */
export type Race = Readonly<{
  tag: string;
  upstream: string;
  rehearsed: string;
  rehearsedAt: string;
  running: string;
  runningAt: string;
  pushedAt: string;
}>;

/** Why there is no race: one artifact, a digest instead of a tag, another name upstream, or nothing that was pushed in between. */
export type NoRace = 'same' | 'pinned' | 'other-name' | 'not-between';

/**
 * Whether what runs was pushed to its tag after upstream had started what it got by that tag. A container starts after its pull, so
 * that what was pushed after the start upstream was not there to be pulled.
 */
export function raceOf(world: World, row: Row): Known<Race | NoRace> {
  const mine = row.running.find(({ declared }) => !declared.spec.digest);
  if (!mine) return known('pinned', row.running);
  const tag = tagOf(world, mine) ?? formatImageReference(mine.declared.spec);
  const theirs = row.counterparts.flatMap(({ key }) => world.sightingsIn.get(key) ?? []).filter(({ image }) => tagOf(world, image) === tag);
  const [upstream] = sortedBy(theirs, ({ image, slot }) => `${image.since ?? '~'} ${slot} ${image.digest}`).toReversed();
  if (!upstream) return known('other-name', row.running);
  if (!row.artifact || !upstream.artifact) return unknown(row.missing ?? 'content-unknown');
  if (upstream.artifact.key === row.artifact.key) return known('same', [upstream.image]);
  if (!isResolved(row.artifact) || !isResolved(upstream.artifact)) return unknown('content-unknown');
  if (mine.since === undefined || upstream.image.since === undefined) return unknown('start-not-known');
  return landedBetween(world, { tag, mine, upstream, artifact: row.artifact });
}

type Push = Readonly<{ at: string; seen: Observation }>;
type Pair = Readonly<{ tag: string; mine: RunningImage; upstream: Sighting; artifact: Artifact }>;

function landedBetween(world: World, { tag, mine, upstream, artifact }: Pair): Known<Race | NoRace> {
  const { since: rehearsedAt = '', digest: rehearsed = '' } = upstream.image;
  const { since: runningAt = '', digest: running = artifact.digest } = mine;
  const pushes = pushesOf(world, artifact);
  if (pushes.length === 0) return unknown('push-not-known');
  // Copied and pushed again, it was there all the same since its first push.
  const [first] = sortedBy(pushes, ({ at, seen }) => `${at} ${seen.kind} ${seen.origin.locator}`);
  const pushedAt = first?.at ?? '';
  const evidence = [upstream.image, ...pushes.map(({ seen }) => seen)];
  if (first && mayBeReversed(world, first, upstream.image)) return unknown('clocks-differ');
  if (first && mayBeReversed(world, first, mine)) return unknown('clocks-differ');
  if (pushedAt <= rehearsedAt || pushedAt > runningAt) return known('not-between', evidence);
  return known({ tag, upstream: upstream.slot, rehearsed, rehearsedAt, running, runningAt, pushedAt }, evidence);
}

/** Whether the clocks that dated a push and a start are known to differ by more than the two lie apart. */
function mayBeReversed(world: World, { at, seen }: Push, started: RunningImage): boolean {
  const skewMs = skewBetween(world, seen, started);
  return skewMs > 0 && Math.abs(Date.parse(at) - Date.parse(started.since ?? '')) <= skewMs;
}

function pushesOf(world: World, artifact: Artifact): readonly Push[] {
  const held = [artifact.manifest, artifact.index].filter((one) => one !== undefined);
  const listed = world.presences.pushesOf(held.map(({ digest }) => digest));
  const dated = [...held, ...listed, ...buildsOfArtifact(world, artifact)];
  return dated.flatMap((seen) => (seen.pushedAt === undefined ? [] : [{ at: seen.pushedAt, seen }]));
}

/** A tag after mirrors; a reference without one is pulled as `latest`. */
function tagOf({ plan }: World, { declared: { spec } }: RunningImage): string | undefined {
  if (spec.digest) return undefined;
  const line = parseImageReference(lineOf(spec, plan)) ?? spec;
  return formatImageReference({ registry: line.registry, repository: line.repository, tag: spec.tag ?? 'latest' });
}
