import { z } from 'zod';
import { Digest } from './digest.ts';
import { ImageReference } from './image-reference.ts';
import { Instant, seen } from './seen.ts';

/** An image index as a registry holds it. */
export const ImageIndex = z.object({
  ...seen,
  kind: z.literal('index'),
  digest: Digest,
  image: ImageReference,
  members: z.array(z.object({ digest: Digest, platform: z.string().optional(), attests: Digest.optional() })),
  annotations: z.record(z.string(), z.string()).default({}),
  pushedAt: Instant.optional(),
});
export type ImageIndex = z.infer<typeof ImageIndex>;

/** An image manifest as a registry holds it. */
export const ImageManifest = z.object({
  ...seen,
  kind: z.literal('manifest'),
  digest: Digest,
  image: ImageReference,
  mediaType: z.string(),
  config: Digest,
  layers: z.array(z.object({ digest: Digest, size: z.number().int().nonnegative(), mediaType: z.string() })),
  annotations: z.record(z.string(), z.string()).default({}),
  pushedAt: Instant.optional(),
});
export type ImageManifest = z.infer<typeof ImageManifest>;

/** What the runtime reads of an image's config (OCI image-spec 1.1, config.md). */
export const RuntimeConfig = z.object({
  env: z.array(z.string()).default([]),
  entrypoint: z.array(z.string()).default([]),
  cmd: z.array(z.string()).default([]),
  user: z.string().default(''),
  workingDir: z.string().default(''),
  volumes: z.array(z.string()).default([]),
  stopSignal: z.string().default(''),
  shell: z.array(z.string()).default([]),
});
export type RuntimeConfig = z.infer<typeof RuntimeConfig>;

/** An image config: its digest is what Docker calls the image ID. */
export const ImageConfig = z.object({
  ...seen,
  kind: z.literal('config'),
  digest: Digest,
  platform: z.string(),
  created: Instant.optional(),
  /** Uncompressed layer digests, base first. Compressed ones change with every recompression. */
  diffIds: z.array(Digest),
  history: z.array(z.object({ createdBy: z.string().default(''), empty: z.boolean().default(false) })).default([]),
  runtime: RuntimeConfig,
  labels: z.record(z.string(), z.string()).default({}),
});
export type ImageConfig = z.infer<typeof ImageConfig>;

/** Whether a repository held a digest when it was asked; `gone` only where its registry handed out something else of it to the same login. */
export const Presence = z.object({
  ...seen,
  kind: z.literal('presence'),
  digest: Digest,
  image: ImageReference,
  is: z.enum(['held', 'gone']),
  /** When it was pushed there, where a listing says so of what nobody read. */
  pushedAt: Instant.optional(),
});
export type Presence = z.infer<typeof Presence>;

/** Everything that hangs on a digest in one repository, by what it calls itself: statements, signatures, packing lists. */
export const Attachments = z.object({
  ...seen,
  kind: z.literal('attachments'),
  digest: Digest,
  image: ImageReference,
  types: z.array(z.string()),
});
export type Attachments = z.infer<typeof Attachments>;

export const Tag = z.object({
  ...seen,
  kind: z.literal('tag'),
  image: ImageReference,
  digest: Digest,
  /** Whether it can never name anything else; left out where the registry does not tell. */
  immutable: z.boolean().optional(),
  pushedAt: Instant.optional(),
});
export type Tag = z.infer<typeof Tag>;
