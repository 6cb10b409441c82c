import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/platform-not-tested.ts';
import { pageIsCurrent } from './page.ts';

const twoPlatforms = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .built('payments@R', { run: '41', commit: 'c0ffee', platform: 'linux/arm64' })
  .indexed('payments@I', ['payments@A', 'payments@R'])
  .at('09:12')
  .deployed('payments@I', 'staging/payments-api');

const cases = {
  passes: {
    'both environments run the amd64 member of one index': twoPlatforms.at('14:00').deployed('payments@I', 'production/payments-api'),
    'staging names the index, production its member': twoPlatforms.at('14:00').deployed('payments@A', 'production/payments-api'),
  },
  reports: {
    'staging runs amd64, production arm64 of one index (A3)': {
      given: twoPlatforms.at('14:00').deployed('payments@I', 'production/payments-api', 'linux/arm64'),
      finds: [
        {
          where: 'production/payments-api',
          says: 'otherPlatform',
          with: { platform: 'linux/arm64', testedPlatform: 'linux/amd64', running: 'payments@R', tested: 'payments@A' },
        },
      ],
    },
    'the gate passed on the index, without naming a platform, and production runs its arm64 member (A15)': {
      given: scenario({ gates: ['e2e'] })
        .at('09:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .built('payments@R', { run: '41', commit: 'c0ffee', platform: 'linux/arm64' })
        .indexed('payments@I', ['payments@A', 'payments@R'])
        .at('09:10')
        .tested('payments@I', { gate: 'e2e' })
        .at('14:00')
        .deployed('payments@I', 'production/payments-api', 'linux/arm64'),
      finds: [
        { where: 'production/payments-api', says: 'notNamed', with: { running: 'payments@R', platform: 'linux/arm64', gates: 'e2e' } },
      ],
    },
  },
  cannotTell: {
    'the index was not read': {
      given: scenario()
        .at('09:00')
        .deployed('payments@I', 'staging/payments-api')
        .deployed('payments@I', 'production/payments-api', 'linux/arm64'),
      because: 'standing: content-unknown',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: scenario().at('09:00').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'it is a rebuild': {
      given: twoPlatforms
        .at('14:00')
        .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
        .deployed('payments@B', 'production/payments-api'),
      because: 'otherStanding',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
