import type { Node } from 'oxc-parser';
import { ROOMS, roomOf } from './rooms.ts';
import { at, type SourceText } from './source-text.ts';

/** What of the world outside a pure room may not name, nor a room that is handed its edge. */
const WORLD: readonly string[] = [
  'process',
  'console',
  'fetch',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'globalThis',
  'require',
];

/** What gives other answers on another machine or day; a pure room may not call it. */
const MOODS: readonly string[] = [
  'localeCompare',
  'toLocaleString',
  'toLocaleDateString',
  'toLocaleTimeString',
  'toLocaleUpperCase',
  'toLocaleLowerCase',
];

/** Where pure rooms compute with the one builtin that needs no clock: identity is a digest of content, a signature is checked against a key. */
const COMPUTES = { paths: ['src/domain/identify.ts', 'src/attestation/signature.ts'], from: 'node:crypto' };

/** Everything in a pure room that waits, reads the world, or depends on the machine it runs on. */
export function impurities(files: readonly SourceText[]): string[] {
  return files
    .filter(({ path }) => mannerOf(path) === 'pure')
    .flatMap((file) => [
      ...file.imports
        .filter(({ from }) => from.startsWith('node:') && !(COMPUTES.paths.includes(file.path) && from === COMPUTES.from))
        .map(({ from, line }) => `${file.path}:${line} imports ${from}`),
      ...file.nodes.flatMap(({ node, parent }) => tell(file, node, waits(node) ?? worldly(node, parent) ?? moody(node))),
    ]);
}

/** Everything by which a source or client reaches past its edge. */
export function reachesPastTheEdge(files: readonly SourceText[]): string[] {
  return files
    .filter(({ path }) => mannerOf(path) === 'edge')
    .flatMap((file) => file.nodes.flatMap(({ node, parent }) => tell(file, node, worldly(node, parent))));
}

function mannerOf(path: string): string {
  return ROOMS[roomOf(path) ?? '']?.manner ?? 'free';
}

function tell(file: SourceText, node: Node, what: string | undefined): string[] {
  return what === undefined ? [] : [`${at(file, node)} ${what}`];
}

function waits(node: Node): string | undefined {
  if ('async' in node && node.async) return 'is async';
  if (node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await)) return 'awaits';
  return node.type === 'ImportExpression' ? 'imports when it is run' : undefined;
}

function worldly(node: Node, parent: Node): string | undefined {
  if (node.type === 'Identifier') return WORLD.includes(node.name) && isReference(node, parent) ? `uses ${node.name}` : undefined;
  if (node.type === 'NewExpression' && isNamed(node.callee, 'Date') && node.arguments.length === 0) return 'reads the clock: new Date()';
  if (node.type === 'CallExpression' && isNamed(node.callee, 'Date')) return 'reads the clock: Date()';
  if (node.type !== 'MemberExpression' || node.property.type !== 'Identifier') return undefined;
  if (isNamed(node.object, 'Date') && node.property.name === 'now') return 'reads the clock: Date.now';
  return isNamed(node.object, 'Math') && node.property.name === 'random' ? 'draws lots: Math.random' : undefined;
}

function moody(node: Node): string | undefined {
  if (isNamed(node, 'Intl')) return 'depends on the locale: Intl';
  if (node.type !== 'MemberExpression' || node.property.type !== 'Identifier') return undefined;
  return MOODS.includes(node.property.name) ? `depends on the locale: ${node.property.name}` : undefined;
}

function isNamed(node: Node, name: string): boolean {
  return node.type === 'Identifier' && node.name === name;
}

/** A name after a dot, or before a colon, is somebody else's. */
function isReference(node: Node, parent: Node): boolean {
  const isMember = 'property' in parent && parent.property === node && 'computed' in parent && !parent.computed;
  const isKey =
    'key' in parent && parent.key === node && 'computed' in parent && !parent.computed && !('shorthand' in parent && parent.shorthand);
  return !isMember && !isKey;
}
