import { judgeRecorded } from 'selfsame';
import { type Given, type Scenario, scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';
import { gapsOfUnseen } from '../../src/report/gaps.ts';

const rules = await loadAll('rules');

const night = (given: Given): Scenario =>
  scenario(given)
    .at('08:00')
    .built('payments@A', { run: '41', commit: 'c0ffee' })
    .tested('payments@A', { gate: 'e2e' })
    .deployed('payments@A', 'staging/payments-api')
    .at('09:00')
    .deployed('payments@A', 'production/payments-api');

const reportOn = (given: Scenario, more: object = {}) => judgeRecorded(given.recordings(), { ...given.plan(), ...more }, rules, '0.0.0');

describe('a misspelt name in the configuration', () => {
  it('of a gate is told beside the gates that are on record', () => {
    const { rows } = reportOn(night({ gates: ['e2ee'] }));

    expect(rows[0]?.standing.reason).toBe('gate-names-no-digest');
    expect(rows[0]?.next).toContain('no record names a gate e2ee, and there are records of e2e');
  });

  it('is not seen in a gate that is on record', () => {
    const given = night({ gates: ['e2e'] });

    const { rows } = reportOn(
      given.at('09:10').built('ledger@B', { run: '9', commit: 'decaf0' }).deployed('ledger@B', 'production/ledger'),
    );

    expect(rows.map(({ standing }) => standing.reason)).toEqual(['gate-names-no-digest', 'rehearsed']);
    expect(rows[0]?.next).toBe('let the gate record the digest it tests');
  });

  it('of an environment is told beside those that were recorded', () => {
    const recordings = night({})
      .recordings()
      .map((recording) => ({ ...recording, observations: recording.observations.filter(({ kind }) => kind !== 'expected') }));

    const gaps = gapsOfUnseen(recordings, ['prod']);

    expect(gaps.map(({ hint }) => hint)).toEqual([
      'The recordings hold production, staging, which the promotion does not name: one of the two may be misspelt. Or add a source for it, such as `{ use: kubernetes, environment: prod }`, and collect again.',
    ]);
  });

  it('of a place to narrow to is never called clean', () => {
    const { exitCode, because } = reportOn(night({}), { only: ['production/payment-api'] });

    expect({ exitCode, because }).toEqual({ exitCode: 3, because: ['nothing is at production/payment-api, which it was narrowed to'] });
  });

  it('of one of several places is told, though the other was judged', () => {
    const { exitCode, because } = reportOn(night({}), { only: ['production/payments-api', 'prodution/ledger'] });

    expect({ exitCode, because }).toEqual({ exitCode: 3, because: ['nothing is at prodution/ledger, which it was narrowed to'] });
  });
});
