import { z } from 'zod';
import { Severity } from '../domain/finding.ts';
import { CustomRule, Gate, Plan, RuleSetting, Team, Waiver } from '../domain/plan.ts';

const number = z.string().regex(/^\d+$/, 'is not a whole number').transform(Number);

const level = z.union([Severity, z.literal('off')], { error: 'is high, medium, low, info or off' });

const bySeverity = level.transform((severity): RuleSetting => ({ severity, environments: {} }));

const error = 'is high, medium, low, info or off, or { severity, environments: { NAME: severity }, appliesFrom: DAY }';

const setting = z.union([bySeverity, RuleSetting], { error });

/** A waiver as it is written: of a rule or of a standing, and never of a gap. */
export const WrittenWaiver = Waiver.refine(({ rule, standing }) => (rule === undefined) !== (standing === undefined), {
  error: 'names one of `rule` and `standing`; a gap can never be waived: nobody has seen what it hides',
});

const team = Team.refine(({ where, images, labels }) => where.length + images.length + Object.keys(labels).length > 0, {
  error: 'owns nothing: say what by `where`, `images` or `labels`',
});

/** One configured source: `use` names its kind, `name` this one of it; the rest is the source's own. */
export const SourceEntry = z.looseObject({
  use: z.string().min(1).describe('The kind of source, which has its own keys beside these'),
  name: z.string().min(1).optional().describe('What reports call it; `use`, where it is left out. Of two of one kind, each needs one'),
});
export type SourceEntry = z.infer<typeof SourceEntry>;

/** How hard to try before something counts as unreadable. */
export const Limits = z.strictObject({
  retries: number.default(3).describe('How often a request that failed is tried again'),
  backoffMs: number.default(500).describe('Milliseconds before the first retry; each further wait is twice as long'),
  timeoutMs: number.default(30_000).describe('Milliseconds that one request may take'),
  perHost: number
    .refine((count) => count > 0, 'is at least 1')
    .default(8)
    .describe('How many requests one host is sent at a time'),
  clusters: number
    .refine((count) => count > 0, 'is at least 1')
    .default(16)
    .describe('How many clusters are read at a time; each is held in memory until it has been read'),
});
export type Limits = z.infer<typeof Limits>;

const environment = z.string().min(1);
const ranks = z
  .array(z.union([environment.transform((name) => [name]), z.array(environment).min(1)]))
  .min(2, 'needs at least two ranks, upstream first: [staging, production]');
const gates = z.array(
  z.union([
    z
      .string()
      .min(1)
      .transform((name): Gate => ({ name })),
    Gate,
  ]),
);
const hours = z
  .string()
  .regex(/^\d+h$/, 'is a number of hours, such as 24h')
  .transform((text) => Number(text.slice(0, -1)));

const custom = CustomRule.extend({
  vendors: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
}).refine(({ drift, assert }) => (drift === undefined) !== (assert === undefined), {
  error: 'has one of `drift` (what is wrong) and `assert` (what must be so)',
});

/** `selfsame.yaml`: the plan, with short forms, and where to look. Every scalar arrives as text. */
export const Config = Plan.omit({ settleHours: true, only: true, policies: true, filesAlone: true }).extend({
  version: z.literal('1', { error: 'must be 1' }).describe('The version of this format'),
  promotion: ranks.describe(Plan.shape.promotion.description ?? ''),
  gates: gates.default([]).describe(Plan.shape.gates.description ?? ''),
  /** The options of a rule as they are written: whoever judges reads them by the rule's own schema. */
  rules: z
    .record(z.string(), setting)
    .default({})
    .describe(Plan.shape.rules.description ?? ''),
  custom: z
    .array(custom)
    .optional()
    .describe(Plan.shape.custom.description ?? ''),
  rulesFrom: z
    .array(z.string().min(1))
    .optional()
    .describe('Folders with rules of your own, beside this file: their code is run, and the report names it'),
  waivers: z
    .array(WrittenWaiver)
    .default([])
    .describe(Plan.shape.waivers.description ?? ''),
  waiversFrom: z
    .array(z.string().min(1))
    .default([])
    .describe('Files of more waivers, one a team say, by patterns of names beside this file'),
  teams: z
    .array(team)
    .default([])
    .describe(Plan.shape.teams.description ?? ''),
  settle: hours.default(24).describe('Hours that environments of `equal` may take to agree'),
  sources: z.array(SourceEntry).default([]).describe('Where to look; without any, only recordings can be judged'),
  limits: Limits.default({ retries: 3, backoffMs: 500, timeoutMs: 30_000, perHost: 8, clusters: 16 }).describe(
    'How hard to try before something counts as unreadable',
  ),
});
export type Config = z.infer<typeof Config>;

/** A rule as the configuration may set it. */
export type Settable = Readonly<{ id: string; options?: z.ZodType | undefined; awaits?: string | undefined }>;

/** What the configuration must satisfy where these are the rules: each has its own options, and most have none. */
export function configFor(rules: readonly Settable[]) {
  const withoutOptions = z.union([bySeverity, RuleSetting.omit({ options: true })], { error });
  const withOptions = rules.flatMap(({ id, options }) => (options ? [[id, settingWith(options).optional()] as const] : []));
  // A rule that nobody knows passes here, and is refused by its name.
  const set = z.object(Object.fromEntries(withOptions)).catchall(withoutOptions).default({});
  return Config.extend({ rules: set.describe(Plan.shape.rules.description ?? '') });
}

function settingWith(options: z.ZodType) {
  return z.union([bySeverity, RuleSetting.extend({ options: options.optional() })], { error: `${error.slice(0, -2)}, options }` });
}
