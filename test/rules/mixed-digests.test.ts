import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/mixed-digests.ts';
import { pageIsCurrent } from './page.ts';

const both = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .built('payments@B', { run: '57', commit: 'decaf0' })
  .deployed('payments@A', 'staging/payments-api')
  .at('14:00')
  .deployed('payments@A', 'production/payments-api', { pods: 5 });

const cases = {
  passes: {
    'every instance runs one artifact': both,
    'two digests of one artifact run': both
      .at('15:00')
      .built('payments@C', { run: '41', commit: 'c0ffee', like: 'payments@A', but: 'bytes' })
      .deployed('payments@C', 'production/payments-api', { beside: true }),
  },
  reports: {
    'one node pulled the tag after it had moved': {
      given: both.at('15:00').deployed('payments@B', 'production/payments-api', { beside: true }),
      finds: [{ where: 'production/payments-api', says: 'mixed', with: { count: '2' } }],
    },
  },
  cannotTell: {
    'only a channel of a registry names it': {
      given: scenario().at('09:00').deployed('payments:1.4@A', 'production/payments-api', { phase: 'published' }),
      because: 'mix: workloads-not-configured',
    },
    'what a registry holds under one of the digests was not read': {
      given: both.at('15:00').deployed('payments@U', 'production/payments-api', { beside: true }),
      because: 'mix: content-unknown',
    },
  },
  skips: {
    'a rollout is under way': {
      given: scenario()
        .at('14:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .built('payments@B', { run: '57', commit: 'decaf0' })
        .deployed('payments@A', 'production/payments-api', { rollout: 'rolling' })
        .deployed('payments@B', 'production/payments-api', { rollout: 'rolling', beside: true }),
      because: 'rolling',
    },
    'an Argo Rollout is paused at a fifth (D14)': {
      given: scenario()
        .at('14:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .built('payments@B', { run: '57', commit: 'decaf0' })
        .deployed('payments@A', 'production/payments-api', { kind: 'Rollout', rollout: 'paused', pods: 4 })
        .deployed('payments@B', 'production/payments-api', { kind: 'Rollout', rollout: 'paused', beside: true }),
      because: 'paused',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
