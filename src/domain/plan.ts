import { z } from 'zod';
import { Severity } from './finding.ts';

/** What to judge by: everything of the configuration that the pure half reads. */
export const Plan = z.strictObject({
  /** Ranks, upstream first; a rank may hold siblings. */
  promotion: z.array(z.array(z.string().min(1)).min(1)).min(2),
  ours: z.array(z.string()).default([]),
  thirdParty: z.array(z.string()).default([]),
  /** Registry prefixes as clusters name them, to the prefixes they mirror. */
  mirrors: z.record(z.string(), z.string()).default({}),
  /** Slot to slot, `environment/namespace/Kind/name/container`: downstream first. */
  pairs: z.record(z.string(), z.string()).default({}),
  gates: z.array(z.string().min(1)).default([]),
  evidence: z.enum(['auto', 'attested', 'recorded', 'observed']).default('auto'),
  rules: z.record(z.string(), z.union([Severity, z.literal('off')])).default({}),
  failOn: Severity.default('medium'),
});
export type Plan = z.infer<typeof Plan>;
