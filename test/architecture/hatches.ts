import { linesOf } from './shape.ts';
import { at, type SourceText } from './source-text.ts';

/** Where the compiler is told what a value is: `as` and `<T>x`; `as const` tells it nothing that it does not see. */
export function assertionsOf(file: SourceText): string[] {
  return file.nodes.flatMap(({ node }) => {
    if (node.type !== 'TSAsExpression' && node.type !== 'TSTypeAssertion') return [];
    const type = file.text.slice(node.typeAnnotation.start, node.typeAnnotation.end);
    return type === 'const' ? [] : [`${at(file, node)} as ${type}`];
  });
}

/** Where the compiler is told that a value is there: `x!`. */
export function presumptionsOf(file: SourceText): string[] {
  return file.nodes.flatMap(({ node }) => (node.type === 'TSNonNullExpression' ? [`${at(file, node)} presumes`] : []));
}

/** Where the compiler is told to look away. */
export function blindSpots(files: readonly SourceText[]): string[] {
  return files.flatMap((file) => [
    ...file.nodes.filter(({ node }) => node.type === 'TSAnyKeyword').map(({ node }) => `${at(file, node)} is any`),
    ...file.text
      .split('\n')
      .flatMap((line, index) => (/@ts-(?:ignore|expect-error|nocheck)/.test(line) ? [`${file.path}:${index + 1} hushes tsc`] : [])),
  ]);
}

/** How many of something there are for a thousand lines. */
export function perThousandLines(count: number, files: readonly SourceText[]): number {
  const lines = files.map(({ text }) => linesOf(text)).reduce((sum, one) => sum + one, 0);
  return (count / lines) * 1000;
}
