import type { Wanted } from '../../collect/define-source.ts';
import type { ImageReference } from '../../domain/image-reference.ts';
import { groupBy } from '../../domain/order.ts';
import type { Estimate } from '../oci/budget.ts';
import { type Circumstances, isKeptIn } from '../oci/estimate.ts';
import { isAsked, type Place } from '../oci/read-contents.ts';
import { MOST_AT_ONCE } from './find.ts';

// The index and its image for one platform: each is listed by itself.
const OF_REFERRERS = 2;
// A policy, and the first thousand images that it is about.
const OF_LIFECYCLE = 2;

/** What ECR is about to be asked, as far as it is known before it answers: images of one platform each, and by the hundred what may be had so. */
export async function estimateCalls(
  place: Place,
  { digests, tags }: Wanted,
  circumstances: Omit<Circumstances, 'channels'>,
): Promise<Estimate> {
  const isHere = (image: ImageReference) => place.isAt(image) && isAsked(place, image);
  const ours = await Promise.all(
    digests.flatMap(({ digest, seenIn, pulledFrom = [], baseFor }) => {
      const [repository] = seenIn.filter(isHere).map((image) => image.repository);
      if (repository === undefined) return [];
      const isKept = isKeptIn(circumstances, place, { digest, repositories: [repository] });
      return [isKept.then((kept) => ({ repository, kept, isBase: baseFor !== undefined, isPulled: pulledFrom.some(isHere) }))];
    }),
  );
  const byRepository = [...groupBy(ours, ({ repository }) => repository).values()];
  const calls = byRepository.map((images) => {
    const fresh = images.filter(({ kept }) => !kept).length;
    const own = images.filter(({ isBase }) => !isBase).length;
    const said = circumstances.referrers ? own * OF_REFERRERS + hundreds(own * 2) : 0;
    // Index and image in turn, a config each, and when both were pushed.
    const content = hundreds(fresh) * 2 + fresh + hundreds(own * 2);
    const held = hundreds(images.filter(({ kept, isPulled }) => kept && isPulled).length);
    return content + held + said + (images.some(({ isPulled }) => isPulled) ? OF_LIFECYCLE : 0);
  });
  const here = tags.filter(isHere);
  const resolved = [...groupBy(here, ({ repository }) => repository).values()].map((some) => 1 + hundreds(some.length));
  return { images: ours.length, tags: here.length, requests: [...calls, ...resolved].reduce((sum, one) => sum + one, 0) };
}

function hundreds(count: number): number {
  return Math.ceil(count / MOST_AT_ONCE);
}
