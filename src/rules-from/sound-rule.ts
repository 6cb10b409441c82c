import { z } from 'zod';
import { tellMistake } from '../config/tell-mistake.ts';
import { Severity } from '../domain/finding.ts';
import { Confidence } from '../domain/trust.ts';
import type { AnyRule } from '../judge/define-rule.ts';

const sentence = z.string({ error: 'must be a sentence' }).min(1);
const sentences = z.record(z.string(), sentence);
const returning = z.custom<unknown>(isSync, { error: 'must be a function that returns at once, and is not async' });
const schema = z.custom<z.ZodType>(isSchema, { error: 'must be a zod schema that reads {} where nothing is set' });

/** What a rule must be made of where no compiler has seen it. */
const Shape = z.looseObject({
  id: z.string(),
  title: sentence,
  severity: Severity,
  severities: z.record(z.string(), Severity).optional(),
  explains: z.boolean().optional(),
  confidence: Confidence.optional(),
  appliesFrom: z.iso.date().optional(),
  vendors: z.boolean().optional(),
  since: sentence,
  judges: z.literal('deployed'),
  messages: sentences,
  skips: sentences,
  fix: sentence,
  options: schema.optional(),
  awaits: z.string().optional(),
  needs: returning,
  check: returning,
});

/** Says what is wrong with what a file exports as its rule, and what to do; nothing where it is one. */
export function faultOf(exported: unknown, id: string): Readonly<{ says: string; hint: string }> | undefined {
  if (typeof exported !== 'object' || exported === null)
    return { says: 'it exports no rule by default', hint: 'Write `export default defineRule({ … })`; `selfsame new rule ID` shows one.' };
  const { error, data } = Shape.safeParse(exported);
  if (error) {
    const { where, says, hint } = tellMistake(error.issues, exported, Shape);
    return { says: `${where.join('.')} ${says}`, hint: hint || '`selfsame new rule ID` shows a whole one.' };
  }
  if (data.id === id) return undefined;
  return { says: `its id is "${data.id}"`, hint: `Let it be "${id}", as the file is named; or rename the file.` };
}

/** Whether what a file exports is a rule. */
export function isRule(exported: unknown, id: string): exported is AnyRule {
  return faultOf(exported, id) === undefined;
}

function isSync(value: unknown): boolean {
  return typeof value === 'function' && value.constructor.name !== 'AsyncFunction';
}

function isSchema(value: unknown): boolean {
  return value instanceof z.ZodType && value.safeParse({}).success;
}
