import path from 'node:path';
import type { Node } from 'oxc-parser';
import { roomOf } from './rooms.ts';
import { at, type SourceText } from './source-text.ts';

export const CAPS = { fileLines: 250, functionLines: 50, parameters: 4 };

const BANNED_NAMES: readonly string[] = ['utils', 'util', 'helpers', 'helper', 'common', 'types', 'index', 'misc', 'shared'];
const INDEXES: readonly string[] = ['src/index.ts', 'src/testing/index.ts'];
const MEMBER = /^(?<folder>rules|src\/sources|src\/reporters)\/[^/]+\.ts$/;
const DEFINES: Readonly<Record<string, string>> = { rules: 'defineRule', 'src/sources': 'defineSource', 'src/reporters': 'defineReporter' };

/** How many lines a text has. */
export function linesOf(text: string): number {
  return text.replace(/\n$/, '').split('\n').length;
}

/** Every function of a file with its length in lines and the number of its parameters. */
export function functionsOf({ nodes, text, lineOf }: SourceText): { line: number; lines: number; parameters: number }[] {
  return nodes.flatMap(({ node }) => {
    if (node.type !== 'FunctionDeclaration' && node.type !== 'FunctionExpression' && node.type !== 'ArrowFunctionExpression') return [];
    return [{ line: lineOf(node), lines: linesOf(text.slice(node.start, node.end)), parameters: node.params.length }];
  });
}

/** Files, functions and parameter lists that are too long. */
export function tooLong(files: readonly SourceText[]): string[] {
  return files.flatMap((file) => [
    ...(linesOf(file.text) > CAPS.fileLines ? [`${file.path} has ${linesOf(file.text)} lines: split it by what it promises`] : []),
    ...functionsOf(file).flatMap(({ line, lines, parameters }) => [
      ...(lines > CAPS.functionLines ? [`${file.path}:${line} is a function of ${lines} lines`] : []),
      ...(parameters > CAPS.parameters ? [`${file.path}:${line} takes ${parameters} parameters: hand it one object`] : []),
    ]),
  ]);
}

/** Files whose names say nothing, or are not written in kebab-case. */
export function poorNames(files: readonly SourceText[]): string[] {
  return files.flatMap(({ path: file }) => {
    const name = path.basename(file).replace(/\.[jt]s$/, '');
    if (BANNED_NAMES.includes(name) && !INDEXES.includes(file)) return [`${file}: "${name}" says nothing; name it for what it exports`];
    const parts = [...path.dirname(file).split('/'), name];
    return parts.every((part) => /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(part)) ? [] : [`${file} is not in kebab-case`];
  });
}

/** Members without their one default export, and default exports elsewhere. */
export function wrongDefaults(files: readonly SourceText[]): string[] {
  return files.flatMap((file) => {
    const define = DEFINES[MEMBER.exec(file.path)?.groups?.folder ?? ''];
    const defaults = file.nodes.filter(({ node }) => isDefaultExport(node));
    if (define === undefined) return defaults.map(({ node }) => `${at(file, node)} exports a default: only members of a registry do`);
    const isMember = defaults.length === 1 && defaults.every(({ node }) => isCallOf(node, define));
    return isMember ? [] : [`${file.path} does not export default ${define}(…)`];
  });
}

function isDefaultExport(node: Node): boolean {
  if (node.type === 'ExportDefaultDeclaration') return true;
  return node.type === 'ExportSpecifier' && node.exported.type === 'Identifier' && node.exported.name === 'default';
}

function isCallOf(node: Node, name: string): boolean {
  if (node.type !== 'ExportDefaultDeclaration' || node.declaration.type !== 'CallExpression') return false;
  return node.declaration.callee.type === 'Identifier' && node.declaration.callee.name === name;
}

/** Bare errors, classes, and anybody but `bin` who decides how the process ends. */
export function wrongEnds(files: readonly SourceText[]): string[] {
  return files.flatMap((file) =>
    file.nodes.flatMap(({ node }) => {
      const what = bareError(file.path, node) ?? ending(file.path, node) ?? classy(file.path, node);
      return what === undefined ? [] : [`${at(file, node)} ${what}`];
    }),
  );
}

function bareError(file: string, node: Node): string | undefined {
  if ((node.type !== 'NewExpression' && node.type !== 'CallExpression') || node.callee.type !== 'Identifier') return undefined;
  const { name } = node.callee;
  if (!/(?:Error|Exception)$/.test(name) || name === 'AuditError') return undefined;
  if (name === 'TypeError' && roomOf(file) === 'testing') return undefined;
  return `makes a ${name}: an AuditError has a code and a hint`;
}

function ending(file: string, node: Node): string | undefined {
  if (node.type === 'Literal' && /^(?:node:)?process$/.test(String(node.value))) return 'imports the process';
  if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier' || node.object.name !== 'process') return undefined;
  const name = node.property.type === 'Identifier' ? node.property.name : node.property.type === 'Literal' ? node.property.value : '';
  if (name === 'exitCode' && roomOf(file) !== 'bin') return 'sets the exit code: only bin does';
  return ['exit', 'abort', 'kill', 'reallyExit'].includes(String(name)) ? `calls process.${name}: nobody does` : undefined;
}

function classy(file: string, node: Node): string | undefined {
  return (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') && file !== 'src/error.ts'
    ? 'is a class: write functions and plain data'
    : undefined;
}

/** What the index of the package does beside exporting again. */
export function notReexports(files: readonly SourceText[]): string[] {
  return files
    .filter(({ path: file }) => INDEXES.includes(file))
    .flatMap((file) =>
      file.nodes
        .filter(({ node, parent }) => parent.type === 'Program' && !(node.type === 'ExportNamedDeclaration' && node.source))
        .map(({ node }) => `${at(file, node)} is no re-export`),
    );
}
