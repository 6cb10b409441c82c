import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/skipped-environment.ts';
import { pageIsCurrent } from './page.ts';

const built = scenario().at('09:00').recorded().at('10:00').built('ledger@L', { run: '70', commit: 'abad1dea' });
const path = { promotion: [['dev'], ['staging'], ['production']] };

const cases = {
  passes: {
    'it ran in staging first': built
      .at('11:00')
      .deployed('ledger@L', 'staging/ledger')
      .at('14:00')
      .deployed('ledger@L', 'production/ledger'),
  },
  reports: {
    'a new service went straight to production between two complete recordings (D6)': {
      given: built.at('14:00').deployed('ledger@L', 'production/ledger'),
      finds: [{ where: 'production/ledger', says: 'noCounterpart', with: { running: 'ledger@L' } }],
    },
    'it ran in dev only, and staging was watched all the time (G1)': {
      given: scenario(path)
        .at('09:00')
        .recorded()
        .at('10:00')
        .built('ledger@L', { run: '70', commit: 'abad1dea' })
        .deployed('ledger@L', 'dev/ledger')
        .at('14:00')
        .deployed('ledger@L', 'production/ledger'),
      finds: [{ where: 'production/ledger', says: 'skippedRank', with: { running: 'ledger@L' } }],
    },
  },
  cannotTell: {
    'it was there already when the first recording was taken': {
      given: scenario().at('10:00').built('ledger@L', { run: '70', commit: 'abad1dea' }).deployed('ledger@L', 'production/ledger'),
      because: 'standing: no-counterpart',
    },
    'staging could not be listed': {
      given: built.blindTo('running-image', 'forbidden', { environment: 'staging' }).at('14:00').deployed('ledger@L', 'production/ledger'),
      because: 'standing: upstream-not-listed',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: scenario().at('09:00').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'its counterpart runs another build of its line, and its revisions are known (C5)': {
      given: scenario()
        .at('08:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .had('payments@A', 'staging/payments-api', { revision: 1 })
        .deployed('payments@A', 'staging/payments-api', { revision: 2 })
        .at('14:00')
        .built('payments@H', { run: '66', commit: 'deface' })
        .deployed('payments@H', 'production/payments-api'),
      because: 'otherStanding',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
