import { type Scenario, scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import type { Trust } from '../../src/domain/trust.ts';
import { judgeAll } from '../decisions/outcome.ts';

const API = 'production/payments-api';
const CLAIMED = ['declared', 'label', 'log'] as const;
const rulesOf = (given: Scenario) => judgeAll(given).findings.map(({ rule }) => rule);

const failedAtNine = scenario()
  .at('08:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .at('08:30')
  .deployed('payments@A', 'staging/payments-api')
  .at('09:00')
  .tested('payments@A', { gate: 'e2e', result: 'failed' });
const passedAgain = (trust: Trust) =>
  failedAtNine.at('09:30').tested('payments@A', { gate: 'e2e', trust }).at('10:00').deployed('payments@A', API);

const pushedByHand = scenario().at('07:00').built('payments@Z', { run: '1', commit: 'decaf0' }).at('08:00').pushed('payments@A');
const arrived = (given: Scenario) =>
  given.at('08:30').deployed('payments@A', 'staging/payments-api').at('10:00').deployed('payments@A', API);

describe('a claim', () => {
  it.each(CLAIMED)('of a pass, %s, takes back no failure that was recorded', (trust) => {
    expect(rulesOf(passedAgain(trust))).toContain('failed-gate-promoted');
  });

  it('of a pass is none where it was recorded: that takes a failure back', () => {
    expect(rulesOf(passedAgain('recorded'))).not.toContain('failed-gate-promoted');
  });

  it.each(CLAIMED)('of a build, %s, makes nothing that was pushed by hand ours', (trust) => {
    const given = arrived(pushedByHand.recordedBuild('payments@A', { run: '66', commit: 'c0ffee', trust }));

    expect(rulesOf(arrived(pushedByHand))).toContain('unknown-origin');
    expect(rulesOf(given)).toContain('unknown-origin');
  });

  it('of another source contradicts no record', () => {
    const promoted = scenario().at('07:00').built('payments@A', { run: '41', commit: 'c0ffee' });
    const given = arrived(promoted.at('08:00').recordedBuild('payments@A', { run: '42', commit: 'decaf0', trust: 'log' }));

    expect(rulesOf(given)).not.toContain('conflicting-records');
  });
});
