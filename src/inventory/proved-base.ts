import { matches } from '../domain/glob.ts';
import type { ImageReference } from '../domain/image-reference.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { Base } from './base.ts';
import { lineOf } from './image-class.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

/** What a row stands on, where somebody names it and the layers bear it out: a name alone proves nothing. */
export function provedBaseOf(world: World, { artifact, missing }: Row): Known<Base> {
  if (!artifact) return unknown(missing ?? 'no-digest');
  if (!artifact.config) return unknown('content-unknown');
  const base = world.bases.baseOf(artifact);
  // Another build of a base may have been taken from anywhere.
  if (base && base.method !== 'history') return known(base, base.evidence);
  return unknown(world.bases.claimsOf(artifact).length > 0 ? 'base-not-borne-out' : 'base-not-named');
}

/** Whether a row stands on a base of an allowed name. */
export type AllowedBase = Readonly<{ isAllowed: boolean; base: string }>;

/** Nothing is known without a list. An allowed name counts where that repository was seen to hold the base: whoever names a base may name it as he likes. */
export function allowedBaseOf(world: World, row: Row, allow: readonly string[]): Known<AllowedBase> {
  if (allow.length === 0) return unknown('not-configured');
  const proved = provedBaseOf(world, row);
  if (!proved.known || !row.artifact) return proved.known ? unknown('no-digest') : proved;
  const { image, digest, name } = proved.value;
  const claims = world.bases.claimsOf(row.artifact).filter((claim) => digest !== undefined && claim.digest === digest);
  const images = [image, ...claims.map((claim) => claim.image)].filter((one) => one !== undefined);
  const allowed = images.filter((one) => namesOf(one, world).some((written) => allow.some((glob) => matches(glob, written))));
  const evidence = [...proved.evidence, ...claims.map((claim) => claim.evidence)];
  if (images.length === 0) return unknown('base-not-named');
  if (allowed.length === 0) return known({ isAllowed: false, base: name }, evidence);
  const holders = digest ? allowed.flatMap((one) => world.presences.onceHeld({ image: one, digest }) ?? []) : [];
  return holders.length > 0 ? known({ isAllowed: true, base: name }, [...evidence, ...holders]) : unknown('base-not-read');
}

/** As it was written and after mirrors, each with and without its tag. */
function namesOf(image: ImageReference, { plan }: World): string[] {
  const tag = image.tag === undefined ? [] : [`:${image.tag}`];
  const lines = [`${image.registry}/${image.repository}`, lineOf(image, plan)];
  return lines.flatMap((line) => [...tag.map((written) => `${line}${written}`), line]);
}
