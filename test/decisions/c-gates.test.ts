import type { Observation } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { judgeAll, openingBalance, outcomeOf, rewritten } from './outcome.ts';

const API = 'production/payments-api';

const gated = scenario({ gates: ['e2e'] })
  .at('08:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .at('08:10')
  .tested('payments@A', { gate: 'e2e' })
  .deployed('payments@A', 'staging/payments-api');

const selfsame = { rows: [`${API} selfsame (rehearsed)`], counted: [], exit: 0 };
const untestedByGate = { rows: [`${API} untested (no-passed-gate)`], counted: ['medium untested-digest'], exit: 1 };
const unresolved = (reason: string) => ({ rows: [`${API} unresolved (${reason})`], counted: [], exit: 3 });

describe('decisions C, gates', () => {
  it('C11: a record declares that the test passed before production, and was first seen after it', () => {
    const given = scenario({ gates: ['e2e'] })
      .at('02:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .at('09:00')
      .deployed('payments@A', API)
      .at('09:30')
      .recorded()
      .at('02:50')
      .tested('payments@A', { gate: 'e2e' })
      .at('10:00');

    expect(outcomeOf(given)).toEqual({ ...selfsame, counted: ['medium deployed-before-tested'], shown: [], exit: 1 });
    expect(judgeAll(given).findings[0]?.facts).toMatchObject({ at: '2026-03-02T02:50:00Z', seen: '2026-03-02T10:00:00Z' });
  });

  it('C13: it ran in staging, and the gate failed on it there', () => {
    const given = gated
      .at('09:00')
      .built('payments@D', { run: '60', commit: 'decaf0' })
      .deployed('payments@D', 'staging/payments-api')
      .at('09:10')
      .tested('payments@D', { gate: 'e2e', result: 'failed' })
      .at('14:00')
      .deployed('payments@D', API);

    expect(outcomeOf(given)).toMatchObject({ ...untestedByGate, counted: ['high failed-gate-promoted', 'medium untested-digest'] });
  });

  it('C15: the gate passed before the promotion, and failed in the night after it', () => {
    const given = gated
      .at('14:00')
      .deployed('payments@A', API)
      .at('14:30')
      .recorded()
      .at('23:00')
      .tested('payments@A', { gate: 'e2e', result: 'failed' });

    expect(outcomeOf(given)).toEqual({ ...selfsame, shown: ['low failed-gate-promoted'] });
  });

  const promotedTooSoon = gated
    .at('14:00')
    .built('payments@D', { run: '60', commit: 'decaf0' })
    .deployed('payments@D', 'staging/payments-api')
    .at('14:05')
    .deployed('payments@D', API);

  it('C16: it was promoted before its gate had finished', () => {
    expect(outcomeOf(promotedTooSoon)).toMatchObject(untestedByGate);
  });

  it('C17: the same, and the token may not read the tests', () => {
    expect(outcomeOf(promotedTooSoon.blindTo('test', 'forbidden'))).toMatchObject(unresolved('tests-not-covered'));
  });

  it('C19: no gate is configured, and a pass that is only recorded stands beside one that is attested', () => {
    const given = scenario({ evidence: 'attested' })
      .at('08:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .tested('payments@A', { gate: 'e2e', trust: 'verified' })
      .tested('payments@A', { gate: 'load' })
      .at('09:00')
      .deployed('payments@A', API);

    expect(outcomeOf(given)).toMatchObject(selfsame);
  });

  it('C19: somebody whom nobody named signed that it passed', () => {
    const given = promotedTooSoon.tested('payments@D', { gate: 'e2e', trust: 'declared' });

    expect(outcomeOf(given)).toMatchObject(untestedByGate);
  });

  const older = scenario({ gates: ['e2e'] })
    .at('2026-02-02T09:00:00Z')
    .built('payments@A', { run: '12', commit: 'c0ffee' })
    .tested('payments@A', { gate: 'e2e' })
    .deployed('payments@A', 'staging/payments-api')
    .deployed('payments@A', API)
    .recorded()
    .at('10:00');

  it('C22: the pass is older than what the source still keeps, and an own recording kept it', () => {
    const given = rewritten(older, (seen, at) => (seen.kind === 'test' && at > 0 ? [] : [seen]));

    expect(outcomeOf(given)).toMatchObject(selfsame);
  });

  it('C23: the pass is older than what the source still keeps, and nobody kept it', () => {
    const given = rewritten(older, (seen) => (seen.kind === 'test' ? [] : [seen]));
    const onlyNow = { ...given, recordings: () => given.recordings().slice(-1) };

    expect(outcomeOf(onlyNow)).toMatchObject(unresolved('evidence-expired'));
  });

  const probed = (image: string) =>
    scenario({ gates: [{ name: 'e2e.yml', environment: 'staging' }] })
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .deployed(image, 'staging/payments-api', { revision: 3 })
      .at('10:00')
      .probed({ gate: 'e2e.yml', startedAt: '09:30' })
      .at('11:00')
      .recorded()
      .at('14:00')
      .deployed('payments@A', API);

  it('C29: the gate tests an address and says where, and one pinned revision ran there throughout', () => {
    const given = probed('payments@A');

    expect(outcomeOf(given)).toMatchObject(selfsame);
    expect(judgeAll(given).rows[0]?.standing).toMatchObject({ tier: 'recorded', confidence: 'medium' });
  });

  it('C29: the gate tests an address, and what ran there is only a tag', () => {
    const given = probed('payments:1.4=A');

    expect(outcomeOf(given)).toMatchObject(unresolved('gate-names-no-digest'));
    expect(judgeAll(given).rows[0]?.next).toMatch(/record/);
  });

  it.each<[string, (seen: Observation) => Observation]>([
    ['was of another commit', (seen) => (seen.kind === 'test' ? { ...seen, subject: { commit: 'decaf0' } } : seen)],
    [
      'was of another repository',
      (seen) => (seen.kind === 'test' && seen.run ? { ...seen, run: { ...seen.run, repository: 'acme/ledger' } } : seen),
    ],
  ])('C29: what the gate tested there %s than what ran beside it', (_, change) => {
    const given = rewritten(probed('payments@A'), (seen) => [change(seen)]);

    expect(outcomeOf(given).rows).not.toEqual(selfsame.rows);
    expect(judgeAll(given).rows[0]?.standing.is).toBe('unresolved');
  });

  it('C29: what ran there throughout the test was rolled back after it', () => {
    const back = scenario({ gates: [{ name: 'e2e.yml', environment: 'staging' }] })
      .at('08:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .built('payments@B', { run: '42', commit: 'c0ffee' })
      .deployed('payments@A', 'staging/payments-api', { revision: 3 })
      .at('09:00')
      .deployed('payments@B', 'staging/payments-api', { revision: 4 })
      .at('10:00')
      .probed({ gate: 'e2e.yml', startedAt: '09:30' })
      .at('10:10')
      .deployed('payments@A', 'staging/payments-api', { revision: 5 })
      .at('11:00')
      .recorded()
      .at('14:00')
      .deployed('payments@A', API);
    // A ReplicaSet that is used again keeps the time it was made at.
    const given = rewritten(back, (seen) =>
      seen.kind === 'running-image' && seen.revision?.number === 5
        ? [{ ...seen, revision: { ...seen.revision, created: '2026-03-02T08:00:00Z' } }]
        : [seen],
    );

    expect(judgeAll(given).rows[0]?.standing.is).toBe('unresolved');
  });

  it.each(['declared', 'label', 'log'] as const)('C29: that it was built from the commit is only %s', (trust) => {
    const given = rewritten(probed('payments@A'), (seen) => [seen.kind === 'build' ? { ...seen, trust } : seen]);

    expect(judgeAll(given).rows[0]?.standing.is).not.toBe('selfsame');
  });

  it('C29: a gate that names neither a digest nor a commit tested whatever ran there', () => {
    const given = rewritten(probed('payments@A'), (seen) => [seen.kind === 'test' ? { ...seen, subject: {} } : seen]);

    expect(outcomeOf(given)).toMatchObject(selfsame);
  });

  const gatedSinceToday = (plan: object = {}) =>
    scenario({ gates: ['e2e'], ...plan })
      .at('08:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .deployed('payments@A', 'staging/payments-api')
      .deployed('payments@A', API)
      .recorded()
      .at('12:00')
      .built('payments@D', { run: '60', commit: 'decaf0' })
      .tested('payments@D', { gate: 'e2e' })
      .deployed('payments@D', 'staging/payments-api');

  it('C31: the gate was configured today, and what runs arrived before the gate named any digest', () => {
    expect(outcomeOf(gatedSinceToday())).toMatchObject(unresolved('gate-younger-than-arrival'));
  });

  it('C31: the same, once the opening balance is written down', () => {
    expect(outcomeOf(gatedSinceToday(openingBalance('payments@A')))).toMatchObject({ ...unresolved('gate-younger-than-arrival'), exit: 0 });
  });
});
