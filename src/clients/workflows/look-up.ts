import { type Mistake, malformed, nameOf } from './mistake.ts';
import { redactExpressive } from './redact-expressive.ts';
import type { Tree } from './tree.ts';

export type Branches = ReadonlyMap<string, Tree>;

const NONE: Branches = new Map();

/** The entries of a map; none where there is nothing, and a mistake where there is something else. */
export function entriesOf(tree: Tree | undefined, what: string, mistakes: Mistake[]): Branches {
  if (isNothing(tree)) return NONE;
  if (tree.is === 'map') return withoutMerge(tree.entries, mistakes);
  mistakes.push(malformed(tree.line, `${nameOf(what)}: there is no map of keys and values`));
  return NONE;
}

/** The text of a key, redacted; undefined where there is none, and a mistake where there is something else. */
export function textIn(entries: Branches, key: string, mistakes: Mistake[]): string | undefined {
  const tree = entries.get(key);
  if (isNothing(tree)) return undefined;
  if (tree.is === 'text') return redactExpressive('', tree.text);
  mistakes.push(malformed(tree.line, `${key}: there is no text`));
  return undefined;
}

/** The texts of a list, or the one text that stands for a list of it. */
export function textsOf(tree: Tree | undefined, what: string, mistakes: Mistake[]): readonly string[] {
  if (isNothing(tree)) return [];
  const items = tree.is === 'list' ? tree.items : [tree];
  const other = items.find(({ is }) => is !== 'text');
  if (other) mistakes.push(malformed(other.line, `${nameOf(what)}: there is no text`));
  return items.flatMap((item) => (item.is === 'text' && item.text !== '' ? [redactExpressive('', item.text)] : []));
}

/** What is set by name, each value redacted by its name; what an expression sets as a whole stands under `*`. */
export function settingsIn(entries: Branches, key: string, mistakes: Mistake[]): Record<string, string> {
  const whole = entries.get(key);
  if (whole?.is === 'text' && whole.text.includes('${{')) return { '*': redactExpressive('', whole.text) };
  const settings = [...entriesOf(entries.get(key), key, mistakes)].flatMap(([name, tree]) => {
    if (tree.is === 'text') return [[name, redactExpressive(name, tree.text)] as const];
    mistakes.push(malformed(tree.line, `${key}.${nameOf(name)}: there is no text`));
    return [];
  });
  return Object.fromEntries(settings.filter(([name]) => name !== '__proto__'));
}

/** Whether nothing is there: the key is missing, or has no value. */
export function isNothing(tree: Tree | undefined): tree is undefined {
  return tree === undefined || (tree.is === 'text' && tree.text === '');
}

/** What is merged would be part of what is read, and nobody says how. */
function withoutMerge(entries: Branches, mistakes: Mistake[]): Branches {
  const merged = entries.get('<<');
  if (!merged) return entries;
  const hint = 'Write out what it merges: an alias stands for a whole value only.';
  mistakes.push({ line: merged.line, because: 'unsupported', says: 'the key << merges another map', hint });
  return entries;
}
