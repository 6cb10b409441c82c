import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/rerun-replaced-artifact.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';
const again = { run: '41', attempt: 2, commit: 'c0ffee', base: 'Y' };

const tested = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .at('09:10')
  .tested('payments@A', { gate: 'e2e' });
const ranInStaging = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .deployed('payments@A', 'staging/payments-api');

const cases = {
  passes: {
    'the second attempt pushed again, and production runs what the first one pushed': tested
      .at('13:00')
      .built('payments@B', again)
      .at('14:00')
      .deployed('payments@A', API),
    'the second attempt was tested too': tested
      .at('13:00')
      .built('payments@B', again)
      .tested('payments@B', { gate: 'e2e' })
      .at('14:00')
      .deployed('payments@B', API),
  },
  reports: {
    'the first attempt was tested, and the second one was deployed (B18)': {
      given: tested.at('13:00').built('payments@B', again).at('14:00').deployed('payments@B', API),
      finds: [
        {
          where: API,
          says: 'replaced',
          with: { running: 'payments@B', attempt: '2', tested: 'payments@A', testedAttempt: '1', upstream: 'e2e' },
        },
      ],
    },
    'nobody keeps test records, and staging runs what the first attempt pushed': {
      given: ranInStaging.at('13:00').built('payments@B', again).at('14:00').deployed('payments@B', API),
      finds: [{ where: API, says: 'replaced', with: { tested: 'payments@A', testedAttempt: '1' } }],
    },
  },
  cannotTell: {
    'the builds could not be listed': {
      given: ranInStaging
        .blindTo('build', 'forbidden')
        .at('13:00')
        .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
        .at('14:00')
        .deployed('payments@B', API),
      because: 'rerun: builds-not-covered',
    },
    'what the registry holds under the digest was not read': {
      given: tested.at('14:00').deployed('payments@U', API),
      because: 'standing: content-unknown',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: scenario().at('09:00').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'another run built it from the same commit': {
      given: tested
        .at('13:00')
        .built('payments@B', { ...again, run: '57' })
        .at('14:00')
        .deployed('payments@B', API),
      because: 'noRerun',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
