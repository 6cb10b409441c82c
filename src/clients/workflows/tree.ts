import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from '../../domain/yaml.ts';
import { type Mistake, malformed, nameOf, tooLarge } from './mistake.ts';

/** A value of a YAML file and its line: that of its key, where it has one. */
export type Tree =
  | Readonly<{ is: 'text'; line: number; text: string }>
  | Readonly<{ is: 'list'; line: number; items: readonly Tree[] }>
  | Readonly<{ is: 'map'; line: number; entries: ReadonlyMap<string, Tree> }>;

/** What grows a tree: the anchors until now, what is wrong, and how much may still be grown. */
type Growth = {
  readonly lines: LineCounter;
  readonly anchors: Map<string, unknown>;
  readonly mistakes: Mistake[];
  nodes: number;
  characters: number;
};
type At = Readonly<{ line: number; depth: number }>;

// Half a mebibyte is read in two seconds however it is written; no person writes a tenth of it.
const LARGEST = 512 * 1024;
// What aliases expand to counts each time.
const MOST_NODES = 100_000;
const MOST_CHARACTERS = 4 * LARGEST;
const DEEPEST = 64;

/** Reads YAML as texts, lists and maps with their lines, aliases expanded; there is no tree where something is wrong with the YAML itself. */
export function plantTree(text: string): Readonly<{ tree?: Tree; mistakes: readonly Mistake[] }> {
  if (text.length > LARGEST) return { mistakes: [tooLarge(1, 'it has more than 512 KiB')] };
  const lines = new LineCounter();
  // Looking for equal keys takes the package the square of their number: it is done here.
  const { errors, contents } = parseDocument(text, {
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter: lines,
  });
  const [problem] = errors;
  if (problem) return { mistakes: [malformed(lines.linePos(problem.pos[0]).line, `it is no YAML that can be read (${problem.code})`)] };
  const growth: Growth = { lines, anchors: new Map(), mistakes: [], nodes: MOST_NODES, characters: MOST_CHARACTERS };
  const tree = grow(contents, growth, { line: 1, depth: 0 });
  return growth.mistakes.length > 0 ? { mistakes: growth.mistakes.slice(0, 1) } : { tree, mistakes: [] };
}

function grow(node: unknown, growth: Growth, at: At): Tree {
  const { line, depth } = at;
  if (growth.mistakes.length > 0) return { is: 'text', line, text: '' };
  if (isAlias(node)) return growAlias(node.source, growth, at);
  growth.nodes--;
  const text = isScalar(node) && typeof node.value === 'string' ? node.value : '';
  growth.characters -= text.length;
  if (growth.nodes < 0 || growth.characters < 0 || depth > DEEPEST)
    stop(growth, tooLarge(line, 'it, with what its aliases stand for, is too much'));
  if ((isScalar(node) || isSeq(node) || isMap(node)) && node.anchor !== undefined) growth.anchors.set(node.anchor, node);
  if (isSeq(node)) return { is: 'list', line, items: node.items.map((item) => grow(item, growth, below(item, growth, at))) };
  if (isMap(node)) return { is: 'map', line, entries: growEntries(node.items, growth, at) };
  return { is: 'text', line, text };
}

function growAlias(source: string, growth: Growth, at: At): Tree {
  const anchored = growth.anchors.get(source);
  if (anchored !== undefined) return grow(anchored, growth, { ...at, depth: at.depth + 1 });
  stop(growth, malformed(at.line, `the alias *${nameOf(source)} names no anchor before it`));
  return { is: 'text', line: at.line, text: '' };
}

function growEntries(pairs: readonly Readonly<{ key: unknown; value: unknown }>[], growth: Growth, at: At): ReadonlyMap<string, Tree> {
  const entries = new Map<string, Tree>();
  for (const { key, value } of pairs) {
    const own = below(key, growth, at);
    const name = grow(key, growth, own);
    if (name.is !== 'text') stop(growth, malformed(own.line, 'a key is no text'));
    else if (entries.has(name.text)) stop(growth, malformed(own.line, `the key "${nameOf(name.text)}" stood there before`));
    else entries.set(name.text, grow(value, growth, own));
  }
  return entries;
}

/** Where a thing stands that is part of another. */
function below(node: unknown, { lines }: Growth, { line, depth }: At): At {
  const isPlaced = isAlias(node) || isScalar(node) || isSeq(node) || isMap(node);
  return { line: isPlaced && node.range ? lines.linePos(node.range[0]).line : line, depth: depth + 1 };
}

function stop({ mistakes }: Growth, mistake: Mistake): void {
  mistakes.push(mistake);
}
