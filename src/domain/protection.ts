import { z } from 'zod';
import { seen } from './seen.ts';

/** What an environment of the CI system asks for before something is deployed to it: as it is set now, and not as it was then. */
export const Protection = z.object({
  ...seen,
  kind: z.literal('protection'),
  /** As the CI system calls it. */
  environment: z.string(),
  repository: z.string(),
  /** How many people and teams may let something in; none where nobody is asked. */
  reviewers: z.number().int().nonnegative(),
  /** Whether who asks may not let it in himself. */
  preventsSelfReview: z.boolean(),
  waitMinutes: z.number().int().nonnegative(),
  /** The branches that it may be deployed from. */
  branches: z.enum(['any', 'protected', 'chosen']),
});
export type Protection = z.infer<typeof Protection>;
