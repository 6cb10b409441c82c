import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const TESTS = new URL('../', import.meta.url);
const rowsOf = (letter: string, count: number) => Array.from({ length: count }, (_, nth) => `${letter}${String(nth + 1).padStart(2, '0')}`);
// What a test starts that answers over HTTP.
const SERVER = /from 'node:https?'|fakes\/(?:registry|ecr)\.ts'/;

const names = (await readdir(TESTS, { recursive: true })).filter((name) => name.endsWith('.test.ts'));
const texts = await Promise.all(names.map((name) => readFile(new URL(name, TESTS), 'utf8')));
const answered = texts.filter((text, nth) => SERVER.test(text) && !fileURLToPath(import.meta.url).endsWith(names[nth] ?? ''));

/** What a hostile registry may answer (R) and what may lie on the way to it (N); each is named where it is tried. */
it.each([...rowsOf('R', 28), ...rowsOf('N', 18)])('%s is tried over real HTTP, by its name', (row) => {
  expect(answered.filter((text) => new RegExp(`['"\`].*\\b${row} `).test(text))).not.toEqual([]);
});
