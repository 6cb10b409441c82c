import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Node, parseSync, visitorKeys } from 'oxc-parser';

export type Import = Readonly<{ from: string; line: number; isType: boolean; isDynamic: boolean }>;

/** One file of the product, parsed; its path is relative to the project and has forward slashes. */
export type SourceText = Readonly<{
  path: string;
  text: string;
  imports: readonly Import[];
  /** Every node with the one above it, in the order of the text. */
  nodes: readonly Readonly<{ node: Node; parent: Node }>[];
  lineOf(node: { start: number }): number;
}>;

/** The folder that the project lies in, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where an import with a computed name leads: only the registry may have one. */
export const COMPUTED = '(computed)';

/** Every file of the product itself: what is shipped, not what tests it. */
export function readProduct(): SourceText[] {
  const names = ['bin', 'rules', 'src'].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => path.posix.join(folder, name)),
  );
  return names
    .filter((name) => /\.[jt]s$/.test(name))
    .toSorted()
    .map((name) => parse(name, readFileSync(path.join(ROOT, name), 'utf8')));
}

/** Parses a text as if it stood at that path. */
export function parse(name: string, text: string): SourceText {
  const { program, errors } = parseSync(name, text);
  if (errors[0]) throw new TypeError(`${name}: ${errors[0].message}`);
  const nodes = [...walk(program)];
  const lineOf = ({ start }: { start: number }) => text.slice(0, start).split('\n').length;
  return { path: name, text, nodes, lineOf, imports: nodes.flatMap(({ node }) => importOf(node, lineOf)) };
}

function* walk(parent: Node): Iterable<{ node: Node; parent: Node }> {
  for (const node of childrenOf(parent)) {
    yield { node, parent };
    yield* walk(node);
  }
}

function childrenOf(node: Node): Node[] {
  // The parser's own table says which fields of a node hold nodes; its types do not.
  const fields = node as unknown as Record<string, Node | (Node | null)[] | null | undefined>;
  return (visitorKeys[node.type] ?? []).flatMap((key) => fields[key] ?? []).filter((child) => child !== null);
}

function importOf(node: Node, lineOf: SourceText['lineOf']): Import[] {
  const line = lineOf(node);
  switch (node.type) {
    case 'ImportDeclaration':
      return [{ from: node.source.value, line, isType: node.importKind === 'type', isDynamic: false }];
    case 'ExportAllDeclaration':
      return [{ from: node.source.value, line, isType: node.exportKind === 'type', isDynamic: false }];
    case 'ExportNamedDeclaration':
      return node.source ? [{ from: node.source.value, line, isType: node.exportKind === 'type', isDynamic: false }] : [];
    case 'ImportExpression':
      return [{ from: textOf(node.source) ?? COMPUTED, line, isType: false, isDynamic: true }];
    case 'TSImportType':
      return [{ from: node.source.value, line, isType: true, isDynamic: false }];
    default:
      return [];
  }
}

/** The text that a literal stands for, where it is one. */
export function textOf(node: Node): string | undefined {
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

/** The file that an import leads to, or the package as it is written. */
export function targetOf({ path: importer }: SourceText, { from }: Import): string {
  if (from.startsWith('.')) return path.posix.join(path.posix.dirname(importer), from);
  if (from === '#main') return 'src/cli/main.ts';
  return from;
}

/** Where something stands, as `path:line`. */
export function at({ path: name, lineOf }: SourceText, node: { start: number }): string {
  return `${name}:${lineOf(node)}`;
}
