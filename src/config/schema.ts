import { z } from 'zod';
import { Severity } from '../domain/finding.ts';
import { Gate, Plan, RuleSetting, Waiver } from '../domain/plan.ts';

const number = z.string().regex(/^\d+$/, 'is not a whole number').transform(Number);

const level = z.union([Severity, z.literal('off')], { error: 'is high, medium, low, info or off' });

const setting = z.union([level.transform((severity): RuleSetting => ({ severity, environments: {} })), RuleSetting], {
  error: 'is high, medium, low, info or off, or { severity, environments: { NAME: severity } }',
});

const waiver = Waiver.refine(({ rule, standing }) => (rule === undefined) !== (standing === undefined), {
  error: 'names one of `rule` and `standing`; a gap can never be waived: nobody has seen what it hides',
});

/** One configured source: `use` names its kind, `name` this one of it; the rest is the source's own. */
export const SourceEntry = z.looseObject({ use: z.string().min(1), name: z.string().min(1).optional() });
export type SourceEntry = z.infer<typeof SourceEntry>;

/** How hard to try before something counts as unreadable. */
export const Limits = z.strictObject({
  retries: number.default(3),
  backoffMs: number.default(500),
  timeoutMs: number.default(30_000),
  perHost: number.refine((count) => count > 0, 'is at least 1').default(8),
});
export type Limits = z.infer<typeof Limits>;

/** `selfsame.yaml`: the plan, with short forms, and where to look. Every scalar arrives as text. */
export const Config = Plan.omit({ settleHours: true, only: true }).extend({
  version: z.literal('1', { error: 'must be 1' }),
  promotion: z
    .array(
      z.union([
        z
          .string()
          .min(1)
          .transform((environment) => [environment]),
        z.array(z.string().min(1)).min(1),
      ]),
    )
    .min(2, 'needs at least two ranks, upstream first: [staging, production]'),
  gates: z
    .array(
      z.union([
        z
          .string()
          .min(1)
          .transform((name): Gate => ({ name })),
        Gate,
      ]),
    )
    .default([]),
  rules: z.record(z.string(), setting).default({}),
  waivers: z.array(waiver).default([]),
  /** Hours that environments which must be equal may take to agree: `24h`. */
  settle: z
    .string()
    .regex(/^\d+h$/, 'is a number of hours, such as 24h')
    .transform((text) => Number(text.slice(0, -1)))
    .default(24),
  sources: z.array(SourceEntry).default([]),
  limits: Limits.default({ retries: 3, backoffMs: 500, timeoutMs: 30_000, perHost: 8 }),
});
export type Config = z.infer<typeof Config>;
