import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineFilter } from '../../src/clients/records/line-filter.ts';
import { LONGEST_LINE } from '../../src/clients/records/read-blocks.ts';
import { type Found, readRecords } from '../../src/clients/records.ts';
import { Digest } from '../../src/domain/digest.ts';
import { sha256 } from '../../src/domain/identify.ts';
import type { Wanted } from '../../src/domain/wanted.ts';
import { openEdge } from '../fakes/edge.ts';

const MEBIBYTE = 1 << 20;
const NOTHING: Wanted = { digests: [], tags: [], commits: [], lines: [] };
const digestOf = (name: number) => Digest.parse(`sha256:${sha256(`digest ${name}`)}`);
const commitOf = (name: number) => sha256(`commit ${name}`).slice(0, name % 2 === 0 ? 40 : 64);
const wanting = (...digests: Digest[]): Wanted => ({ ...NOTHING, digests: digests.map((digest) => ({ digest, seenIn: [] })) });

const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-records-'));
const file = path.join(folder, 'records.jsonl');

async function read(text: string | Buffer, wanted: Wanted): Promise<Found[]> {
  writeFileSync(file, text);
  const found: Found[] = [];
  for await (const batch of readRecords(
    [file],
    { filter: lineFilter(wanted), proving: undefined, holds: ['build', 'test'] },
    openEdge({ now: '2026-03-02T12:00:00Z' }),
  ))
    found.push(...batch);
  return found;
}

const keptIn = (found: readonly Found[]) => found.flatMap((one) => ('record' in one ? [Number(one.locator.split(':').at(-1))] : []));
const leftIn = (found: readonly Found[]) => found.flatMap((one) => ('left' in one && one.left.of === 'build' ? [one.left] : []));

const shared = { schema: 'selfsame/record/v1', at: '2026-03-02T09:00:00Z' };
const build = (name: number, changed: object = {}) => ({
  ...shared,
  kind: 'build',
  digest: digestOf(name),
  image: 'ghcr.io/acme/payments:1.4',
  commit: commitOf(name),
  repository: 'acme/payments',
  ...changed,
});

const few = fc.integer({ min: 0, max: 5 });
const image = fc.constantFrom(
  'ghcr.io/acme/payments:1.4',
  'ghcr.io/acme/checkout',
  'registry.test:5000/acme/payments:2',
  'redis',
  'docker.io/redis:8',
);
const record = fc
  .record({
    at: fc.constantFrom('2026-03-02T09:00:00Z', '2026-03-02T08:59:59.9Z', '2026-03-02T07:30:00-01:00', '2026-03-01T23:00:00.000Z'),
    digest: few.map(digestOf),
    commit: fc.option(few.map(commitOf), { nil: undefined }),
    repository: fc.constantFrom('acme/payments', 'https://github.com/acme/payments.git', 'mallory/payments', undefined),
    image,
    platforms: fc.option(
      few.map((name) => ({ 'linux/amd64': digestOf(name) })),
      { nil: undefined },
    ),
    base: fc.option(
      fc.tuple(image, few).map(([name, at]) => [{ image: name, digest: digestOf(at) }]),
      { nil: undefined },
    ),
    builder: fc.option(
      fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }).filter((text) => text.isWellFormed()),
      { nil: undefined },
    ),
    ref: fc.option(fc.stringMatching(/^[0-9a-f]{1,70}$/), { nil: undefined }),
  })
  .map((fields) => ({ ...shared, kind: 'build', ...fields }));

/** A record as one writer or another would write it: spaced, with its keys in another order, or with needless escapes. */
const written = fc
  .tuple(record, fc.constantFrom('compact', 'spaced', 'reversed', 'escaped', 'indented'), fc.constantFrom('\n', '\r\n', ' \n', '\n\n'))
  .map(([fields, manner, end]) => {
    const compact = JSON.stringify(fields);
    if (manner === 'spaced') return JSON.stringify(fields, null, 1).replaceAll(/\n */g, ' ') + end;
    if (manner === 'reversed') return JSON.stringify(Object.fromEntries(Object.entries(fields).toReversed())) + end;
    if (manner === 'escaped') return compact.replaceAll('sha256:', 'sha256\\u003a').replaceAll('"image"', '"im\\u0061ge"') + end;
    return (manner === 'indented' ? `\t ${compact}` : compact) + end;
  });

const since = fc.constantFrom(undefined, '2026-03-02T09:00:00Z', '2026-03-02T08:00:00Z');

const wanted = fc.record({
  digests: fc.uniqueArray(few).map((names) => names.map((name) => ({ digest: digestOf(name), seenIn: [] }))),
  commits: fc.uniqueArray(few).map((names) => names.map((name) => ({ repository: 'acme/payments', commit: commitOf(name) }))),
  lines: fc
    .subarray(['ghcr.io/acme/payments', 'docker.io/library/redis', 'registry.test:5000/acme/payments'])
    .chain((names) => fc.tuple(...names.map((line) => since.map((from) => ({ line, ...(from ? { since: from } : {}) }))))),
  tags: fc.constant([]),
});

/** Every line parsed, and kept where one of its values is wanted: slow, and plainly right. */
function keptByParsing(text: string, { digests, commits, lines }: Wanted): number[] {
  const names = new Set<string>(digests.map(({ digest }) => digest));
  const hashes = new Set(commits.map(({ commit }) => commit));
  const told = new Set<string>();
  return text.split('\n').flatMap((line, index) => {
    const trimmed = line.replaceAll(/^[ \t\r]+|[ \t\r]+$/g, '');
    if (!trimmed.startsWith('{') || told.has(trimmed)) return [];
    told.add(trimmed);
    const value = JSON.parse(trimmed) as ReturnType<typeof build> & { platforms?: object };
    const { digest, platforms, commit, repository, image: name, at } = value;
    const isOfCommit = hashes.has(commit) && (repository === undefined || /(^|\/)acme\/payments/.test(repository));
    const isOfLine = lines.some(
      ({ line: one, since: from }) =>
        (one === name.replace(/:[^:/]*$/, '') || (one.endsWith('/redis') && /^(?:docker.io\/)?redis/.test(name))) &&
        (from === undefined || Date.parse(at) >= Date.parse(from)),
    );
    const isNamed = [digest, ...Object.values(platforms ?? {})].some((value) => names.has(String(value)));
    return isNamed || isOfCommit || isOfLine ? [index + 1] : [];
  });
}

describe('reading record files', () => {
  it('keeps exactly the lines that parsing every line would keep', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(written, { maxLength: 12 }), wanted, fc.boolean(), async (lines, asked, isOpen) => {
        const text = isOpen ? lines.join('').replace(/\s+$/, '') : lines.join('');

        expect(keptIn(await read(text, asked))).toEqual(keptByParsing(text, asked));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps them wherever a read ends', async () => {
    const line = JSON.stringify(build(1));
    const near = fc.integer({ min: -line.length - 4, max: 4 });
    const turns = fc.array(fc.tuple(near, fc.constantFrom('\n', '\r\n')), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(turns, async (offsets) => {
        const pieces = offsets.map(([offset, end], nth) => {
          const filler = `{"nth":"${nth}","pad":"`;
          const length = MEBIBYTE / 2 + offset - (nth > 0 ? line.length : 0);
          const half = `${filler}${'a'.repeat(length - filler.length - 2 - end.length)}"}${end}`;
          return `${half}${half.replace('"nth"', '"nnn"')}${JSON.stringify(build(1, { builder: String(nth) }))}${end}`;
        });

        const kept = keptIn(await read(pieces.join(''), wanting(digestOf(1))));

        expect(kept).toEqual(offsets.map((_, nth) => 3 * nth + 3));
      }),
      { numRuns: 40 },
    );
  });

  it('does not miss a digest, a commit or a key that is written with escapes', async () => {
    const escaped = JSON.stringify(build(1)).replaceAll(/[0-9a-f]/g, (digit) => `\\u00${digit.charCodeAt(0).toString(16)}`);

    expect(JSON.parse(escaped)).toMatchObject({ digest: digestOf(1) });
    expect(keptIn(await read(escaped, wanting(digestOf(1))))).toEqual([1]);
  });

  it.each(['0day', '2026-03-01 09:00:00Z', '2026-03-01T09:00:00', 'yesterday'])('does not take %s for a time long ago', async (at) => {
    const lines = [{ line: 'ghcr.io/acme/payments', since: '2026-03-02T08:00:00Z' }];

    const found = await read(`${JSON.stringify({ ...build(1), at: undefined, digest: digestOf(1) }).slice(0, -1)},"at":"${at}"}\n`, {
      ...NOTHING,
      lines,
    });

    expect(leftIn(found)).toMatchObject([{ because: 'malformed' }]);
  });

  it('finds a commit beside other hexadecimal text', async () => {
    const lines = [0, 1, 2, 3].map((name) => build(name, { ref: 'decafbadc0ffee'.repeat(name * 3) || 'main' }));

    const kept = keptIn(
      await read(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), {
        ...NOTHING,
        commits: [0, 1, 2, 3].map((name) => ({ repository: 'acme/payments', commit: commitOf(name) })),
      }),
    );

    expect(kept).toEqual([1, 2, 3, 4]);
  });
});

describe('a line that is no record', () => {
  const good = JSON.stringify(build(1));
  const nested = `{"digest":"${digestOf(1)}","deep":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;

  it.each([
    ['text', 'error: no such file', 2],
    ['an array', '[1]', 2],
    ['cut short', good.slice(0, -20), 2],
    ['no JSON, but speaks of what is wanted', `{"digest":"${digestOf(1)}",}`, 2],
    ['two objects', `${good}${good}`, 2],
    ['longer than a mebibyte', `{"pad":"${'a'.repeat(LONGEST_LINE)}"}`, 2],
    ['ten megabytes', `{"pad":"${'a'.repeat(10_000_000)}"}`, 2],
    ['one with a NUL', `${good.slice(0, -1)},"builder":"\u0000"}`, 2],
    ['nested without end', nested, 2],
  ])('is left, counted, and followed by others: %s', async (_, line, first) => {
    const found = await read(`${good}\n${line}\n${JSON.stringify(build(1, { ref: 'main' }))}\n${line}\n`, wanting(digestOf(1)));

    expect(keptIn(found)).toEqual([1, 3]);
    expect(leftIn(found)).toMatchObject([
      { because: 'malformed', locator: `${file}:${first}`, hint: expect.stringMatching(/^Mend line 2 \(and 1 more\): /) },
    ]);
  });

  it('is the first one of a file with a byte order mark', async () => {
    const found = await read(`\ufeff${good}\n${good}\n`, wanting(digestOf(1)));

    expect(keptIn(found)).toEqual([2]);
    expect(leftIn(found)).toMatchObject([{ locator: `${file}:1` }]);
  });

  it('is one that is not UTF-8', async () => {
    const found = await read(Buffer.from(`${good.slice(0, -1)},"builder":"caf\u00e9"}\n`, 'latin1'), wanting(digestOf(1)));

    expect(leftIn(found)).toMatchObject([{ hint: 'Mend line 1: it is not UTF-8.' }]);
  });

  it('is none where nobody asks for it: it is not parsed', async () => {
    expect(await read(`{"digest":"${digestOf(2)}",}\n`, wanting(digestOf(1)))).toEqual([]);
  });

  it('is none where it is blank', async () => {
    expect(keptIn(await read(`\n  \r\n\n${good}\n \t`, wanting(digestOf(1))))).toEqual([4]);
  });

  it('cannot reach an object that it does not own', async () => {
    const line = good.replace('{', '{"__proto__":{"kind":"build"},"constructor":{"prototype":{"polluted":1}},');

    const [found] = await read(line, wanting(digestOf(1)));

    expect(found).toMatchObject({ record: { digest: digestOf(1) } });
    expect(Object.keys(found && 'record' in found ? found.record : {})).not.toContain('constructor');
    expect({}).not.toHaveProperty('polluted');
  });
});
