import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/regions-differ.ts';
import { pageIsCurrent } from './page.ts';

const regions = { promotion: [['staging'], ['prod-eu', 'prod-us']], equal: [['prod-eu', 'prod-us']] };
const rolledOut = scenario(regions)
  .at('2026-03-01T08:00:00Z')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .built('payments@B', { run: '57', commit: 'decaf0' })
  .deployed('payments@A', 'prod-us/payments-api', { revision: 1 });

const cases = {
  passes: {
    'both regions run one artifact': rolledOut
      .at('2026-03-01T09:00:00Z')
      .deployed('payments@A', 'prod-eu/payments-api', { revision: 1 })
      .at('12:00'),
  },
  reports: {
    'a rollout stopped half way, a day and more ago': {
      given: rolledOut.at('2026-03-01T09:00:00Z').deployed('payments@B', 'prod-eu/payments-api', { revision: 2 }).at('12:00'),
      finds: [
        { where: 'prod-eu/payments-api', says: 'differs', with: { running: 'payments@B', other: 'payments@A' } },
        { where: 'prod-us/payments-api', says: 'differs', with: { running: 'payments@A', other: 'payments@B' } },
      ],
    },
  },
  cannotTell: {
    'one region was deployed by tag and its node reported no digest': {
      given: rolledOut.at('2026-03-01T09:00:00Z').deployed('payments:1.4', 'prod-eu/payments-api').at('12:00'),
      because: 'agreement: no-digest',
    },
  },
  skips: {
    'the rollout began three hours ago (G3)': {
      given: rolledOut.at('09:00').deployed('payments@B', 'prod-eu/payments-api', { revision: 2 }).at('12:00'),
      because: 'settling',
    },
    'the other region does not have the workload': {
      given: rolledOut,
      because: 'alone',
    },
    'no environment must be equal to another': {
      given: scenario().at('09:00').built('payments@A', { run: '41', commit: 'c0ffee' }).deployed('payments@A', 'production/payments-api'),
      because: 'notAsked',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
