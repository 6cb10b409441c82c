import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/failed-gate-promoted.ts';
import { pageIsCurrent } from './page.ts';

const built = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' });
const failed = { gate: 'e2e', result: 'failed' } as const;

const cases = {
  passes: {
    'its gate passed before it was deployed': built
      .at('10:00')
      .tested('payments@A', { gate: 'e2e' })
      .at('14:00')
      .deployed('payments@A', 'production/payments-api'),
    'its gate failed first, and passed when it ran again': built
      .at('10:00')
      .tested('payments@A', failed)
      .at('11:00')
      .tested('payments@A', { gate: 'e2e' })
      .at('14:00')
      .deployed('payments@A', 'production/payments-api'),
    'a check that is no gate failed': built
      .at('10:00')
      .tested('payments@A', { gate: 'lint', result: 'failed' })
      .at('14:00')
      .deployed('payments@A', 'production/payments-api'),
  },
  reports: {
    'it was promoted although its gate had failed (C13)': {
      given: built
        .at('10:00')
        .tested('payments@A', failed)
        .deployed('payments@A', 'staging/payments-api')
        .at('14:00')
        .deployed('payments@A', 'production/payments-api'),
      finds: [{ where: 'production/payments-api', says: 'failedBefore', with: { running: 'payments@A', gate: 'e2e' } }],
    },
    'its gate failed in the second in which it passed': {
      given: built
        .at('10:00')
        .tested('payments@A', { ...failed, run: '42' })
        .tested('payments@A', { gate: 'e2e', run: '43' })
        .at('14:00')
        .deployed('payments@A', 'production/payments-api'),
      finds: [{ where: 'production/payments-api', says: 'failedBefore', with: { running: 'payments@A', gate: 'e2e' } }],
    },
    'two of its gates had failed': {
      given: scenario({ gates: ['e2e', 'scan'] })
        .at('09:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .at('10:00')
        .tested('payments@A', { gate: 'scan', result: 'failed' })
        .at('11:00')
        .tested('payments@A', failed)
        .at('14:00')
        .deployed('payments@A', 'production/payments-api'),
      finds: [{ where: 'production/payments-api', says: 'failedBefore', with: { running: 'payments@A', gate: 'e2e, scan' } }],
    },
    'a nightly run fails on what was promoted in good faith (C15)': {
      given: built
        .at('10:00')
        .tested('payments@A', { gate: 'e2e' })
        .at('14:00')
        .deployed('payments@A', 'production/payments-api')
        .recorded()
        .at('22:00')
        .tested('payments@A', failed),
      finds: [{ where: 'production/payments-api', says: 'failedSince', with: { running: 'payments@A', gate: 'e2e' } }],
    },
  },
  cannotTell: {
    'the token may not read test records': {
      given: built.blindTo('test', 'forbidden').at('14:00').deployed('payments@A', 'production/payments-api'),
      because: 'results: tests-not-covered',
    },
    'no source of tests is configured': {
      given: built.withoutSource('test').at('14:00').deployed('payments@A', 'production/payments-api'),
      because: 'results: not-configured',
    },
    'the node reported no digest': {
      given: built.at('14:00').deployed('payments:1.4', 'production/payments-api'),
      because: 'results: no-digest',
    },
  },
  skips: {},
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
