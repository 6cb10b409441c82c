import { z } from 'zod';
import { Digest } from './digest.ts';
import { Severity } from './finding.ts';
import { StandingWord } from './standing.ts';

const environments = z.array(z.string().min(1)).min(1);

/** A named check that decides a promotion; one that names no digest may bind by the environment it tests (SEMANTICS 16). */
export const Gate = z.strictObject({ name: z.string().min(1), environment: z.string().optional() });
export type Gate = z.infer<typeof Gate>;

/** How a rule is set: a severity or `off`, for all environments or for one, and what the rule itself can be told. */
export const RuleSetting = z.strictObject({
  severity: z.union([Severity, z.literal('off')]).optional(),
  environments: z.record(z.string(), z.union([Severity, z.literal('off')])).default({}),
  /** As written; the rule's own schema reads them. */
  options: z.record(z.string(), z.unknown()).optional(),
});
export type RuleSetting = z.infer<typeof RuleSetting>;

/** A written exception; without `because`, `owner` and `until` (a UTC date, inclusive) it is not applied, and told (SEMANTICS 36). */
export const Waiver = z.strictObject({
  rule: z.string().optional(),
  standing: StandingWord.optional(),
  where: z.string().min(1),
  digest: Digest.optional(),
  because: z.string().optional(),
  owner: z.string().optional(),
  until: z.iso.date().optional(),
});
export type Waiver = z.infer<typeof Waiver>;

/** What to judge by: everything of the configuration that the pure half reads. */
export const Plan = z.strictObject({
  /** Ranks, upstream first; a rank may hold siblings. */
  promotion: z.array(environments).min(2),
  /** Sets of environments that must agree, once a change has settled. */
  equal: z.array(z.array(z.string().min(1)).min(2)).default([]),
  /** How many hours environments that must agree may take to. */
  settleHours: z.number().nonnegative().default(24),
  ours: z.array(z.string()).default([]),
  thirdParty: z.array(z.string()).default([]),
  /** Registry prefixes as clusters name them, to the prefixes they mirror. */
  mirrors: z.record(z.string(), z.string()).default({}),
  /** Slot to slot, `environment/namespace/Kind/name/container`: downstream first. */
  pairs: z.record(z.string(), z.string()).default({}),
  gates: z.array(Gate).default([]),
  evidence: z.enum(['auto', 'attested', 'recorded', 'observed']).default('auto'),
  rules: z.record(z.string(), RuleSetting).default({}),
  waivers: z.array(Waiver).default([]),
  failOn: Severity.default('medium'),
  /** Globs over places: rows elsewhere are not judged, and the report says so on its first line. */
  only: z.array(z.string()).default([]),
});
export type Plan = z.infer<typeof Plan>;
