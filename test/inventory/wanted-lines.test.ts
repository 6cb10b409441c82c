import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { wantedFrom } from '../../src/inventory/wanted.ts';

const linesWantedIn = (given: ReturnType<typeof scenario>) =>
  wantedFrom(
    given.recordings().flatMap(({ observations }) => observations),
    given.plan(),
  ).lines;

const PAYMENTS = 'registry.test/payments';
const built = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' });
const passed = built.at('10:00').tested('payments@A', { gate: 'e2e', result: 'passed' });

describe('what is recorded of an image line', () => {
  it('is wanted whole where nobody is known to have built what runs', () => {
    const lines = linesWantedIn(scenario().at('14:00').deployed('payments@A', 'production/payments-api'));

    expect(lines).toEqual([{ line: PAYMENTS }]);
  });

  it('is wanted whole where a gate has not passed on what runs', () => {
    const lines = linesWantedIn(built.at('14:00').deployed('payments@A', 'production/payments-api'));

    expect(lines).toEqual([{ line: PAYMENTS }]);
  });

  it('is wanted since a day before its build where that and every pass are known', () => {
    const lines = linesWantedIn(passed.at('14:00').deployed('payments@A', 'production/payments-api'));

    expect(lines).toEqual([{ line: PAYMENTS, since: '2026-03-01T09:00:00Z' }]);
  });

  it.each([
    ['that is only claimed', { gate: 'e2e', trust: 'declared' }],
    ['that began before the push', { gate: 'e2e', startedAt: '2026-03-02T08:10:00Z' }],
  ] as const)('is wanted whole where the pass counts for nothing: one %s', (_, pass) => {
    const lines = linesWantedIn(built.at('10:00').tested('payments@A', pass).at('14:00').deployed('payments@A', 'production/payments-api'));

    expect(lines).toEqual([{ line: PAYMENTS }]);
  });

  it('is wanted whole where passes have to be attested, and one is not', () => {
    const recorded = scenario({ gates: ['e2e'], evidence: 'attested' })
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .at('10:00')
      .tested('payments@A', { gate: 'e2e' });

    expect(linesWantedIn(recorded.at('14:00').deployed('payments@A', 'production/payments-api'))).toEqual([{ line: PAYMENTS }]);
  });

  it('is wanted as far back as anything of it needs that runs anywhere', () => {
    const both = passed.at('14:00').deployed('payments@A', 'staging/payments-api').deployed('payments@B', 'production/payments-api');

    expect(linesWantedIn(both)).toEqual([{ line: PAYMENTS }]);
  });
});
