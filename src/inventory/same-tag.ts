import { type Known, known, unknown } from '../domain/known.ts';
import { indexBy, sortedBy } from '../domain/order.ts';
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
  const tagged = now.filter(({ image }) => image.declared.spec.tag !== undefined);
  const byTag = indexBy(sortedBy(tagged, placeOf), (sighting) => tagsOf(world, [sighting.image]));
  return (row) => {
    const tags = tagsOf(world, row.running);
    if (tags.length === 0) return known('no-tag', row.running);
    if (!isIdentified(row)) return unknown(row.missing ?? 'no-digest');
    const beside = tags.flatMap((tag) => (byTag.get(tag) ?? []).map((sighting) => ({ tag, sighting })));
    return otherAmong(world, row, beside);
  };
}

const placeOf = ({ slot, image }: Sighting) => `${slot} ${image.digest ?? ''} ${image.origin.locator}`;

function tagsOf({ plan }: World, images: Row['running']): readonly string[] {
  const specs = images.map(({ declared }) => declared.spec);
  return [...new Set(specs.flatMap((spec) => (spec.tag === undefined ? [] : [`${lineOf(spec, plan)}:${spec.tag}`])))].toSorted();
}

type Beside = Readonly<{ tag: string; sighting: Sighting }>;

function otherAmong(world: World, row: Identified, beside: readonly Beside[]): Known<OtherUnderTag | undefined> {
  const doubts = new Set<string>();
  const release = new Set(world.closure.otherMembersOf(row.artifact).map(({ key }) => key));
  for (const { tag, sighting } of beside) {
    const { artifact, image, slot } = sighting;
    // Several artifacts in one slot are told as such.
    if (slot === row.where || image.phase === 'waiting' || image.phase === 'published') continue;
    if (artifact?.key === row.artifact.key || (artifact && release.has(artifact.key))) continue;
    const commits = artifact ? commitsOf(world, row.artifact, artifact) : 'no-digest';
    if (typeof commits === 'string') doubts.add(commits);
    else if (artifact && commits.isOther) return toOther(row, { tag, place: slot, other: artifact, ...commits }, sighting);
  }
  const [doubt] = [...doubts].toSorted();
  if (doubt) return unknown(doubt);
  return listedNow(world, row) ? known(undefined) : unknown('upstream-not-listed');
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
