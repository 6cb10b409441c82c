import type { Wanted } from '../../collect/define-source.ts';
import type { Digest } from '../../domain/digest.ts';
import type { ImageReference } from '../../domain/image-reference.ts';
import type { Estimate } from './budget.ts';
import type { ContentCache } from './cache.ts';
import { isAsked, type Place } from './read-contents.ts';

/** What an estimate goes by beside the wanted: the tags that are compared as channels, what is kept on disk, and whether what refers to images is asked for. */
export type Circumstances = Readonly<{ channels: number; cache: Pick<ContentCache, 'get'>; referrers: boolean }>;

// An index, its image for one platform, and the config of that.
const OF_IMAGE = 3;
// For the index and for its image: the referrers API or the tag that stands in for it, and the tag of cosign.
const OF_REFERRERS = 4;
// Whether it is held, and the tags that no listing names.
const OF_ATTACHMENTS = 3;

/** What is about to be asked, as far as it is known before anything is answered: images of one platform each, and where to look for what is said of them. */
export async function estimateOf(place: Place, { digests, tags }: Wanted, circumstances: Circumstances): Promise<Estimate> {
  const { channels, referrers } = circumstances;
  const isHere = (image: ImageReference) => place.isAt(image) && isAsked(place, image);
  const ours = digests.filter(({ seenIn }) => seenIn.some(isHere));
  const requests = await Promise.all(
    ours.map(async ({ digest, seenIn, baseFor, pulledFrom = [] }) => {
      const here = seenIn.filter(isHere);
      const isKept = await isKeptIn(circumstances, place, { digest, repositories: here.map(({ repository }) => repository) });
      const content = baseFor ? 1 + 2 * baseFor.length : OF_IMAGE;
      // What was handed out a moment ago is held.
      const held = isKept ? pulledFrom.filter(isHere).length : 0;
      const said = referrers && !baseFor ? OF_REFERRERS : 0;
      const isPromoted = referrers && pulledFrom.length > 0 && seenIn.length > 1;
      return (isKept ? held : content) + said + (isPromoted ? OF_ATTACHMENTS * here.length : 0);
    }),
  );
  const resolved = channels + tags.filter(isHere).length;
  const published = channels * (OF_IMAGE + (referrers ? OF_REFERRERS : 0));
  return { images: ours.length + channels, tags: resolved, requests: requests.reduce((sum, one) => sum + one, resolved + published) };
}

type Sought = Readonly<{ digest: Digest; repositories: readonly string[] }>;

/** Whether one of the repositories has a digest kept on disk. */
export async function isKeptIn(
  { cache }: Pick<Circumstances, 'cache'>,
  { registry }: Place,
  { digest, repositories }: Sought,
): Promise<boolean> {
  const found = await Promise.all(repositories.map((repository) => cache.get({ registry, repository, is: 'manifest', digest })));
  return found.some((cached) => cached !== undefined);
}
