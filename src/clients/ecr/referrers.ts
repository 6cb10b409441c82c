import type { Digest } from '../../domain/digest.ts';
import { groupBy } from '../../domain/order.ts';
import { AuditError } from '../../error.ts';
import type { Ecr } from '../ecr.ts';
import type { Referrers } from '../oci/attached.ts';
import type { Content } from '../oci/content.ts';
import { COSIGN_SIGNATURE, typeOf } from '../oci/list-referrers.ts';
import type { Referrer } from '../oci/referrers.ts';
import { type EcrPlace, hundredsOf } from './find.ts';
import { failureOf } from './refusal.ts';

type Place = Readonly<{ ecr: Ecr; place: EcrPlace }>;

/**
 * Lists what says something of contents: what refers to them, digest by digest, and what cosign 2 attached under a tag made of the digest,
 * by the hundred.
 */
export function openEcrReferrers(ecr: Ecr, place: EcrPlace, contents: readonly Content[]): Referrers {
  const manifests = contents.filter((content) => content.kind !== 'config');
  const byRepository = groupBy(manifests, ({ image }) => image.repository);
  const tagged = new Map<string, Promise<Tagged>>();
  return async (repository, digest) => {
    const together = new Set((byRepository.get(repository) ?? []).map((content) => content.digest));
    // What was read in another repository is asked for by itself.
    const [key, digests] = together.has(digest) ? [repository, [...together]] : [`${repository} ${digest}`, [digest]];
    const attached = tagged.get(key) ?? taggedAmong({ ecr, place }, repository, digests.map(attestationOf));
    tagged.set(key, attached);
    const [listed, found] = await Promise.all([ecr.referrers(repository, digest), attached]);
    const cosigned = found.get(attestationOf(digest));
    if (cosigned instanceof AuditError) throw cosigned;
    return cosigned ? [...listed, cosigned] : listed;
  };
}

/** Lists everything that hangs on a digest by what it calls itself, signatures of cosign included. */
export function openEcrAttachments(ecr: Ecr, place: EcrPlace, referrers: Referrers) {
  return async (repository: string, digest: Digest): Promise<readonly string[]> => {
    const signature = `${digest.replace(':', '-')}.sig`;
    const [listed, tagged] = await Promise.all([referrers(repository, digest), taggedAmong({ ecr, place }, repository, [signature])]);
    const signed = tagged.get(signature);
    if (signed instanceof AuditError) throw signed;
    return [...new Set([...listed.map(typeOf), ...(signed ? [COSIGN_SIGNATURE] : [])])].toSorted();
  };
}

type Tagged = ReadonlyMap<string, Referrer | AuditError>;

function attestationOf(digest: string): string {
  return `${digest.replace(':', '-')}.att`;
}

/** Of what has no such tag ECR says that it is not there. */
async function taggedAmong({ ecr, place }: Place, repository: string, names: readonly string[]): Promise<Tagged> {
  const batches = hundredsOf(names.map((imageTag) => ({ imageTag })));
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
