import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { everyDecisionIsKept, judgeAll, outcomeOf } from './outcome.ts';

const API = 'production/payments-api';

const promoted = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .deployed('payments@A', 'staging/payments-api')
  .at('09:30')
  .deployed('payments@A', API);

const finished = (at: string) => ({ kind: 'Job', phase: 'completed', finishedAt: at }) as const;

describe('decisions F, jobs, hooks and what never started', () => {
  const migrated = promoted
    .recorded()
    .at('10:00')
    .built('migrate@M', { run: '42', commit: 'c0ffee' })
    .deployed('migrate@M', 'staging/migrate-41', finished('10:01'))
    .at('11:00')
    .deployed('migrate@M', 'production/migrate-42', finished('11:01'))
    .at('12:00');

  it('F1: two Helm hooks whose names count their runs finished since the last recording', () => {
    expect(outcomeOf(migrated)).toMatchObject({
      rows: [`${API} selfsame (rehearsed)`, 'production/migrate-42 selfsame (rehearsed)'],
      counted: [],
      exit: 0,
    });
  });

  it('F1: the next recording sees them finished still', () => {
    expect(outcomeOf(migrated.recorded().at('23:00'))).toMatchObject({ rows: [`${API} selfsame (rehearsed)`], counted: [], exit: 0 });
  });

  const suspended = promoted.built('report@N', { run: '43', commit: 'c0ffee' });

  it('F3: a CronJob is suspended in staging, and an earlier recording saw what it ran', () => {
    const given = suspended
      .deployed('report@N', 'staging/report', { kind: 'CronJob' })
      .recorded()
      .at('12:00')
      .idle('report:1.4', 'staging/report', { kind: 'CronJob' })
      .deployed('report@N', 'production/report', { kind: 'CronJob' });

    expect(outcomeOf(given)).toMatchObject({
      rows: ['production/report selfsame (rehearsed)', `${API} selfsame (rehearsed)`],
      counted: [],
      exit: 0,
    });
  });

  it('F3: a CronJob is suspended in staging, and nobody saw what it ran', () => {
    const given = suspended
      .idle('report:1.4', 'staging/report', { kind: 'CronJob' })
      .at('12:00')
      .deployed('report@N', 'production/report', { kind: 'CronJob' });

    expect(outcomeOf(given)).toMatchObject({
      rows: ['production/report unresolved (upstream-idle)', `${API} selfsame (rehearsed)`],
      counted: [],
      exit: 3,
    });
  });

  it('F5: a new digest cannot be pulled, and the old pods go on serving', () => {
    const given = promoted
      .at('14:00')
      .built('payments@D', { run: '60', commit: 'decaf0' })
      .deployed('payments@D', API, { phase: 'waiting', beside: true });

    expect(outcomeOf(given)).toEqual({ rows: [`${API} selfsame (rehearsed)`], counted: [], shown: [], exit: 0 });
    expect(judgeAll(given).pending).toEqual(['production/test/default/Deployment/payments-api/app']);
  });

  everyDecisionIsKept('F');
});
