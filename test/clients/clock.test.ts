import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openClock } from '../../src/clients/clock.ts';
import type { Seen } from '../../src/collect/define-source.ts';
import { ECR_HOST, type FakeEcr, lookUpEcr, startEcr } from '../fakes/ecr.ts';
import { openEdge } from '../fakes/edge.ts';
import { type FakeRegistry, lookUp, startRegistry } from '../fakes/registry.ts';

const NOW = '2026-03-01T12:00:00Z';
const at = (instant: string) => ({ date: new Date(instant).toUTCString() });

describe("a server's clock", () => {
  it.each<[string, readonly Readonly<Record<string, string>>[], number | undefined]>([
    ['is ahead', [at('2026-03-01T12:00:07Z')], 7000],
    ['is behind', [at('2026-03-01T11:53:00Z')], -420_000],
    ['is off by years', [at('2029-03-01T12:00:00Z')], 1096 * 86_400_000],
    ['is ours, as far as an answer tells', [at('2026-03-01T12:00:02Z')], undefined],
    ['is that of the first answer', [at('2026-03-01T12:00:07Z'), at('2026-03-01T13:00:00Z')], 7000],
    ['is not that of a cache', [{ ...at('2026-03-01T11:00:00Z'), age: '3600' }, at('2026-03-01T12:00:01Z')], undefined],
    ['is not told', [{}, { date: '' }, { date: 'yesterday' }], undefined],
  ])('%s', (_, answers, skewMs) => {
    const clock = openClock({ now: () => new Date(NOW) });

    for (const headers of answers) clock.hear({ headers });

    expect(clock.skewMs()).toBe(skewMs);
  });
});

describe('a registry whose clock is not ours', () => {
  let registry: FakeRegistry;
  let ecr: FakeEcr;

  beforeEach(async () => {
    [registry, ecr] = await Promise.all([startRegistry(), startEcr()]);
  });
  afterEach(() => Promise.all([registry.stop(), ecr.stop()]));

  const accountsIn = (facts: readonly Seen[]) => facts.filter(({ kind }) => kind === 'registry');

  it('N18 is told, and changes nothing else', async () => {
    const { digest } = registry.image('payments/checkout');
    const asked = { digests: { [digest]: ['payments/checkout'] } };
    const before = await lookUp(registry, asked);
    registry.reply((_, response) => void response.setHeader('date', new Date('2029-03-01T12:00:00Z').toUTCString()));

    const facts = await lookUp(registry, asked);

    expect(accountsIn(facts)).toEqual([
      { kind: 'registry', locator: `http://${registry.host}`, registry: registry.host, requests: 2, skewMs: 1096 * 86_400_000 },
    ]);
    expect(facts.filter(({ kind }) => kind !== 'registry')).toEqual(before);
  });

  it('is told of ECR, whose push times are of that clock', async () => {
    const { digest } = ecr.image('payments/checkout');
    ecr.clock('2026-03-01T12:07:00Z');

    const facts = await lookUpEcr(ecr, { digests: { [digest]: ['payments/checkout'] } });

    expect(accountsIn(facts)).toMatchObject([{ registry: ECR_HOST, requests: ecr.calls.length, skewMs: 420_000 }]);
  });

  it('is not told where the clocks are one', async () => {
    const { digest } = ecr.image('payments/checkout');
    ecr.clock(NOW);

    const facts = await lookUpEcr(ecr, { digests: { [digest]: ['payments/checkout'] } });

    expect(accountsIn(facts)).toEqual([]);
  });

  it('tells what it was asked where that is bounded', async () => {
    const { digest } = registry.image('payments/checkout');

    const facts = await lookUp(registry, { digests: { [digest]: ['payments/checkout'] } }, { maxRequests: '9', edge: openEdge() });

    expect(accountsIn(facts)).toMatchObject([{ requests: 2, foreseen: 3, most: 9 }]);
  });
});
