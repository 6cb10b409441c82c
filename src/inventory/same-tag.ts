import { type Known, known, unknown } from '../domain/known.ts';
import { groupBy, indexBy, remember, sortedBy } from '../domain/order.ts';
import { type Artifact, isResolved } from './artifact.ts';
import { listedNow } from './history.ts';
import { lineOf } from './image-class.ts';
import { rankOf } from './pairing.ts';
import { type Identified, isIdentified, type Row } from './row.ts';
import type { Sighting, World } from './world.ts';

/** What else runs under the tag that a row is declared by, from another commit. */
export type OtherUnderTag = Readonly<{ tag: string; commit: string; place: string; other: Artifact; otherCommit: string }>;

/** Opens the question whether one tag means one commit in every environment now; `no-tag` where a row is declared without one. */
export function openSameTag(world: World): (row: Row) => Known<OtherUnderTag | 'no-tag' | undefined> {
  const newest = world.recordings.length - 1;
  const now = world.sightings.filter(({ recording, image }) => recording === newest && rankOf(image.environment, world.plan) >= 0);
  const tagged = now.filter(
    ({ image }) => image.declared.spec.tag !== undefined && image.phase !== 'waiting' && image.phase !== 'published',
  );
  const byTag = indexBy(sortedBy(tagged, placeOf), (sighting) => tagsOf(world, [sighting.image]));
  const sourcesUnder = remember(
    (tag: string) => tag,
    (tag: string) => sourcesAmong(world, byTag.get(tag) ?? []),
  );
  return (row) => {
    const tags = tagsOf(world, row.running);
    if (tags.length === 0) return known('no-tag', row.running);
    if (!isIdentified(row)) return unknown(row.missing ?? 'no-digest');
    return otherAmong(
      world,
      row,
      tags.map((tag) => ({ tag, sources: sourcesUnder(tag) })),
    );
  };
}

const placeOf = ({ slot, image }: Sighting) => `${slot} ${image.digest ?? ''} ${image.origin.locator}`;

function tagsOf({ plan }: World, images: Row['running']): readonly string[] {
  const specs = images.map(({ declared }) => declared.spec);
  return [...new Set(specs.flatMap((spec) => (spec.tag === undefined ? [] : [`${lineOf(spec, plan)}:${spec.tag}`])))].toSorted();
}

type Placed = Readonly<{ at: number; sighting: Sighting }>;

/** What runs under a tag of one source, in the order of the whole; of every artifact two places are enough, since a row stands in one. */
type Source = readonly Placed[];

/** What cannot be another commit comes first, then source by source: a tag that everything runs by is of few, and of one row few stand aside. */
function sourcesAmong(world: World, sightings: readonly Sighting[]): readonly Source[] {
  const groups = groupBy(tellingAmong(sightings), ({ sighting: { artifact } }) => sourceNameOf(world, artifact));
  const isOpen = (name: string) => name === '' || name === 'unread';
  const [open, told] = [[...groups].filter(([name]) => isOpen(name)), [...groups].filter(([name]) => !isOpen(name))];
  return [...open, ...told].map(([, source]) => source);
}

function tellingAmong(sightings: readonly Sighting[]): readonly Placed[] {
  const places = new Map<string, Set<string>>();
  const telling: Placed[] = [];
  for (const [at, sighting] of sightings.entries()) {
    const key = sighting.artifact?.key ?? '';
    const seen = places.get(key) ?? new Set<string>();
    if (seen.size < 2 && !seen.has(sighting.slot)) telling.push({ at, sighting });
    places.set(key, seen.add(sighting.slot));
  }
  return telling;
}

function sourceNameOf(world: World, artifact: Artifact | undefined): string {
  if (!artifact) return '';
  return isResolved(artifact) ? `of ${world.sourceOf(artifact)?.keys.join(' ') ?? 'no source'}` : 'unread';
}

type UnderTag = Readonly<{ tag: string; sources: readonly Source[] }>;

function otherAmong(world: World, row: Identified, under: readonly UnderTag[]): Known<OtherUnderTag | undefined> {
  const doubts = new Set<string>();
  for (const { tag, sources } of under) {
    const first = firstOther(world, row, { sources, doubts });
    if (first) return toOther(row, { tag, place: first.placed.sighting.slot, ...first }, first.placed.sighting);
  }
  const [doubt] = [...doubts].toSorted();
  if (doubt) return unknown(doubt);
  return listedNow(world, row) ? known(undefined) : unknown('upstream-not-listed');
}

type Other = Pick<OtherUnderTag, 'other' | 'commit' | 'otherCommit'> & Readonly<{ placed: Placed }>;

/** The first in the order of the whole; what keeps it open whether there is one goes to the doubts. */
function firstOther(world: World, row: Identified, { sources, doubts }: Readonly<{ sources: readonly Source[]; doubts: Set<string> }>) {
  const release = new Set(world.closure.otherMembersOf(row.artifact).map(({ key }) => key));
  const isOwn = ({ artifact, slot }: Sighting) =>
    // Several artifacts in one slot are told as such.
    slot === row.where || (artifact !== undefined && (artifact.key === row.artifact.key || release.has(artifact.key)));
  const mayDiffer = isResolved(row.artifact) && world.sourceOf(row.artifact)?.keys.some(isCommit);
  let best: Other | undefined;
  for (const source of sources) {
    if (best && best.placed.at < (source[0]?.at ?? 0)) break;
    const placed = source.find(({ sighting }) => !isOwn(sighting));
    const other = placed?.sighting.artifact;
    if (!placed) continue;
    const commits = other ? commitsOf(world, row.artifact, other) : 'no-digest';
    if (typeof commits === 'string') doubts.add(commits);
    else if (other && commits.isOther && (!best || placed.at < best.placed.at)) best = { ...commits, other, placed };
    // Of every other source that is told the same would be said.
    if (typeof commits === 'string' && !mayDiffer && other && isResolved(other)) break;
  }
  return best;
}

type Commits = Readonly<{ isOther: boolean; commit: string; otherCommit: string }>;

/** One git tree is one source; a commit and a tree cannot be compared. */
function commitsOf(world: World, mine: Artifact, theirs: Artifact): Commits | string {
  if (!isResolved(mine) || !isResolved(theirs)) return 'content-unknown';
  const [one, other] = [world.sourceOf(mine)?.keys, world.sourceOf(theirs)?.keys];
  const [commit, otherCommit] = [one?.find(isCommit), other?.find(isCommit)];
  if (one?.some((key) => other?.includes(key))) return { isOther: false, commit: '', otherCommit: '' };
  if (commit === undefined || otherCommit === undefined) return 'source-not-recorded';
  return { isOther: true, commit, otherCommit };
}

function isCommit(key: string): boolean {
  return !key.startsWith('tree ');
}

function toOther(row: Row, { tag, place, other, commit, otherCommit }: OtherUnderTag, { image }: Sighting): Known<OtherUnderTag> {
  return known({ tag, place, other, commit, otherCommit }, [...row.running, image]);
}
