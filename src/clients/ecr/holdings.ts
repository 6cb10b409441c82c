import { Digest } from '../../domain/digest.ts';
import { type AuditError, unreadable } from '../../error.ts';
import type { Ecr } from '../ecr.ts';
import type { Finder } from '../oci/find.ts';
import type { Holdings } from '../oci/read-presence.ts';
import { type EcrPlace, hundredsOf } from './find.ts';
import { failureOf } from './refusal.ts';

/** A registry of ECR, and which of its repositories are filled by a pull-through rule. */
export type EcrHolder = Readonly<{ place: EcrPlace; ecr: Pick<Ecr, 'getImages'>; isCached(repository: string): boolean }>;

/** ECR says image by image what a repository does not hold, and only to whom it lets read the repository. */
export function openEcrHoldings({ place, ecr, isCached }: EcrHolder, finder: Pick<Finder, 'wasHandedOut'>): Holdings {
  return async (repository, digests) => {
    const known = digests.filter((digest) => finder.wasHandedOut(repository, digest));
    const open = digests.filter((digest) => !known.includes(digest));
    const batches = await Promise.all(hundredsOf(open).map((some) => heldAmong({ place, ecr, isCached }, repository, some)));
    return new Map<Digest, boolean | AuditError>([...known.map((digest) => [digest, true] as const), ...batches.flat()]);
  };
}

async function heldAmong({ place, ecr, isCached }: EcrHolder, repository: string, digests: readonly Digest[]) {
  const { images, failures } = await ecr.getImages(
    repository,
    digests.map((imageDigest) => ({ imageDigest })),
  );
  const held = images.map(({ imageId }) => [imageId.imageDigest, true] as const);
  const others = failures.map(({ imageId: { imageDigest = '' }, failureCode }) => {
    const name = `${place.registry}/${repository}@${imageDigest}`;
    const isGone = failureCode === 'ImageNotFound';
    const error = isGone ? notCached(name) : failureOf(failureCode, name);
    return [Digest.parse(imageDigest), isGone && !isCached(repository) ? false : error] as const;
  });
  return [...held, ...others];
}

/** What a cache does not hold now it fetches when it is pulled: that says nothing of whether it can be. */
function notCached(name: string): AuditError {
  return unreadable('unsupported', `${name} is not in the cache`, {
    hint: `${name} is fetched from its origin when it is pulled: map the prefix under \`mirrors\`, and read the origin with a source of its own.`,
  });
}
