import { z } from 'zod';
import { Digest } from './digest.ts';
import { ImageReference } from './image-reference.ts';
import { Instant, seen } from './seen.ts';

/** One rule of a lifecycle policy: which images it selects, when it takes them, and what it does to them. */
export const LifecycleRule = z.object({
  /** The lowest number is applied first. */
  priority: z.number().int(),
  selects: z.enum(['tagged', 'untagged', 'any']),
  /** Of a tagged image every prefix, or every pattern, has to be met by some tag. */
  prefixes: z.array(z.string()).default([]),
  patterns: z.array(z.string()).default([]),
  /** More images than that, or days since that: `archived` selects only what is archived already. */
  by: z.enum(['count', 'pushed', 'pulled', 'archived']),
  number: z.number().int().positive(),
  does: z.enum(['expire', 'archive']),
});
export type LifecycleRule = z.infer<typeof LifecycleRule>;

/** An image as the listing of its repository has it, with what lifecycle rules go by. */
export const ListedImage = z.object({
  digest: Digest,
  tags: z.array(z.string()).default([]),
  pushedAt: Instant.optional(),
  pulledAt: Instant.optional(),
  /** When it was last brought back from the archive. */
  restoredAt: Instant.optional(),
  is: z.enum(['index', 'image', 'referrer']).default('image'),
});
export type ListedImage = z.infer<typeof ListedImage>;

/** What a registry will delete or archive of a repository by itself; no rules where it has no policy. */
export const LifecyclePolicy = z.object({
  ...seen,
  kind: z.literal('lifecycle-policy'),
  image: ImageReference,
  rules: z.array(LifecycleRule),
  /** Everything that can be pulled where a rule counts; else what is pulled, and the indexes that may keep it. */
  images: z.array(ListedImage).default([]),
});
export type LifecyclePolicy = z.infer<typeof LifecyclePolicy>;
