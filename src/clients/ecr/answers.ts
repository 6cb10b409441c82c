import { z } from 'zod';
import { Digest } from '../../domain/digest.ts';

/** Images of a batch, and those of it that are not handed out. */
export const Images = z.object({
  images: z
    .array(
      z.object({
        imageId: z.object({ imageDigest: Digest, imageTag: z.string().optional() }),
        imageManifest: z.string(),
        imageManifestMediaType: z.string().optional(),
      }),
    )
    .default([]),
  failures: z
    .array(
      z.object({
        imageId: z.object({ imageDigest: z.string().optional(), imageTag: z.string().optional() }).default({}),
        failureCode: z.string().default('an unknown reason'),
      }),
    )
    .default([]),
});
export type Images = z.output<typeof Images>;

/** When images were pushed. */
export const Details = z.object({
  imageDetails: z.array(z.object({ imageDigest: Digest, imagePushedAt: z.date().optional() })).default([]),
});
/** A page of the images of a repository. */
export const Listed = z.object({
  imageDetails: z
    .array(
      z.object({
        imageDigest: Digest,
        imageTags: z.array(z.string()).default([]),
        imagePushedAt: z.date().optional(),
        lastRecordedPullTime: z.date().optional(),
        lastActivatedAt: z.date().optional(),
        imageManifestMediaType: z.string(),
        subjectManifestDigest: z.string().optional(),
      }),
    )
    .default([]),
  nextToken: z.string().optional(),
});
export type Listed = z.output<typeof Listed>;

/** A page of what refers to a digest. */
export const Referrers = z.object({
  referrers: z
    .array(
      z.object({
        digest: Digest,
        artifactType: z.string().default(''),
        annotations: z.record(z.string(), z.string()).default({}),
      }),
    )
    .default([]),
  nextToken: z.string().optional(),
});
/** The text of a lifecycle policy; null where there is none, since an answer without it is no answer. */
export const Lifecycle = z.object({ lifecyclePolicyText: z.string().nullable() });
const Filter = z.object({ filter: z.string() });
/** How repositories let tags be moved. */
export const Repositories = z.object({
  repositories: z
    .array(
      z.object({
        repositoryName: z.string(),
        imageTagMutability: z.string().optional(),
        imageTagMutabilityExclusionFilters: z.array(Filter).optional(),
      }),
    )
    .default([]),
});
/** An answer as it arrives. */
export const Answered = z.object({ headers: z.record(z.string(), z.string()) });
/** Where a blob can be fetched. */
export const Download = z.object({ downloadUrl: z.url() });
