import { formatImageReference, type ImageReference } from '../domain/image-reference.ts';
import type { RunningImage } from '../domain/observation.ts';
import { groupBy, sortedBy } from '../domain/order.ts';
import type { Wanted } from '../domain/wanted.ts';
import type { Artifact } from './artifact.ts';
import { artifactRunBy } from './artifact-run.ts';
import type { BaseClaim, Bases } from './base.ts';
import { classOf, lineOf } from './image-class.ts';
import { rankOf } from './pairing.ts';
import type { World } from './world.ts';

type Ran = Readonly<{ artifact: Artifact; line: string; slot: string; rank: number }>;

/** The rules that judge every base, once they are told by what. */
const JUDGES_OF_BASES = ['base-not-allowed', 'base-outdated'];

/** The bases that are named of our images, and what their tags name now, where every base is judged. */
export function wantedBases(world: World, running: readonly RunningImage[]): Pick<Wanted, 'digests' | 'tags'> {
  const isEach = JUDGES_OF_BASES.some((id) => world.plan.rules[id]?.options !== undefined);
  const ran = running.flatMap((image) => ranAs(world, image));
  const compared = isEach ? ran.filter(({ line, rank }) => rank > 0 && classOf(line, world.plan) === 'ours') : [];
  const artifacts = new Set([...compared, ...suspectsAmong(world, ran)].map(({ artifact }) => artifact));
  const claims = [...artifacts].flatMap((artifact) => world.bases.claimsOf(artifact).map((claim) => ({ claim, artifact })));
  const tags = isEach ? claims.flatMap(({ claim: { image } }) => (image?.tag ? [withoutDigest(image)] : [])) : [];
  const named = claims.flatMap(({ claim, artifact }) => [...namedAs(claim, artifact), ...namedNow(world, claim, artifact)]);
  return { digests: sortedBy([...groupBy(named, ({ digest }) => digest).values()].flatMap(gathered), ({ digest }) => digest), tags };
}

/** Those of lines where something runs that did not run before it: only there is a difference to explain. */
function suspectsAmong(world: World, ran: readonly Ran[]): readonly Ran[] {
  const firstRank = new Map<string, number>();
  for (const { artifact, rank } of ran) firstRank.set(artifact.key, Math.min(rank, firstRank.get(artifact.key) ?? rank));
  const suspects = ran.filter(({ artifact, rank }) => rank > 0 && firstRank.get(artifact.key) === rank);
  const slots = new Set(suspects.flatMap(({ slot }) => [slot, ...counterpartsOf(world, slot)]));
  const lines = new Set(suspects.map(({ line }) => line));
  return ran.filter(({ line, slot }) => (lines.has(line) || slots.has(slot)) && classOf(line, world.plan) === 'ours');
}

/** The bases that are named of artifacts, each once, with where it may be and the platforms of what stands on it. */
export function basesNamedOf(artifacts: readonly Artifact[], bases: Pick<Bases, 'claimsOf'>): Wanted['digests'] {
  const named = artifacts.flatMap((artifact) => bases.claimsOf(artifact).flatMap((claim) => namedAs(claim, artifact)));
  return sortedBy([...groupBy(named, ({ digest }) => digest).values()].flatMap(gathered), ({ digest }) => digest);
}

function ranAs(world: World, image: RunningImage): Ran[] {
  const artifact = artifactRunBy(image, world.closure);
  if (typeof artifact === 'string') return [];
  const line = lineOf(image.declared.spec, world.plan);
  return [{ artifact, line, slot: world.slotOf(image), rank: rankOf(image.environment, world.plan) }];
}

function counterpartsOf({ slots, pairing }: World, key: string): string[] {
  const slot = slots.get(key);
  return slot ? pairing.counterpartsOf(slot).map((other) => other.key) : [];
}

type Named = Readonly<{ digest: BaseClaim['digest']; reference: ImageReference; platform: string }>;

/** A digest that no name goes with is in no repository that could be asked. */
function namedAs({ image, digest }: BaseClaim, { platform }: Artifact): Named[] {
  return image && platform !== undefined ? [{ digest, reference: image, platform }] : [];
}

/** What the tag of a base names now, where that was read. */
function namedNow({ tags }: World, { image, digest }: BaseClaim, { platform }: Artifact): Named[] {
  const tag = image?.tag === undefined ? undefined : tags.get(formatImageReference(withoutDigest(image)));
  if (!image || !tag || tag.digest === digest || platform === undefined) return [];
  return [{ digest: tag.digest, reference: image, platform }];
}

function withoutDigest({ digest: _, ...image }: ImageReference): ImageReference {
  return image;
}

function gathered([first, ...more]: readonly Named[]): Wanted['digests'] {
  if (!first) return [];
  const references = [first, ...more].map(({ reference: { registry, repository } }) => ({ registry, repository }));
  const distinct = new Map(references.map((reference) => [formatImageReference(reference), reference]));
  const baseFor = [...new Set([first, ...more].map(({ platform }) => platform))].toSorted();
  return [{ digest: first.digest, seenIn: sortedBy([...distinct.values()], formatImageReference), baseFor }];
}
