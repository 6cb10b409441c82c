import type { Expression } from './expression.ts';
import type { Mistake } from './inspect.ts';

/** What an expression may be at most: what it costs is then bounded by the lists that it is shown, and nothing has to stop it. */
const LONGEST = 1000;
const MOST_PARTS = 300;
const MOST_MACROS = 3;

/** Says that a text is too long to be read as an expression. */
export function tooLong(text: string): Mistake | undefined {
  if (text.length <= LONGEST) return undefined;
  return {
    at: undefined,
    says: `it has ${text.length} characters, and ${LONGEST} are the most`,
    hint: 'Make two rules of it, or a rule of your own: `selfsame new rule ID`.',
  };
}

/** Says what makes an expression too dear to be asked of every row; nothing where it is not. */
export function tooDear(tree: Expression): Mistake | undefined {
  const parts = partsOf(tree);
  const macros = parts.filter(({ kind }) => kind === 'fold');
  const hint = 'Say it shorter, or write a rule of your own: `selfsame new rule ID`.';
  if (parts.length > MOST_PARTS) return { at: tree.at, says: `it has ${parts.length} parts, and ${MOST_PARTS} are the most`, hint };
  if (macros.length > MOST_MACROS)
    return { at: tree.at, says: `it goes through lists ${macros.length} times, and ${MOST_MACROS} are the most`, hint };
  for (const macro of macros) {
    const inside = stepsOf(macro).flatMap(partsOf);
    const nested = inside.find(({ kind }) => kind === 'fold');
    if (nested) return { at: nested.at, says: 'it goes through a list within a list', hint };
    const grown = inside.find((part) => grows(part, macro));
    if (grown)
      return { at: grown.at, says: 'within all, exists, filter and map nothing can be added up', hint: 'Compare, and leave `+` outside.' };
  }
  return undefined;
}

function partsOf(tree: Expression): readonly Expression[] {
  return [tree, ...childrenOf(tree).flatMap(partsOf)];
}

function stepsOf(tree: Expression): readonly Expression[] {
  return tree.kind === 'fold' ? tree.steps : [];
}

function childrenOf(tree: Expression): readonly Expression[] {
  switch (tree.kind) {
    case 'field':
      return [tree.of];
    case 'call':
      return [...(tree.of ? [tree.of] : []), ...tree.arguments];
    case 'list':
      return tree.items;
    case 'map':
      return tree.entries.flat();
    case 'fold':
      return [tree.over, tree.initial, ...tree.steps, tree.result];
    default:
      return [];
  }
}

/** What is added to the sum of the macro itself is its own doing; all else could double with every item. */
function grows(part: Expression, macro: Expression): boolean {
  if (part.kind !== 'call' || part.function !== '_+_' || macro.kind !== 'fold') return false;
  const [left] = part.arguments;
  return !(left?.kind === 'name' && left.name === macro.sum);
}
