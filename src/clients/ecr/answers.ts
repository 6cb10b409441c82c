import { z } from 'zod';
import { Digest } from '../../domain/digest.ts';

const Images = z.object({
  images: z.array(
    z.object({
      imageId: z.object({ imageDigest: Digest, imageTag: z.string().optional() }),
      imageManifest: z.string(),
      imageManifestMediaType: z.string().optional(),
    }),
  ),
  failures: z.array(
    z.object({
      imageId: z.object({ imageDigest: z.string().optional(), imageTag: z.string().optional() }).default({}),
      failureCode: z.string().default('an unknown reason'),
    }),
  ),
});
export type Images = z.output<typeof Images>;

/** An image by its digest or by a tag. */
export type ImageId = Readonly<{ imageDigest: Digest } | { imageTag: string }>;

/** What ECR is said to fail with for an image that its answer says nothing of. */
export const UNANSWERED = 'no answer';

/** Images of a batch, and those of it that are not handed out; what the answer says nothing of is among these. */
export function imagesOf(ids: readonly ImageId[]) {
  return Images.transform(({ images, failures }) => {
    const answered = new Set([...images, ...failures].flatMap(({ imageId: { imageDigest, imageTag } }) => [imageDigest, imageTag]));
    const others = ids.filter((id) => !answered.has('imageTag' in id ? id.imageTag : id.imageDigest));
    return { images, failures: [...failures, ...others.map((imageId) => ({ imageId, failureCode: UNANSWERED }))] };
  });
}

const Details = z.object({ imageDetails: z.array(z.object({ imageDigest: Digest, imagePushedAt: z.date().optional() })) });

/** When images were pushed; of one that is not there ECR says so. */
export function detailsOf(digests: readonly Digest[]) {
  return Details.refine(({ imageDetails }) => digests.every((digest) => imageDetails.some(({ imageDigest }) => imageDigest === digest)), {
    path: ['imageDetails'],
  });
}

/** A page of the images of a repository. */
export const Listed = z.object({
  imageDetails: z.array(
    z.object({
      imageDigest: Digest,
      imageTags: z.array(z.string()).default([]),
      imagePushedAt: z.date().optional(),
      lastRecordedPullTime: z.date().optional(),
      lastActivatedAt: z.date().optional(),
      imageManifestMediaType: z.string(),
      subjectManifestDigest: z.string().optional(),
    }),
  ),
  nextToken: z.string().optional(),
});
export type Listed = z.output<typeof Listed>;

/** A page of what refers to a digest. */
export const Referrers = z.object({
  referrers: z.array(
    z.object({
      digest: Digest,
      artifactType: z.string().default(''),
      annotations: z.record(z.string(), z.string()).default({}),
    }),
  ),
  nextToken: z.string().optional(),
});
/** The text of a lifecycle policy; null where there is none, since an answer without it is no answer. */
export const Lifecycle = z.object({ lifecyclePolicyText: z.string().nullable() });

const Filter = z.object({ filter: z.string() });
const Settings = z.object({
  repositoryName: z.string(),
  imageTagMutability: z.string().optional(),
  imageTagMutabilityExclusionFilters: z.array(Filter).optional(),
});
export type Settings = z.output<typeof Settings>;

/** How a repository lets tags be moved, where the answer tells of it. */
export function settingsOf(repository: string) {
  const isIts = ({ repositoryName }: Settings) => repositoryName === repository;
  return z
    .object({ repositories: z.array(Settings).refine((told) => told.some(isIts)) })
    .transform((told) => told.repositories.find(isIts));
}
/** An answer as it arrives. */
export const Answered = z.object({ headers: z.record(z.string(), z.string()) });
/** Where a blob can be fetched. */
export const Download = z.object({ downloadUrl: z.url() });
