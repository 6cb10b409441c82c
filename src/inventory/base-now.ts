import { DAY_MS } from '../domain/day.ts';
import { formatImageReference, type ImageReference } from '../domain/image-reference.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import { type Artifact, isResolved } from './artifact.ts';
import { buildsOfArtifact, madeAt } from './origin.ts';
import { provedBaseOf } from './proved-base.ts';
import type { Row } from './row.ts';
import { reasonOfSilence } from './tag-now.ts';
import type { World } from './world.ts';

/** Whether the tag that a base was taken by names another since, and how long ago the image was made. */
export type BaseNow = Readonly<{ isOutdated: boolean; base: string; builtOn: string; names: string; days: number }>;

/** Compares, once somebody says how many days it may be so, the base of a row with what the base's tag names now, by what they hold: one may be an index and the other an image of it. */
export function baseNowOf(world: World, row: Row, allowedDays: number | undefined): Known<BaseNow> {
  if (allowedDays === undefined) return unknown('not-configured');
  const proved = provedBaseOf(world, row);
  if (!proved.known || !row.artifact) return proved.known ? unknown('no-digest') : proved;
  const { image, digest } = proved.value;
  const days = ageOf(world, row.artifact);
  if (days === undefined) return unknown('build-time-not-known');
  // A base that is named by no tag cannot be asked for anew.
  if (!image?.tag || !digest) return unknown('base-without-tag');
  const told = { base: formatImageReference(withoutDigest(image)), builtOn: digest, days };
  const tag = world.tags.get(formatImageReference(withoutDigest(image)));
  if (!tag) return unknown(reasonOfSilence(world, image.registry, image.repository));
  const evidence = [...proved.evidence, tag];
  if (tag.digest === digest) return known({ isOutdated: false, names: tag.digest, ...told }, evidence);
  const [then, now] = [digest, tag.digest].map((one) => world.closure.artifactOf(one, row.artifact?.platform));
  if (typeof then !== 'object' || typeof now !== 'object' || !isResolved(then) || !isResolved(now)) return unknown('base-not-read');
  return known({ isOutdated: then.key !== now.key, names: tag.digest, ...told }, evidence);
}

function withoutDigest({ digest: _, ...image }: ImageReference): ImageReference {
  return image;
}

/** Whole days from the last time that the image is known to have been made or pushed at, to the end of the newest recording. */
function ageOf(world: World, artifact: Artifact): number | undefined {
  const times = [madeAt(artifact), ...buildsOfArtifact(world, artifact).map(({ at, pushedAt }) => pushedAt ?? at)];
  const made = times.filter((time) => time !== undefined).map((time) => Date.parse(time));
  const now = Date.parse(world.recordings.at(-1)?.takenAt.to ?? '');
  return made.length === 0 || Number.isNaN(now) ? undefined : Math.floor((now - Math.max(...made)) / DAY_MS);
}
