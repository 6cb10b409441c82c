import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Facts } from '../../../src/clients/records/formats/format.ts';
import { readForeign } from '../../../src/clients/records/read-foreign.ts';

const FIXTURES = fileURLToPath(new URL('../../../fixtures/records/', import.meta.url));
const EVIL: readonly unknown[] = [
  null,
  7,
  -1e308,
  '',
  '\u0000\ud800',
  'x'.repeat(1000),
  [],
  [null],
  {},
  { toString: 1 },
  true,
  '__proto__',
];
const MOST_PLACES = 150;

const reading = {
  filter: { raw: { isDigestWanted: () => true, holdsHash: () => true, takesAll: true }, matches: () => true, seenAs: () => [], bytes: 0 },
  latest: Date.parse('2026-03-02T12:00:00Z'),
};

const samples = readdirSync(FIXTURES)
  .filter((name) => /\.jsonl?$/.test(name))
  .map((name) => [name, readFileSync(`${FIXTURES}${name}`, 'utf8')] as const);

/** Every value of a document once in the place of something else, what statements enclose included. */
function* spoiled(text: string): Iterable<unknown> {
  const places = [...placesIn(JSON.parse(text))].slice(0, MOST_PLACES);
  for (const [nth, place] of places.entries()) {
    const copy: unknown = JSON.parse(text);
    put(copy, place, EVIL[nth % EVIL.length]);
    yield copy;
  }
}

type Place = readonly (string | number)[];

function* placesIn(value: unknown, at: Place = []): Iterable<Place> {
  if (at.length > 0) yield at;
  if (typeof value !== 'object' || value === null || at.length > 8) return;
  for (const [key, inside] of Object.entries(value)) yield* placesIn(inside, [...at, key]);
}

function put(document: unknown, place: Place, value: unknown): void {
  // Its places were found in it, so each step but the last leads to an object.
  let here = document as Record<string | number, unknown>;
  for (const step of place.slice(0, -1)) here = here[step] as typeof here;
  here[place.at(-1) ?? ''] = value;
}

const TRUSTS = ['artifact', 'declared'];
const isModest = ({ facts }: Facts) => facts.every(({ trust }) => TRUSTS.includes(trust));

it.each(samples)('whatever stands in any one place of %s, it is read without falling over, and believed no more', (_, text) => {
  const [first = ''] = text.trim().split(/\n(?=\{)/);

  for (const value of spoiled(first)) {
    const read = readForeign(value, reading);

    expect(read === undefined || isModest(read)).toBe(true);
    for (const { says } of read?.left ?? []) expect(says.length).toBeLessThan(300);
  }
});

it.each(samples.filter(([, text]) => text.includes('"payload"')))('the same of what %s encloses', (_, text) => {
  const [first = ''] = text.trim().split(/\n(?=\{)/);
  const found = /"payload"\s*:\s*"([\w+/=-]+)"/.exec(first)?.[1] ?? '';
  const enclosed = Buffer.from(found, 'base64').toString('utf8');
  if (!enclosed.startsWith('{')) return;

  for (const value of spoiled(enclosed)) {
    const payload = Buffer.from(JSON.stringify(value)).toString('base64');
    const read = readForeign(JSON.parse(first.replace(found, payload)), reading);

    expect(read && isModest(read)).toBe(true);
  }
});
