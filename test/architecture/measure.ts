import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { assertionsOf, blindSpots, perThousandLines, presumptionsOf } from './hatches.ts';
import { functionsOf, linesOf, wrongEnds } from './shape.ts';
import { ROOT, readProduct, type SourceText } from './source-text.ts';

/** Prints the numbers that CONTRIBUTING.md gives: `node --conditions=selfsame-source test/architecture/measure.ts`. */
const product = readProduct();
const lengths = product.map(({ text }) => linesOf(text)).toSorted((a, b) => a - b);
const functions = product
  .flatMap((file) => functionsOf(file).map((one) => ({ ...one, path: file.path })))
  .toSorted((a, b) => a.lines - b.lines);
const longest = functions.at(-1);
const lines = sum(lengths);
const testLines = sum(testFiles().map((file) => linesOf(readFileSync(file, 'utf8'))));

tell('files / lines', `${product.length} / ${lines}`);
tell('file size, median / p90 / max', `${at(lengths, 0.5)} / ${at(lengths, 0.9)} / ${at(lengths, 1)}`);
tell('longest function', `${longest?.lines} lines, ${longest?.path}:${longest?.line}`);
tell('functions over 50 lines', `${functions.filter((one) => one.lines > 50).length} of ${functions.length}`);
tell('any per kLOC', density(blindSpots(product).length));
tell('as per kLOC', density(product.flatMap(assertionsOf).length));
tell('! per kLOC', density(product.flatMap(presumptionsOf).length));
tell('bare errors', `${wrongEnds(product).filter((one) => one.includes('makes a')).length}`);
tell('the pipeline, src/audit.ts', `${audit(product)} lines`);
tell('test lines / product lines', `${testLines} / ${lines} = ${(testLines / lines).toFixed(2)}`);

function tell(what: string, value: string): void {
  process.stdout.write(`${what.padEnd(32)} ${value}\n`);
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function density(found: number): string {
  return `${perThousandLines(found, product).toFixed(2)} (${found})`;
}

function audit(files: readonly SourceText[]): number {
  const file = files.find((one) => one.path === 'src/audit.ts');
  return Math.max(0, ...(file ? functionsOf(file).map((one) => one.lines) : []));
}

function testFiles(): string[] {
  const folder = path.join(ROOT, 'test');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(folder, name));
}
