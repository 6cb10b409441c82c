import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/untested-digest.ts';
import { pageIsCurrent } from './page.ts';

const gated = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .at('09:10')
  .tested('payments@A', { gate: 'e2e' })
  .at('09:12')
  .deployed('payments@A', 'staging/payments-api');

const cases = {
  passes: {
    'the gate passed on what runs': gated.at('14:00').deployed('payments@A', 'production/payments-api'),
    'the gate passed, and failed on a later night (C15)': gated
      .at('14:00')
      .deployed('payments@A', 'production/payments-api')
      .at('22:00')
      .tested('payments@A', { gate: 'e2e', result: 'failed' }),
  },
  reports: {
    'a commit was promoted before its gate had finished (C16)': {
      given: gated
        .at('13:00')
        .built('payments@D', { run: '60', commit: 'decaf0' })
        .at('14:00')
        .deployed('payments@D', 'production/payments-api'),
      finds: [{ where: 'production/payments-api', says: 'noPassedGate', with: { running: 'payments@D' } }],
    },
    'it ran upstream, and its configured gate failed (C13)': {
      given: gated
        .at('13:00')
        .built('payments@D', { run: '60', commit: 'decaf0' })
        .deployed('payments@D', 'staging/payments-api')
        .at('13:30')
        .tested('payments@D', { gate: 'e2e', result: 'failed' })
        .at('14:00')
        .deployed('payments@D', 'production/payments-api'),
      finds: [{ where: 'production/payments-api', says: 'noPassedGate', with: { running: 'payments@D' } }],
    },
    'a hotfix went straight to production, and the revisions in staging are known without a hole (C5)': {
      given: scenario()
        .at('08:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .had('payments@A', 'staging/payments-api', { revision: 1 })
        .deployed('payments@A', 'staging/payments-api', { revision: 2 })
        .at('14:00')
        .built('payments@H', { run: '66', commit: 'deface' })
        .deployed('payments@H', 'production/payments-api'),
      finds: [{ where: 'production/payments-api', says: 'neverUpstream', with: { running: 'payments@H' } }],
    },
  },
  cannotTell: {
    'the token may not read test records (C17)': {
      given: gated
        .blindTo('test', 'forbidden')
        .at('13:00')
        .built('payments@D', { run: '60', commit: 'decaf0' })
        .deployed('payments@D', 'production/payments-api'),
      because: 'standing: tests-not-covered',
    },
    'the gate was configured after everything had arrived (C31)': {
      given: scenario({ gates: ['e2e'] })
        .at('08:00')
        .built('payments@Z', { run: '30', commit: 'facade' })
        .deployed('payments@Z', 'production/payments-api')
        .recorded()
        .at('09:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .at('09:10')
        .tested('payments@A', { gate: 'e2e' }),
      because: 'standing: gate-younger-than-arrival',
    },
    'the gate tests an address and names no digest (C29)': {
      given: scenario({ gates: ['e2e'] })
        .at('08:00')
        .built('payments@Z', { run: '30', commit: 'facade' })
        .deployed('payments@Z', 'production/payments-api'),
      because: 'standing: gate-names-no-digest',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: scenario().at('09:00').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'a new service went straight to production between two complete recordings (D6)': {
      given: scenario()
        .at('09:00')
        .recorded()
        .at('10:00')
        .built('ledger@L', { run: '70', commit: 'abad1dea' })
        .deployed('ledger@L', 'production/ledger'),
      because: 'skipped',
    },
    'another member of the same index was rehearsed (A3)': {
      given: scenario()
        .at('09:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .built('payments@R', { run: '41', commit: 'c0ffee', platform: 'linux/arm64' })
        .indexed('payments@I', ['payments@A', 'payments@R'])
        .deployed('payments@I', 'staging/payments-api')
        .deployed('payments@I', 'production/payments-api', 'linux/arm64'),
      because: 'otherPlatform',
    },
    'it is a rebuild': {
      given: gated
        .at('14:00')
        .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
        .deployed('payments@B', 'production/payments-api'),
      because: 'otherStanding',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
