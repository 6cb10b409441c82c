import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { collect, type NamedSource } from '../../src/collect/collect.ts';
import type { AnySource, Seen, Wanted } from '../../src/collect/define-source.ts';
import { openLimits } from '../../src/collect/limits.ts';
import { Digest } from '../../src/domain/digest.ts';
import { AuditError, unreadable } from '../../src/error.ts';
import { openEdge } from '../fakes/edge.ts';

const digest = Digest.parse(`sha256:${'a'.repeat(64)}`);
const NOTHING: Wanted = { digests: [], tags: [], commits: [], lines: [] };
const cart: Wanted = { ...NOTHING, digests: [{ digest, seenIn: [] }] };
const covered: Seen = { kind: 'coverage', of: 'tag', scope: {}, locator: 'dock' };

type Answer = (wanted: Wanted) => readonly Seen[];

function source(name: string, answer: Answer, asks: AnySource['asks'] = []): NamedSource {
  const member = {
    id: name,
    title: name,
    config: z.object({}),
    asks,
    expects: () => [{ of: 'tag' as const, scope: { registry: 'dock.test' } }],
    async *observe(_: never, wanted: Wanted) {
      yield* answer(wanted);
    },
  };
  return { name, source: member, config: {} };
}

const fails = (error: Error) => () => {
  throw error;
};

describe('the collector', () => {
  it('dates and names what a source sees, and says first what it is to answer for', async () => {
    const seen = await collect([source('dock', () => [covered])], () => NOTHING, openEdge());

    expect(seen.map(({ kind, at, origin }) => [kind, at, origin])).toEqual([
      ['expected', '2026-03-01T12:00:00.000Z', { source: 'dock', locator: 'configuration' }],
      ['coverage', '2026-03-01T12:00:00.000Z', { source: 'dock', locator: 'dock' }],
    ]);
  });

  it('asks only for what it did not ask for before, until nothing is left', async () => {
    const asked: Wanted[] = [];
    const registry = source('registry', (wanted) => [asked.push(wanted), covered].slice(1) as Seen[], ['digests']);

    await collect([registry], () => cart, openEdge());

    expect(asked).toEqual([cart]);
  });

  it('asks by line only once records were asked by digest', async () => {
    const asked: Wanted[] = [];
    const lines = [{ line: 'registry.test/payments' }];
    const records = source('records', (wanted) => [asked.push(wanted), covered].slice(1) as Seen[], ['digests', 'lines']);

    await collect([records], () => ({ ...cart, lines }), openEdge());

    expect(asked).toEqual([cart, { ...NOTHING, lines }]);
  });

  it('says where six rounds were not enough', async () => {
    let round = 0;
    const more = () => ({ ...NOTHING, digests: [{ digest: Digest.parse(`sha256:${String(round++).padStart(64, '0')}`), seenIn: [] }] });

    const seen = await collect([source('registry', () => [], ['digests'])], more, openEdge());

    expect(seen.filter(({ kind }) => kind === 'gap')).toMatchObject([
      { because: 'not-asked', scope: { registry: 'dock.test', source: 'registry' } },
    ]);
  });

  it.each([
    ['what it cannot read', unreadable('forbidden', 'dock.test', { hint: 'Grant pull.' }), 'forbidden', 'Grant pull.'],
    ['a mistake of the program', new TypeError('undefined is not a crane'), 'internal', 'Report this'],
  ])('turns a throw into gaps wherever the source was expected: %s', async (_, error, because, hint) => {
    const seen = await collect([source('dock', fails(error)), source('quay', () => [covered])], () => NOTHING, openEdge());

    expect(seen.filter(({ kind }) => kind === 'gap')).toMatchObject([
      { because, scope: { source: 'dock', registry: 'dock.test' }, hint: expect.stringContaining(hint) },
    ]);
    expect(seen.filter(({ kind }) => kind === 'coverage')).toHaveLength(1);
  });

  it('asks the next of those that hold much in memory when one of them has told everything', async () => {
    const told: string[] = [];
    const cluster = (name: string): NamedSource => {
      const { source: quick } = source(name, () => []);
      const observe = async function* () {
        told.push(`${name} begins`);
        yield covered;
        await Promise.resolve();
        told.push(`${name} ends`);
      };
      return { name, source: { ...quick, isBulky: true, observe }, config: {} };
    };
    const turns = openLimits(1);

    await collect(['harbour', 'quay'].map(cluster), () => NOTHING, { ...openEdge(), inTurn: (job) => turns('cluster', job) });

    expect(told).toEqual(['harbour begins', 'harbour ends', 'quay begins', 'quay ends']);
  });

  it('ends for a mistake in a configuration', async () => {
    const mistaken = source('dock', fails(new AuditError('CONFIG_INVALID', 'context')));

    await expect(collect([mistaken], () => NOTHING, openEdge())).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('leaves a gap, and no fact that is not well formed', async () => {
    const broken = { kind: 'tag', image: { registry: '', repository: '' }, digest, locator: 'dock.test/cart' } as unknown as Seen;

    const seen = await collect([source('dock', () => [broken])], () => NOTHING, openEdge());

    expect(seen.filter(({ kind }) => kind !== 'expected')).toMatchObject([
      { kind: 'gap', of: 'tag', because: 'malformed', scope: { source: 'dock' } },
    ]);
  });

  it('asks nobody any more once it was stopped', async () => {
    const edge = openEdge();
    edge.abort();

    const seen = await collect([source('dock', () => [covered])], () => NOTHING, edge);

    expect(seen.filter(({ kind }) => kind !== 'expected')).toMatchObject([{ kind: 'gap', because: 'incomplete' }]);
  });

  it.each<[string, Answer, boolean]>([
    ['failed', fails(new TypeError('undefined is not a crane')), false],
    ['was stopped before it was asked', () => [covered], true],
  ])('leaves a gap in all that a source tells of, where it vouches for nothing and %s', async (_, answer, isStopped) => {
    const edge = openEdge();
    const one = source('ci', answer);
    const voucher: NamedSource = { ...one, source: { ...one.source, expects: () => [], tells: ['build', 'test'] } };
    if (isStopped) edge.abort();

    const seen = await collect([voucher], () => NOTHING, edge);

    expect(seen.map((fact) => fact.kind === 'gap' && fact.of)).toEqual(['build', 'test']);
  });

  it('strikes a concealed value out of every fact', async () => {
    const edge = openEdge();
    edge.conceal('hunter2-hunter2');
    const leaky: Seen = { ...covered, locator: 'https://dock.test/?token=hunter2-hunter2' };

    const seen = await collect([source('dock', () => [leaky])], () => NOTHING, edge);

    expect(JSON.stringify(seen)).not.toContain('hunter2');
  });
});
