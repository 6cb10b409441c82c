import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/base-layer-mismatch.ts';
import { pageIsCurrent } from './page.ts';

const ranInStaging = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .deployed('payments@A', 'staging/payments-api');
const other = { run: '57', commit: 'c0ffee' };

const cases = {
  passes: {
    'both environments run one digest': ranInStaging.at('14:00').deployed('payments@A', 'production/payments-api'),
  },
  reports: {
    'the production job pulled a newer base': {
      given: ranInStaging
        .at('14:00')
        .built('payments@B', { ...other, base: 'Y' })
        .deployed('payments@B', 'production/payments-api'),
      finds: [{ where: 'production/payments-api', says: 'otherBase', with: { running: 'payments@B', tested: 'payments@A' } }],
    },
    'somebody put the tested layers on another base by hand': {
      given: ranInStaging
        .at('14:00')
        .built('payments@B', { run: '57', commit: 'decaf0', base: 'Y', like: 'payments@A', but: 'base' })
        .deployed('payments@B', 'production/payments-api'),
      finds: [{ where: 'production/payments-api', says: 'otherBase', with: { running: 'payments@B' } }],
    },
  },
  cannotTell: {
    'what the registry holds under the digest was not read': {
      given: ranInStaging.at('14:00').deployed('payments@U', 'production/payments-api'),
      because: 'standing: content-unknown',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: scenario().at('09:00').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'the rebuild differs in its runtime configuration': {
      given: ranInStaging
        .at('14:00')
        .built('payments@B', { ...other, like: 'payments@A', but: 'runtime-config' })
        .deployed('payments@B', 'production/payments-api'),
      because: 'sameBase',
    },
    'it never ran upstream and nothing akin to it did': {
      given: scenario()
        .at('09:00')
        .recorded()
        .at('10:00')
        .built('ledger@L', { run: '70', commit: 'abad1dea' })
        .deployed('ledger@L', 'production/ledger'),
      because: 'nothingToCompare',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
