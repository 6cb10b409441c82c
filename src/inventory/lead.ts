import { DAY_MS } from '../domain/day.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { Observation } from '../domain/observation.ts';
import { remember, rememberPair, sortedBy } from '../domain/order.ts';
import { allRead } from './all-read.ts';
import { type Artifact, isResolved } from './artifact.ts';
import { CLOCK_TOLERANCE_MS } from './clock-tolerance.ts';
import { compareIn } from './compare.ts';
import { listedNow } from './history.ts';
import { isEquivalent, isOneArtifact } from './identity.ts';
import { madeTimes } from './made-times.ts';
import { rehearsalOf } from './rehearsal.ts';
import { type Identified, isIdentified, type Row } from './row.ts';
import type { Sighting, World } from './world.ts';

/** Why there is nothing to compare a row with upstream, or that it needs no comparing. */
export type NotCompared = 'no-counterpart' | 'idle' | 'same' | 'same-source';

/** How what a row runs was made before or after what its counterpart runs now, by everybody who dates them. */
export type Compared = Readonly<{
  is: 'newer' | 'older';
  other: Artifact;
  place: string;
  made: string;
  otherMade: string;
  /** Whether the counterpart ran what the row runs, before it ran this. */
  ranUpstream: boolean;
}>;

/** Compares the age of what a row runs with that of what its counterparts run now. */
export function leadOf(world: World, row: Row): Known<Compared | NotCompared> {
  if (!isIdentified(row)) return unknown(row.missing ?? 'no-digest');
  if (!listedNow(world, row)) return unknown('upstream-not-listed');
  if (row.counterparts.length === 0) return known('no-counterpart', row.running);
  const now = upstreamNow(world, row);
  if (now.length === 0) return known('idle', row.running);
  return compareWith(world, row, now);
}

function upstreamNow(world: World, { counterparts, lines }: Row): readonly Sighting[] {
  const newest = world.recordings.length - 1;
  const isNow = ({ recording, image, line }: Sighting) => recording === newest && image.phase !== 'waiting' && lines.includes(line);
  const now = counterparts.flatMap(({ key }) => (world.sightingsIn.get(key) ?? []).filter(isNow));
  return sortedBy(now, ({ slot, artifact, image }) => `${slot} ${artifact?.key ?? ''} ${image.origin.locator}`);
}

type Order = Compared['is'] | 'same' | 'same-source' | 'content-unknown' | 'order-of-builds-not-known';

/** Of several artifacts upstream each has to say the same: during a rollout nothing is ahead of anything. */
function compareWith(world: World, row: Identified, now: readonly Sighting[]): Known<Compared | NotCompared> {
  const orders = now.map(({ artifact }) => (artifact ? ordersOf(world, row.artifact)(artifact) : 'content-unknown'));
  for (const is of ['same', 'content-unknown', 'order-of-builds-not-known', 'same-source'] as const)
    if (orders.includes(is)) return is === 'same' || is === 'same-source' ? known(is, cited(now)) : unknown(is);
  const [is] = new Set(orders);
  const [first] = now;
  if (new Set(orders).size > 1 || !first?.artifact || (is !== 'newer' && is !== 'older')) return unknown('order-of-builds-not-known');

  const ranUpstream = row.counterparts.some(({ key }) => world.sightingsAt(row.artifact, key).length > 0);
  const [mine, theirs] = [madeTimes(world, row.artifact), madeTimes(world, first.artifact)];
  const made = { made: mine[0] ?? '', otherMade: theirs[0] ?? '' };
  return known({ is, other: first.artifact, place: first.slot, ...made, ranUpstream }, cited(now));
}

const cited = (now: readonly Sighting[]): Observation[] => now.map(({ image }) => image);

/** Many rows run one artifact, below one other. */
const ordersOf = rememberPair((world: World, mine: Artifact) =>
  remember(
    (theirs: Artifact) => theirs,
    (theirs: Artifact) => orderOf(world, mine, theirs),
  ),
);

/** Every time of the one before every time of the other, beyond what clocks may differ; else nobody knows. */
function orderOf(world: World, mine: Artifact, theirs: Artifact): Order {
  if (mine.key === theirs.key) return 'same';
  if (!isResolved(mine) || !isResolved(theirs)) return 'content-unknown';
  const rung = compareIn(world, mine, theirs)?.rung;
  if (rung && (isOneArtifact(rung) || isEquivalent(rung))) return 'same';
  const keys = world.sourceOf(theirs)?.keys ?? [];
  const isRelease = world.closure.otherMembersOf(mine).some(({ key }) => key === theirs.key);
  if (isRelease || world.sourceOf(mine)?.keys.some((key) => keys.includes(key))) return 'same-source';

  const [a, b] = [madeTimes(world, mine).map(Date.parse), madeTimes(world, theirs).map(Date.parse)];
  if (a.length === 0 || b.length === 0) return 'order-of-builds-not-known';
  if (Math.min(...a) - Math.max(...b) > CLOCK_TOLERANCE_MS) return 'newer';
  return Math.min(...b) - Math.max(...a) > CLOCK_TOLERANCE_MS ? 'older' : 'order-of-builds-not-known';
}

/** What upstream has proven and a row has not taken: since when, and for how many whole days at least; `not-proven` where it has no evidence. */
export type Waiting = Readonly<{ other: Artifact; place: string; since: string; days: number; by: string }>;

/** What waits upstream to be promoted to a row: newer than what it runs, there now, and with counting evidence. */
export function waitingFor(world: World, row: Row): Known<Waiting | NotCompared | 'not-behind' | 'not-proven'> {
  const compared = leadOf(world, row);
  if (!compared.known) return compared;
  const { value } = compared;
  if (typeof value === 'string') return known(value, compared.evidence);
  if (value.is === 'newer') return known('not-behind', compared.evidence);

  const rehearsal = rehearsalOf(world, value.other, row);
  if (rehearsal) {
    const days = Math.floor((Date.parse(world.recordings.at(-1)?.takenAt.to ?? '') - Date.parse(rehearsal.at)) / DAY_MS);
    const waiting = { other: value.other, place: value.place, since: rehearsal.at, days, by: rehearsal.upstream };
    return known(waiting, [...compared.evidence, ...rehearsal.evidence]);
  }
  const read = isIdentified(row) ? allRead(world, row, ['test', 'content']) : undefined;
  return read && !read.known ? read : known('not-proven', compared.evidence);
}
