import type { Digest } from '../../domain/digest.ts';
import { groupBy } from '../../domain/order.ts';
import { AuditError } from '../../error.ts';
import type { Ecr } from '../ecr.ts';
import type { Referrers } from '../oci/attached.ts';
import type { Content } from '../oci/content.ts';
import type { Referrer } from '../oci/referrers.ts';
import { type EcrPlace, hundredsOf } from './find.ts';
import { failureOf } from './refusal.ts';

/**
 * Lists what says something of contents: what refers to them, digest by digest, and what cosign 2 attached under a tag made of the digest,
 * by the hundred.
 */
export function openEcrReferrers(ecr: Ecr, place: EcrPlace, contents: readonly Content[]): Referrers {
  const manifests = contents.filter((content) => content.kind !== 'config');
  const byRepository = groupBy(manifests, ({ image }) => image.repository);
  const tagged = new Map<string, Promise<Tagged>>();
  return async (repository, digest) => {
    const digests = [...new Set((byRepository.get(repository) ?? []).map((content) => content.digest))];
    const attached = tagged.get(repository) ?? attachedAmong({ ecr, place }, repository, digests);
    tagged.set(repository, attached);
    const [listed, found] = await Promise.all([ecr.referrers(repository, digest), attached]);
    const cosigned = found.get(tagOf(digest));
    if (cosigned instanceof AuditError) throw cosigned;
    return cosigned ? [...listed, cosigned] : listed;
  };
}

type Tagged = ReadonlyMap<string, Referrer | AuditError>;

function tagOf(digest: string): string {
  return `${digest.replace(':', '-')}.att`;
}

/** Of what has no such tag ECR says that it is not there. */
async function attachedAmong(
  { ecr, place }: Readonly<{ ecr: Ecr; place: EcrPlace }>,
  repository: string,
  digests: readonly string[],
): Promise<Tagged> {
  const batches = hundredsOf(digests.map((digest) => ({ imageTag: tagOf(digest) })));
  const answers = await Promise.all(batches.map((ids) => ecr.getImages(repository, ids)));
  const failed = answers.flatMap(({ failures }) =>
    failures.flatMap(({ imageId: { imageTag = '' }, failureCode }) => {
      const isNone = failureCode === 'ImageNotFound';
      return isNone ? [] : [[imageTag, failureOf(failureCode, `${place.registry}/${repository}:${imageTag}`)] as const];
    }),
  );
  const found = answers.flatMap(({ images }) =>
    images.map(({ imageId: { imageDigest: digest, imageTag = '' } }) => [imageTag, asReferrer(digest)] as const),
  );
  return new Map<string, Referrer | AuditError>([...failed, ...found]);
}

/** It names no type: what it holds tells. */
function asReferrer(digest: Digest): Referrer {
  return { digest, artifactType: '', annotations: {} };
}
