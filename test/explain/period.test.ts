import { type Scenario, scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { nightsOf } from '../../src/explain/period.ts';
import { loadAll } from '../../src/registry.ts';

const rules = await loadAll('rules');
const API = 'production/payments-api';
const first = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .tested('payments@A', { gate: 'e2e' })
  .deployed('payments@A', API)
  .at('10:00')
  .recorded();
const second = first.at('11:00').built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' }).deployed('payments@B', API);

/** What came to run in each night, how it was judged then, and what the audit concluded. */
const told = (so: Scenario) =>
  [...nightsOf(so.recordings(), { plan: so.plan(), rules, version: '0.1.0' })].map(({ report, arrived }) => ({
    exitCode: report.exitCode,
    arrived: arrived.map(({ is, row }) => [is, row.standing.is]),
  }));

describe('a period', () => {
  it('has every change once, as it was judged when it was first seen', () => {
    expect(told(second.at('12:00').recorded().at('13:00'))).toEqual([
      { exitCode: 0, arrived: [['at the beginning', 'selfsame']] },
      { exitCode: 1, arrived: [['new', 'rebuilt']] },
      { exitCode: 1, arrived: [] },
    ]);
  });

  it('knows nothing in one night of what was found out in a later one', () => {
    const late = second.at('12:00').recorded().at('13:00').tested('payments@B', { gate: 'e2e' });

    expect(told(late).map(({ arrived }) => arrived.at(-1)?.[1])).toEqual(['selfsame', 'rebuilt', undefined]);
  });

  it('says of a roll-back that it is there again', () => {
    expect(told(second.at('12:00').recorded().at('13:00').deployed('payments@A', API)).at(-1)).toEqual({
      exitCode: 0,
      arrived: [['again', 'selfsame']],
    });
  });

  it('counts more instances for no change, and takes its recordings in any order', () => {
    const so = first.at('11:00').deployed('payments@A', 'production/ledger-api');
    const law = { plan: so.plan(), rules, version: '0.1.0' };

    const turned = [...nightsOf([...so.recordings()].toReversed(), law)];

    expect(turned.map(({ arrived }) => arrived.length)).toEqual([1, 1]);
    expect(turned).toEqual([...nightsOf(so.recordings(), law)]);
  });

  it('takes nothing for changed where a night was narrowed to other places', () => {
    const both = scenario()
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .deployed('payments@A', API)
      .deployed('payments@A', 'production/ledger-api')
      .at('10:00')
      .recorded()
      .at('11:00')
      .recorded()
      .at('12:00');
    const recordings = both
      .recordings()
      .map((recording, at) => (at === 1 ? { ...recording, only: ['production/payments-api'] } : recording));

    const nights = [...nightsOf(recordings, { plan: both.plan(), rules, version: '0.1.0' })];

    expect(nights.map(({ report, arrived }) => [report.rows.length, arrived.length])).toEqual([
      [2, 2],
      [1, 0],
      [2, 0],
    ]);
  });
});
