import type { Seen, Wanted } from '../../collect/define-source.ts';
import type { Digest } from '../../domain/digest.ts';
import { sortedBy } from '../../domain/order.ts';
import { gapOf, isAsked, type Place } from './read-contents.ts';
import { type Holdings, unreadOf } from './read-presence.ts';

/** Lists what hangs on a digest in a repository that holds it. */
export type Listing = Readonly<{ holdings: Holdings; list(repository: string, digest: Digest): Promise<readonly string[]> }>;

/**
 * Reads what hangs on digests that lie in several repositories, one of them pulled from downstream: what a promotion may have left
 * behind. A repository that is hidden lists nothing either, so that only one that holds the digest is asked.
 */
export async function readAttachments(place: Place, { digests }: Wanted, listing: Listing): Promise<readonly Seen[]> {
  const promoted = digests.filter(({ seenIn, pulledFrom = [] }) => pulledFrom.length > 0 && seenIn.length > 1);
  const asked = promoted.flatMap(({ digest, seenIn }) =>
    seenIn.filter((image) => place.isAt(image) && isAsked(place, image)).map(({ repository }) => ({ repository, digest })),
  );
  const unique = new Map(asked.map((one) => [`${one.repository} ${one.digest}`, one]));
  const sorted = sortedBy([...unique.values()], ({ repository, digest }) => `${repository} ${digest}`);
  const seen = await Promise.all(sorted.map(({ repository, digest }) => attachmentsIn(place, { repository, digest }, listing)));
  return seen.flat();
}

type Lying = Readonly<{ repository: string; digest: Digest }>;

async function attachmentsIn(place: Place, { repository, digest }: Lying, { holdings, list }: Listing): Promise<readonly Seen[]> {
  try {
    const held = (await holdings(repository, [digest])).get(digest);
    if (held !== true) return [];
    const types = [...(await list(repository, digest))];
    const image = { registry: place.registry, repository };
    return [{ kind: 'attachments', digest, image, types, locator: place.locate(repository, digest) }];
  } catch (error) {
    return [gapOf('build', place, { repository, reference: digest, error: unreadOf(error) })];
  }
}
