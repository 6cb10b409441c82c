import { settingIn } from './setting.ts';

/** Whether what stands under a condition runs: whenever its workflow does, never on its way to an environment, or nobody can tell by its words. */
export type Condition = 'always' | 'never' | 'open';

const REVIEW = /^github\.event_name\s{0,9}==\s{0,9}'pull_request(?:_target)?'$/;
/** What most workflows ask before they release: where they run, and that nothing has failed. */
const GUARDS = [
  /^(?:success|always)\(\)$/,
  /^!\s{0,9}cancelled\(\)$/,
  /^github\.(?:ref|ref_name|ref_type|repository|repository_owner|event_name|actor|event\.action)\s{0,9}(?:==|!=)\s{0,9}'[^']*'$/,
  /^startsWith\(\s{0,9}github\.(?:ref|ref_name)\s{0,9},\s{0,9}'[^']*'\s{0,9}\)$/,
  /^!\s{0,9}github\.event\.(?:repository\.fork|pull_request\.draft)$/,
  /^github\.event\.pull_request\.merged(?:\s{0,9}==\s{0,9}true)?$/,
  /^needs\.[\w-]+\.result\s{0,9}==\s{0,9}'success'$/,
];

/** What the words of a condition say, with what a caller handed over filled in. */
export function conditionOf(text: string | undefined, given: Readonly<Record<string, string>>): Condition {
  if (text === undefined) return 'always';
  const bare = text.replaceAll(/\$\{\{|\}\}/g, ' ').trim();
  const parts = bare.split('&&').map((part) => fill(unwrapped(part.trim()), given));
  const told = parts.map(partOf);
  if (told.includes('never')) return 'never';
  return told.every((one) => one === 'always') ? 'always' : 'open';
}

/** Of several conditions that must all hold. */
export function bothOf(a: Condition, b: Condition): Condition {
  if (a === 'never' || b === 'never') return 'never';
  return a === 'open' || b === 'open' ? 'open' : 'always';
}

function unwrapped(part: string): string {
  return part.startsWith('(') && part.endsWith(')') && !part.slice(1, -1).includes('(') ? part.slice(1, -1).trim() : part;
}

function fill(part: string, given: Readonly<Record<string, string>>): string {
  return part.replaceAll(/\b(?:github\.event\.)?inputs\.(?<name>[\w-]+)/g, (whole, name: string) => {
    const value = settingIn(given, name);
    if (value === undefined || value.includes('${{')) return whole;
    return value === 'true' || value === 'false' ? value : `'${value}'`;
  });
}

function partOf(part: string): Condition {
  if (part.includes('||')) return 'open';
  if (REVIEW.test(part)) return 'never';
  const [, left, sign, right] = /^(?<left>'[^']*'|true|false)\s{0,9}(?<sign>==|!=)\s{0,9}(?<right>'[^']*'|true|false)$/.exec(part) ?? [];
  if (sign !== undefined) return (bare(left) === bare(right)) === (sign === '==') ? 'always' : 'never';
  if (part === 'false' || part === "'false'" || part === '!true' || part === "''") return 'never';
  if (part === 'true' || part === '!false') return 'always';
  return GUARDS.some((guard) => guard.test(part)) ? 'always' : 'open';
}

function bare(literal = ''): string {
  return literal.replaceAll("'", '').toLowerCase();
}
