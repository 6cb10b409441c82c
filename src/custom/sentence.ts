import type { Known } from '../domain/known.ts';
import type { Value } from './expression.ts';

const FACT = /\{(?<path>[a-zA-Z][\w./-]*)\}/g;

/** The names between the braces of a sentence: `{digest}`, `{build.builder}`, `{labels.app.kubernetes.io/part-of}`. */
export function pathsIn(sentence: string): readonly string[] {
  return [...new Set([...sentence.matchAll(FACT)].map(({ groups }) => groups?.path ?? ''))];
}

/** A sentence with the names of its facts as findings have them, which know no dots. */
export function withPlainNames(sentence: string): string {
  return sentence.replaceAll(FACT, (_, path: string) => `{${plainName(path)}}`);
}

/** The name of a fact in letters, digits and underlines alone. */
export function plainName(path: string): string {
  return path.replaceAll(/\W/g, '_');
}

/** What a row answers to a path, as a text; a finding is made all the same where one of its facts is not known. */
export function factFrom(path: string, read: (name: string) => Known<Value> | undefined): string {
  const [name, field] = partsOf(path);
  const answer = read(name);
  if (!answer?.known) return 'not known';
  return tell(field === undefined ? answer.value : fieldOf(answer.value, field));
}

/** The name that is asked, and the field of it: the keys of labels have dots of their own. */
export function partsOf(path: string): readonly [string, string | undefined] {
  const at = path.indexOf('.');
  return at < 0 ? [path, undefined] : [path.slice(0, at), path.slice(at + 1)];
}

function fieldOf(value: Value, field: string): Value | undefined {
  if (typeof value !== 'object' || value instanceof Date) return undefined;
  return Object.entries(value).find(([name]) => name === field)?.[1];
}

function tell(value: Value | undefined): string {
  if (value === undefined) return 'not known';
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object') return String(value);
  return (
    Object.entries(value)
      .map(([name, one]) => (Array.isArray(value) ? tellWhole(one) : `${name}=${tellWhole(one)}`))
      .join(', ') || 'none'
  );
}

function tellWhole(value: Value | undefined): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
