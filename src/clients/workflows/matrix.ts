import { entriesOf, isNothing } from './look-up.ts';
import { type Mistake, malformed, nameOf } from './mistake.ts';
import { redactExpressive } from './redact-expressive.ts';
import type { Tree } from './tree.ts';

/** The axes of a matrix with the values that are written out, and whether an expression makes some of it. */
export type Matrix = { matrix: Record<string, string[]>; matrixIsComputed: boolean };

/** A value where it stands: that of `{ env: prod }` in the axis `target` is one of `target.env`. */
type Leaf = Readonly<{ axis: string; value: string }>;

/** Reads the matrix of a job from its strategy; values that are maps give an axis for each of their keys, as expressions name them. */
export function readStrategy(tree: Tree | undefined, mistakes: Mistake[]): Matrix {
  if (tree?.is === 'text' && tree.text.includes('${{')) return { matrix: {}, matrixIsComputed: true };
  return readMatrix(entriesOf(tree, 'strategy', mistakes).get('matrix'), mistakes);
}

function readMatrix(tree: Tree | undefined, mistakes: Mistake[]): Matrix {
  if (isNothing(tree)) return { matrix: {}, matrixIsComputed: false };
  if (tree.is !== 'map') {
    const isComputed = tree.is === 'text' && tree.text.includes('${{');
    if (!isComputed) mistakes.push(malformed(tree.line, 'matrix: there is no map of axes'));
    return { matrix: {}, matrixIsComputed: isComputed };
  }
  const { entries } = tree;
  for (const [name, { is, line }] of entries) if (is === 'map') mistakes.push(malformed(line, `matrix.${nameOf(name)}: there is no list`));
  const own = [...entries].filter(([name]) => name !== 'include' && name !== 'exclude').flatMap(([name, axis]) => leavesOf(name, axis));
  const excluded = new Set(wholeIn(entries.get('exclude')).map(({ axis, value }) => `${axis}=${value}`));
  const added = entries.get('include');
  const leaves = [...own.filter(({ axis, value }) => !excluded.has(`${axis}=${value}`)), ...(added ? leavesOf('', added) : [])];
  return { matrix: axesOf(leaves), matrixIsComputed: isComputedIn(tree) };
}

function leavesOf(axis: string, tree: Tree): readonly Leaf[] {
  if (tree.is === 'list') return tree.items.flatMap((item) => leavesOf(axis, item));
  if (tree.is === 'map') return [...tree.entries].flatMap(([key, one]) => leavesOf(axis === '' ? key : `${axis}.${key}`, one));
  return axis === '' || tree.text === '' ? [] : [{ axis, value: redactExpressive(axis, tree.text) }];
}

/** What excludes a value whatever the other axes have; with a second key it excludes only some of its jobs. */
function wholeIn(tree: Tree | undefined): readonly Leaf[] {
  if (tree?.is !== 'list') return [];
  return tree.items.map((item) => leavesOf('', item)).flatMap((leaves) => (leaves.length === 1 ? leaves : []));
}

function axesOf(leaves: readonly Leaf[]): Record<string, string[]> {
  const axes = new Map<string, Set<string>>();
  for (const { axis, value } of leaves) axes.set(axis, (axes.get(axis) ?? new Set()).add(value));
  return Object.fromEntries([...axes].filter(([axis]) => axis !== '__proto__').map(([axis, values]) => [axis, [...values]]));
}

function isComputedIn(tree: Tree): boolean {
  if (tree.is === 'list') return tree.items.some(isComputedIn);
  if (tree.is === 'map') return [...tree.entries.values()].some(isComputedIn);
  return tree.text.includes('${{');
}
