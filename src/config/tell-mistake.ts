import { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What is wrong with something written: where, in a sentence that goes on from there, and what was meant instead. */
export type Mistake = Readonly<{ where: Path; says: string; hint: string }>;

/** Tells the first mistake that a schema found in what was written; a key or word that is nearly right first. */
export function tellMistake(issues: readonly Issue[], written: unknown, schema: z.ZodType): Mistake {
  const all = issues.map(innermost);
  const issue = all.find(({ code }) => code === 'unrecognized_keys') ?? all[0];
  if (!issue) return { where: [], says: 'is not as it should be', hint: '' };
  return { where: issue.path, says: sayingOf(issue, valueAt(written, issue.path)), hint: hintOf(issue, written, schema) };
}

/** Of several forms that a value may have, the one that was meant: the one whose fault lies further in, or is a key alone. */
function innermost(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const forms = issue.errors.map((found) => found.map(innermost)).filter((found) => !found.some(isOtherKind));
  const [meant, other] = forms.map(firstOf).toSorted((a, b) => b.path.length - a.path.length);
  if (!meant || (other && meant.path.length <= other.path.length)) return issue;
  return { ...meant, path: [...issue.path, ...meant.path] };
}

function firstOf(found: readonly Issue[]): Issue {
  // A form that is wrong has an issue.
  return (found.find(({ code }) => code === 'unrecognized_keys') ?? found[0]) as Issue;
}

function isOtherKind({ code, path }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_union' || code === 'invalid_value');
}

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list: [one, another]',
  object: 'keys with their values: { key: value }',
  record: 'keys with their values: { key: value }',
  string: 'one value',
};

function sayingOf(issue: Issue, value: unknown): string {
  // What a schema says in its own words is meant for people.
  if (!/^(?:Invalid|Unrecognized|Too )/.test(issue.message))
    return value === undefined ? `is missing, and ${issue.message}` : issue.message;
  if (issue.code === 'unrecognized_keys') return `there is no key ${issue.keys.map(quoted).join(', ')}`;
  if (value === undefined) return 'is missing';
  if (value === '') return 'is empty';
  const is = `is ${kindOf(value)}`;
  if (issue.code === 'invalid_type') return `${is}, and must be ${KINDS[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `${is}, and must be ${oneOf(issue.values.map(String))}`;
  if (issue.code === 'invalid_union') return `${is}, which cannot stand there`;
  return `${is}: ${issue.message.replace(/^\w/, (letter) => letter.toLowerCase())}`;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? quoted(value) : 'keys with their values';
}

function quoted(text: unknown): string {
  const [first = '', ...more] = String(text).match(/.{1,40}/gs) ?? [];
  return JSON.stringify(more.length > 0 ? `${first}…` : first);
}

function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function hintOf(issue: Issue, written: unknown, schema: z.ZodType): string {
  const value = valueAt(written, issue.path);
  if (issue.code === 'invalid_value' && typeof value === 'string') return didYouMean(value, issue.values.map(String));
  if (issue.code !== 'unrecognized_keys') return '';
  const keys = [...new Set(keysAt(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), issue.path))];
  const known = keys.length > 0 ? `The keys are: ${keys.join(', ')}.` : '';
  return [didYouMean(issue.keys[0] ?? '', keys), known].filter(Boolean).join(' ');
}

type JsonSchema = z.core.JSONSchema._JSONSchema;

function keysAt(schema: JsonSchema | undefined, [step, ...rest]: Path): readonly string[] {
  if (typeof schema !== 'object') return [];
  const forms = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  const among = forms.flatMap((form) => keysAt(form, step === undefined ? [] : [step, ...rest]));
  if (step === undefined) return [...Object.keys(schema.properties ?? {}), ...among];
  const { items } = schema;
  const next = typeof step === 'number' ? (Array.isArray(items) ? items[step] : items) : propertyOf(schema, String(step));
  return [...keysAt(next, rest), ...among];
}

function propertyOf({ properties, additionalProperties }: z.core.JSONSchema.BaseSchema, key: string): JsonSchema | undefined {
  return properties?.[key] ?? additionalProperties;
}

function valueAt(written: unknown, path: Path): unknown {
  // Each step was found there by the schema, or is what is missing.
  return path.reduce<unknown>((value, step) => (value as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[step], written);
}
