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
  /** The day, in UTC, from which its findings count; until then they are shown. */
  appliesFrom: z.iso.date().optional(),
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
  /** Who agreed to it, and where that is kept. */
  approver: z.string().min(1).optional(),
  ticket: z.string().min(1).optional(),
  until: z.iso.date().optional(),
});
export type Waiver = z.infer<typeof Waiver>;

/** Who answers for a part of the estate: for every row that one of its patterns names, or that has all of its labels. */
export const Team = z.strictObject({
  name: z.string().min(1),
  /** Patterns of places. */
  where: z.array(z.string().min(1)).default([]),
  /** Patterns of images, as of `ours`. */
  images: z.array(z.string().min(1)).default([]),
  /** Labels of workloads. */
  labels: z.record(z.string().min(1), z.string()).default({}),
  contact: z.string().min(1).optional(),
});
export type Team = z.infer<typeof Team>;

/** A rule without code: expressions over what is known of a row, and the sentences that it reports with. */
export const CustomRule = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'is small letters and digits joined by hyphens, such as tag-of-the-day'),
  title: z.string().min(1),
  severity: Severity,
  /** It also judges what vendors built. */
  vendors: z.boolean().optional(),
  when: z.string().min(1).optional().describe('Of which rows it speaks; all, where it is left out'),
  drift: z.string().min(1).optional().describe('What is wrong'),
  assert: z.string().min(1).optional().describe('What must be so, in place of `drift`'),
  message: z.string().min(1).describe('What is reported, with facts in braces: {where}, {build.builder}'),
  fix: z.string().min(1).describe('What to do about it'),
});
export type CustomRule = z.infer<typeof CustomRule>;

/** What to judge by: everything of the configuration that the pure half reads; editors show the descriptions. */
export const Plan = z.strictObject({
  promotion: z.array(environments).min(2).describe('Ranks of environments, upstream first; a rank may hold siblings'),
  equal: z
    .array(z.array(z.string().min(1)).min(2))
    .default([])
    .describe('Sets of environments that must run the same, once a change had time to settle'),
  /** How many hours environments that must agree may take to. */
  settleHours: z.number().nonnegative().default(24),
  ours: z.array(z.string()).default([]).describe('Patterns of images that are built by us, whatever their name suggests'),
  thirdParty: z.array(z.string()).default([]).describe('Patterns of images that others build: they are listed, and never counted'),
  mirrors: z
    .record(z.string(), z.string())
    .default({})
    .describe('Prefixes of images as clusters name them, each with the prefix that it is a mirror of'),
  pairs: z
    .record(z.string(), z.string())
    .default({})
    .describe('Places downstream, each with the place upstream that it is compared with, where names do not tell'),
  gates: z.array(Gate).default([]).describe('Checks that must all have passed on what runs; without any, having run upstream counts'),
  /** What those who may say that something was verified say it of; absent where nobody may, so that a plan without them is the plan that it was. */
  policies: z.array(z.string()).optional(),
  evidence: z
    .enum(['auto', 'attested', 'recorded', 'observed'])
    .default('auto')
    .describe('The least that counts as a rehearsal; `auto` is `recorded` for images with a gate, else `observed`'),
  rules: z
    .record(z.string(), RuleSetting)
    .default({})
    .describe('How severe a finding of a rule is, or `off`; for all environments or for some'),
  /** Absent where there are none, so that a plan without them is the plan that it was. */
  custom: z.array(CustomRule).optional().describe('Rules without code, told in expressions'),
  waivers: z.array(Waiver).default([]).describe('Findings that are accepted: by whom, why, and until when'),
  teams: z
    .array(Team)
    .default([])
    .describe('Who owns what, by place, image or label; the first that fits is told, and never changes a verdict'),
  failOn: Severity.default('medium').describe('The least severity of a finding that makes the exit code 1'),
  /** Globs over places: rows elsewhere are not judged, and the report says so on its first line. */
  only: z.array(z.string()).default([]),
  /** Somebody asked for files by themselves: that nothing that runs was looked at leaves nothing open. */
  filesAlone: z.literal(true).optional(),
});
export type Plan = z.infer<typeof Plan>;
