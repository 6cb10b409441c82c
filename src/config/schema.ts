import { z } from 'zod';
import { Severity } from '../domain/finding.ts';
import { Gate, Plan, RuleSetting, Waiver } from '../domain/plan.ts';

const number = z.string().regex(/^\d+$/, 'is not a whole number').transform(Number);

const level = z.union([Severity, z.literal('off')], { error: 'is high, medium, low, info or off' });

const bySeverity = level.transform((severity): RuleSetting => ({ severity, environments: {} }));

const error = 'is high, medium, low, info or off, or { severity, environments: { NAME: severity } }';

const setting = z.union([bySeverity, RuleSetting], { error });

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
  /** The options of a rule as they are written: whoever judges reads them by the rule's own schema. */
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

/** A rule as the configuration may set it. */
export type Settable = Readonly<{ id: string; options?: z.ZodType | undefined }>;

/** What the configuration must satisfy where these are the rules: each has its own options, and most have none. */
export function configFor(rules: readonly Settable[]) {
  const withoutOptions = z.union([bySeverity, RuleSetting.omit({ options: true })], { error });
  const withOptions = rules.flatMap(({ id, options }) => (options ? [[id, settingWith(options).optional()] as const] : []));
  // A rule that nobody knows passes here, and is refused by its name.
  return Config.extend({ rules: z.object(Object.fromEntries(withOptions)).catchall(withoutOptions).default({}) });
}

function settingWith(options: z.ZodType) {
  return z.union([bySeverity, RuleSetting.extend({ options: options.optional() })], { error: `${error.slice(0, -2)}, options }` });
}
