import { z } from 'zod';
import { seen } from './seen.ts';

/** A registry that was asked within bounds or without TLS, or whose clock is not ours: push times are of that clock. */
export const RegistryAccount = z.object({
  ...seen,
  kind: z.literal('registry'),
  registry: z.string(),
  /** What was asked of it, attempts that failed included, and how much was foreseen. */
  requests: z.number().int().nonnegative(),
  foreseen: z.number().int().nonnegative().optional(),
  /** How much it may be asked, as it is configured. */
  most: z.number().int().positive().optional(),
  /** How far its clock is ahead of ours, where they differ by more than answers tell. */
  skewMs: z.number().int().optional(),
  /** It was asked over a network without TLS: what tags name there, anybody on the way may have said. */
  withoutTls: z.literal(true).optional(),
});
export type RegistryAccount = z.infer<typeof RegistryAccount>;
