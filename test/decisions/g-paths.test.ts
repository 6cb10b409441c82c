import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { everyDecisionIsKept, outcomeOf } from './outcome.ts';

const REGIONS = { promotion: [['staging'], ['production-eu', 'production-us']], equal: [['production-eu', 'production-us']] };
const EU = 'production-eu/payments-api';
const US = 'production-us/payments-api';

describe('decisions G, paths', () => {
  it('G1: it ran in development and never in staging, whose history is covered', () => {
    const given = scenario({ promotion: [['development'], ['staging'], ['production']] })
      .at('08:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .deployed('payments@A', 'development/payments-api')
      .deployed('payments@A', 'staging/payments-api', { revision: 1 })
      .recorded()
      .at('12:00')
      .built('payments@D', { run: '60', commit: 'decaf0' })
      .deployed('payments@D', 'development/payments-api')
      .recorded()
      .at('14:00')
      .deployed('payments@D', 'production/payments-api');

    expect(outcomeOf(given)).toMatchObject({
      rows: ['production/payments-api untested (skipped-rank)', 'staging/payments-api selfsame (rehearsed)'],
      counted: ['medium skipped-environment'],
      exit: 1,
    });
  });

  const movedOn = scenario(REGIONS)
    .at('08:00')
    .built('payments@A', { run: '41', commit: 'c0ffee' })
    .deployed('payments@A', 'staging/payments-api')
    .recorded()
    .at('09:00')
    .built('payments@D', { run: '60', commit: 'decaf0' })
    .deployed('payments@D', 'staging/payments-api')
    .deployed('payments@A', EU)
    .deployed('payments@A', US)
    .recorded()
    .at('12:00')
    .deployed('payments@D', EU, { revision: 2 });
  const both = [`${EU} selfsame (rehearsed)`, `${US} selfsame (rehearsed)`];

  it('G3: one region moved on three hours ago, and both run what staging ran', () => {
    expect(outcomeOf(movedOn.at('15:00'))).toEqual({ rows: both, counted: [], shown: [], exit: 0 });
  });

  it('G3: one region moved on more than a day ago, and the other never did', () => {
    const given = movedOn.at('2026-03-03T15:00:00Z');

    expect(outcomeOf(given)).toEqual({ rows: both, counted: ['medium regions-differ', 'medium regions-differ'], shown: [], exit: 1 });
  });

  const sibling = scenario({ promotion: REGIONS.promotion })
    .at('08:00')
    .built('payments@A', { run: '41', commit: 'c0ffee' })
    .deployed('payments@A', 'staging/payments-api', { revision: 1 })
    .at('12:00')
    .built('payments@D', { run: '60', commit: 'decaf0' })
    .deployed('payments@D', EU)
    .recorded()
    .at('14:00')
    .deployed('payments@D', US);

  it('G5: one region runs what only the other ran, and the history of staging is covered', () => {
    expect(outcomeOf(sibling)).toMatchObject({
      rows: [`${EU} untested (never-upstream)`, `${US} untested (never-upstream)`],
      counted: ['medium untested-digest'],
      exit: 1,
    });
  });

  it('G5: one region runs what only the other ran, and nothing tells what staging ran before', () => {
    const given = sibling.deployed('payments@A', 'staging/payments-api');

    expect(outcomeOf(given)).toMatchObject({
      rows: [`${EU} unresolved (history-younger-than-artifact)`, `${US} unresolved (history-younger-than-artifact)`],
      counted: [],
      exit: 3,
    });
  });

  everyDecisionIsKept('G');
});
