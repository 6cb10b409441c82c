import { Observation } from 'selfsame';
import { type Scenario, scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { judgeAll, rewritten } from '../decisions/outcome.ts';

const HOUR_MS = 60 * 60 * 1000;
const STAGING = { cluster: 'harbour', revision: 4 };
const PRODUCTION = { cluster: 'quay', revision: 7 };

/** Recordings that say how far the clock of each cluster was off. */
const skewed = (given: Scenario, skewsMs: Readonly<Record<string, number>>) =>
  rewritten(given, (seen) => (seen.kind === 'expected' && seen.of === 'running-image' ? [seen, ...clusters(seen, skewsMs)] : [seen]));
const clusters = ({ at, origin }: Observation, skewsMs: Readonly<Record<string, number>>) =>
  Object.entries(skewsMs).map(([cluster, skewMs]) =>
    Observation.parse({ at, origin, kind: 'cluster', cluster, pods: 1, denied: [], skewMs }),
  );

const standingOf = (given: Scenario) => judgeAll(given).rows.map(({ standing: { is, order } }) => [is, order ?? 'no order']);

describe('the order of two revisions of two clusters', () => {
  const built = scenario().at('08:00').built('payments@A', { run: '41', commit: 'c0ffee' });
  const stagingFirst = built
    .at('09:00')
    .deployed('payments@A', 'staging/payments-api', STAGING)
    .at('09:30')
    .deployed('payments@A', 'production/payments-api', PRODUCTION);
  const productionFirst = built
    .at('09:00')
    .deployed('payments@A', 'production/payments-api', PRODUCTION)
    .at('09:30')
    .deployed('payments@A', 'staging/payments-api', STAGING);

  it('is established beyond five minutes, where both clocks are right', () => {
    expect(standingOf(stagingFirst)).toEqual([['selfsame', 'established']]);
    expect(standingOf(skewed(stagingFirst, { harbour: 0, quay: 0 }))).toEqual([['selfsame', 'established']]);
  });

  it('is not established within what one clock was measured to be off', () => {
    expect(standingOf(skewed(stagingFirst, { harbour: 0, quay: HOUR_MS }))).toEqual([['selfsame', 'not-established']]);
    expect(standingOf(skewed(stagingFirst, { harbour: -HOUR_MS, quay: 0 }))).toEqual([['selfsame', 'not-established']]);
  });

  it('is established where both are off alike', () => {
    expect(standingOf(skewed(stagingFirst, { harbour: HOUR_MS, quay: HOUR_MS }))).toEqual([['selfsame', 'established']]);
  });

  it('neither acquits nor accuses where it would be too late by the clocks, and they are off by more', () => {
    const isLate = judgeAll(productionFirst).rows.map(({ standing }) => standing.is);
    const isOpen = judgeAll(skewed(productionFirst, { harbour: 0, quay: -HOUR_MS })).rows.map(({ standing }) => standing.is);

    expect(isLate).not.toEqual(['selfsame']);
    expect(isOpen).toEqual(['unresolved']);
  });

  it('needs no other clock inside one cluster', () => {
    const inOne = built
      .at('09:00')
      .deployed('payments@A', 'staging/payments-api', { ...STAGING, cluster: 'quay' })
      .at('09:30')
      .deployed('payments@A', 'production/payments-api', PRODUCTION);

    expect(standingOf(skewed(inOne, { quay: HOUR_MS }))).toEqual([['selfsame', 'established']]);
  });
});

describe('a time of a cluster whose clock is off', () => {
  const given = scenario({ gates: ['e2e'] })
    .at('09:00')
    .built('payments@A', { run: '41', commit: 'c0ffee' })
    .at('13:00')
    .deployed('payments@A', 'production/payments-api', { cluster: 'quay' })
    .at('13:40')
    .tested('payments@A', { gate: 'e2e' })
    .at('15:00');
  const rulesOf = (one: Scenario) => judgeAll(one).findings.map(({ rule }) => rule);

  it('accuses nobody of having been deployed before its gate had passed, where it is off by more than lies between', () => {
    expect(rulesOf(given)).toContain('deployed-before-tested');
    expect(rulesOf(skewed(given, { quay: -HOUR_MS }))).not.toContain('deployed-before-tested');
  });

  it('leaves the order open then, and acquits nobody', () => {
    const rehearsed = given.at('12:00').deployed('payments@A', 'staging/payments-api', { cluster: 'quay' });

    const { exitCode, because } = judgeAll(skewed(rehearsed, { quay: -HOUR_MS }));

    expect(exitCode).toBe(3);
    expect(because.join()).toContain('deployed-before-tested cannot tell of 1 row (clocks differ)');
  });

  it('is a time of the recording that has it: what the clock was off by in an earlier one excuses nothing', () => {
    const twice = scenario({ gates: ['e2e'] })
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .at('12:00')
      .recorded()
      .at('13:00')
      .deployed('payments@A', 'production/payments-api', { cluster: 'quay' })
      .at('13:40')
      .tested('payments@A', { gate: 'e2e' })
      .at('15:00');
    const firstOff = (first: boolean) =>
      judgeAll(
        rewritten(twice, (seen) => {
          const isFirst = seen.at.includes('T12:00');
          return seen.kind === 'expected' && seen.of === 'running-image' && isFirst === first
            ? [seen, ...clusters(seen, { quay: -HOUR_MS })]
            : [seen];
        }),
      ).findings.map(({ rule }) => rule);

    expect(firstOff(false)).not.toContain('deployed-before-tested');
    expect(firstOff(true)).toContain('deployed-before-tested');
  });

  it('accuses where it is off by less', () => {
    expect(rulesOf(skewed(given, { quay: -HOUR_MS / 6 }))).toContain('deployed-before-tested');
  });
});
