import { Observation } from 'selfsame';
import { type Scenario, scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { everyDecisionIsKept, judgeAll, openingBalance, outcomeOf, rewritten } from './outcome.ts';

const API = 'production/payments-api';

const ranInStaging = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .at('09:12')
  .deployed('payments@A', 'staging/payments-api');

const selfsame = { rows: [`${API} selfsame (rehearsed)`], counted: [], exit: 0 };
const unresolved = (reason: string) => ({ rows: [`${API} unresolved (${reason})`], counted: [], exit: 3 });

describe('decisions C, time and history', () => {
  it('C1: staging has moved on, and an earlier recording saw the artifact there', () => {
    const given = ranInStaging
      .at('10:00')
      .recorded()
      .at('11:00')
      .built('payments@D', { run: '60', commit: 'decaf0' })
      .deployed('payments@D', 'staging/payments-api')
      .at('14:00')
      .deployed('payments@A', API);

    expect(outcomeOf(given)).toMatchObject(selfsame);
    expect(judgeAll(given).tally).toMatchObject({ drift: 0 });
  });

  const dayOne = (plan: Parameters<typeof scenario>[0] = {}) =>
    scenario(plan)
      .at('08:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .deployed('payments:1.3=A', API)
      .at('09:00')
      .built('payments@D', { run: '60', commit: 'decaf0' })
      .deployed('payments:1.4=D', 'staging/payments-api')
      .tagged('payments:1.3', 'payments@A');

  it('C3: on day one staging has moved on, and everything is deployed by tag', () => {
    expect(outcomeOf(dayOne())).toMatchObject(unresolved('history-younger-than-artifact'));
  });

  // By hand: `selfsame baseline` leaves out what is not known, and says so (SEMANTICS 37 is of what was found).
  it('C3: the same, once the opening balance is written down', () => {
    expect(outcomeOf(dayOne(openingBalance('payments@A')))).toMatchObject({ ...unresolved('history-younger-than-artifact'), exit: 0 });
  });

  it('C5: CI sent a hotfix straight to production, and the revisions of staging are pinned without a hole', () => {
    const given = scenario()
      .at('08:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .had('payments@A', 'staging/payments-api', { revision: 1 })
      .at('09:00')
      .built('payments@B', { run: '42', commit: 'decaf0' })
      .deployed('payments@B', 'staging/payments-api', { revision: 2 })
      .at('13:00')
      .built('payments@H', { run: '57', commit: 'f1dd1e' })
      .deployed('payments@H', API);

    expect(outcomeOf(given)).toMatchObject({
      rows: [`${API} untested (never-upstream)`],
      counted: ['medium untested-digest'],
      shown: ['medium reversed-promotion'],
      exit: 1,
    });
  });

  it('C7: the nodes of staging were recycled, so that all its pods are younger than those of production', () => {
    const given = scenario()
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .at('10:00')
      .deployed('payments@A', API)
      .at('15:00')
      .deployed('payments@A', 'staging/payments-api');

    expect(outcomeOf(given)).toMatchObject(selfsame);
    expect(judgeAll(given).rows[0]?.standing.order).toBe('not-established');
  });

  const promotedInOneNight = (so: Scenario) =>
    so
      .recorded()
      .at('12:00')
      .built('payments@D', { run: '60', commit: 'decaf0' })
      .deployed('payments@D', 'staging/payments-api')
      .deployed('payments@D', API);

  it('C7: it came to staging and to production between two recordings that saw both', () => {
    expect(outcomeOf(promotedInOneNight(ranInStaging.deployed('payments@A', API)))).toMatchObject(selfsame);
  });

  it('C7: the same, and the recording before could not see what production ran', () => {
    const given = rewritten(promotedInOneNight(ranInStaging.deployed('payments@A', API)), (seen, at) =>
      at === 0 && seen.kind === 'coverage' && seen.of === 'running-image' ? [] : [seen],
    );

    expect(outcomeOf(given)).toMatchObject({ rows: [`${API} unresolved (arrival-not-known)`], counted: [], exit: 3 });
  });

  it('C9: somebody pushed an image by hand to staging and then to production, and every build was listed', () => {
    const given = ranInStaging
      .at('10:00')
      .pushed('payments@H')
      .deployed('payments@H', 'staging/payments-api')
      .recorded()
      .at('14:00')
      .deployed('payments@H', API);

    expect(outcomeOf(given)).toMatchObject({ ...selfsame, counted: ['high unknown-origin'], exit: 1 });
  });

  it('C21: production was rolled back to what staging ran last month', () => {
    const given = scenario()
      .at('2026-02-02T09:00:00Z')
      .built('payments@A', { run: '12', commit: 'c0ffee' })
      .deployed('payments@A', 'staging/payments-api')
      .recorded()
      .at('09:00')
      .built('payments@D', { run: '60', commit: 'decaf0' })
      .deployed('payments@D', 'staging/payments-api')
      .deployed('payments@D', API)
      .at('10:00')
      .recorded()
      .at('14:00')
      .deployed('payments@A', API);

    expect(outcomeOf(given)).toMatchObject(selfsame);
  });

  it('C25: staging is scaled to zero for the night, and an earlier recording saw what it runs', () => {
    const given = ranInStaging.at('10:00').deployed('payments@A', API).recorded().at('23:00').idle('payments:1.4', 'staging/payments-api');

    expect(outcomeOf(given)).toMatchObject(selfsame);
  });

  it('C27: no cluster is read, and the channel of production names what the channel of staging does', () => {
    const read = ranInStaging.at('14:00').deployed('payments@A', API);
    const given = rewritten(read, (seen) => {
      if (seen.kind === 'running-image') return [Observation.parse({ ...seen, phase: 'published' })];
      return 'of' in seen && seen.of === 'running-image' ? [Observation.parse({ ...seen, of: 'channel' })] : [seen];
    });

    expect(outcomeOf(given)).toMatchObject(selfsame);
    expect(judgeAll(given)).toMatchObject({
      rows: [{ published: true, text: expect.stringMatching(/^published in staging\/.*; what runs is not known$/) }],
      dormant: expect.arrayContaining(['mixed-digests', 'tag-without-digest']),
    });
  });

  everyDecisionIsKept('C');
});
