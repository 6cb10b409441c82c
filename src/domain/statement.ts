import { z } from 'zod';
import { Instant, seen } from './seen.ts';

/** The kinds a source can be complete about. */
export const Vouchable = z.enum([
  'running-image',
  'build',
  'test',
  'content',
  'tag',
  'channel',
  'workflow-file',
  'dockerfile',
  'deployment',
  'approval',
]);
export type Vouchable = z.infer<typeof Vouchable>;

/** Where something was looked for. A field left out means all of it; compared by equality, times by containment. */
export const Scope = z.object({
  source: z.string(),
  environment: z.string().optional(),
  cluster: z.string().optional(),
  namespace: z.string().optional(),
  registry: z.string().optional(),
  repository: z.string().optional(),
  project: z.string().optional(),
  /** The run of that project, whatever its attempt. */
  run: z.string().optional(),
  since: Instant.optional(),
  until: Instant.optional(),
  /** Of what was listed only that was kept which concerns the digests of the same recording. */
  only: z.literal('wanted').optional(),
});
export type Scope = z.infer<typeof Scope>;

/** What a configured source should answer for. */
export const Expected = z.object({ ...seen, kind: z.literal('expected'), of: Vouchable, scope: Scope });
export type Expected = z.infer<typeof Expected>;

/** A source vouches that it listed everything of one kind in one scope. Only then does silence mean "none". */
export const Coverage = z.object({ ...seen, kind: z.literal('coverage'), of: Vouchable, scope: Scope });
export type Coverage = z.infer<typeof Coverage>;

export const GapReason = z.enum([
  'forbidden',
  'unauthenticated',
  'not-found',
  'expired',
  'unreachable',
  'rate-limited',
  'malformed',
  'untrusted',
  'too-large',
  'incomplete',
  'unsupported',
  'not-configured',
  'not-asked',
  'internal',
]);
export type GapReason = z.infer<typeof GapReason>;

/** A source admits that it could not look, and what would help. */
export const Gap = z.object({
  ...seen,
  kind: z.literal('gap'),
  of: Vouchable,
  scope: Scope,
  because: GapReason,
  hint: z.string().optional(),
});
export type Gap = z.infer<typeof Gap>;
