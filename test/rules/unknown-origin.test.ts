import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/unknown-origin.ts';
import { readSketch } from '../../src/testing/observe.ts';
import { pageIsCurrent } from './page.ts';

const { digest: tested } = readSketch('payments@A');

const built = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .at('09:12')
  .deployed('payments@A', 'staging/payments-api');

const cases = {
  passes: {
    'a recorded build made what runs': built.at('14:00').deployed('payments@A', 'production/payments-api'),
  },
  reports: {
    'a hotfix was pushed by hand': {
      given: built.at('13:00').pushed('payments@H').at('14:00').deployed('payments@H', 'production/payments-api'),
      finds: [
        {
          where: 'production/payments-api',
          says: 'foreign',
          with: { running: 'payments@H', trace: `nearest to it is ${tested} of run 41 (2 of its 3 layers); pushed 2026-03-02T13:00:00Z` },
        },
      ],
    },
    'it was pushed by hand to staging first, and then went to production (C9)': {
      given: built
        .at('13:00')
        .pushed('payments@H')
        .deployed('payments@H', 'staging/payments-api')
        .at('14:00')
        .deployed('payments@H', 'production/payments-api'),
      finds: [{ where: 'production/payments-api', says: 'foreign', with: { running: 'payments@H' } }],
    },
  },
  cannotTell: {
    'not every build could be listed': {
      given: built.blindTo('build', 'forbidden').at('13:00').pushed('payments@H').deployed('payments@H', 'production/payments-api'),
      because: 'origin: builds-not-covered',
    },
    'no build of the line is known at all': {
      given: scenario().at('13:00').pushed('ledger@L').deployed('ledger@L', 'production/ledger'),
      because: 'origin: no-known-builds-of-line',
    },
    'what the registry holds under its digest was not read': {
      given: built.at('14:00').deployed('payments@U', 'production/payments-api'),
      because: 'origin: content-unknown',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: scenario().at('09:00').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
