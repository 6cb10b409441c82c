import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/stale-promotion.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';
const STAGING = 'staging/payments-api';

/** Staging took the newer release on 12 January; recordings are judged on 2 March. */
const releases = (plan: Parameters<typeof scenario>[0] = {}) =>
  scenario(plan)
    .at('2026-01-05T09:00:00Z')
    .built('payments@A', { run: '12', commit: 'c0ffee' })
    .at('2026-01-12T09:00:00Z')
    .built('payments@D', { run: '20', commit: 'decaf0' });

const behind = releases().deployed('payments@D', STAGING, { revision: 7 }).deployed('payments@A', API).at('09:00');
const gated = releases({ gates: ['e2e'] })
  .deployed('payments@D', STAGING)
  .deployed('payments@A', API);

const cases = {
  passes: {
    'both run one digest': releases().deployed('payments@D', STAGING).deployed('payments@D', API).at('09:00'),
    'staging took it this morning': releases()
      .deployed('payments@A', API)
      .at('08:00')
      .deployed('payments@D', STAGING, { revision: 7 })
      .at('09:00'),
    'production is ahead': releases().deployed('payments@A', STAGING).deployed('payments@D', API).at('09:00'),
    'it has waited for less than the configuration allows': releases({ rules: { 'stale-promotion': { options: { days: '60' } } } })
      .deployed('payments@D', STAGING, { revision: 7 })
      .deployed('payments@A', API)
      .at('09:00'),
  },
  reports: {
    'staging has run the newer release for seven weeks': {
      given: behind,
      finds: [
        { where: API, says: 'waiting', with: { running: 'payments@A', other: 'payments@D', since: '2026-01-12T09:00:00Z', days: '49' } },
      ],
    },
    'its gate passed seven weeks ago': {
      given: gated.tested('payments@D', { gate: 'e2e' }).at('09:00'),
      finds: [{ where: API, says: 'waiting', with: { other: 'payments@D', by: 'e2e', days: '49' } }],
    },
  },
  cannotTell: {
    'staging could not be listed': {
      given: behind.blindTo('running-image', 'forbidden', { environment: 'staging' }),
      because: 'waiting: upstream-not-listed',
    },
    'the token may not read test records': {
      given: gated.blindTo('test', 'forbidden').at('09:00'),
      because: 'waiting: tests-not-covered',
    },
    'what staging runs was not read': {
      given: releases().deployed('payments@U', STAGING).deployed('payments@A', API).at('09:00'),
      because: 'waiting: content-unknown',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: scenario().at('09:00').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'nothing upstream plays its part': { given: releases().deployed('payments@A', API).at('09:00'), because: 'noCounterpart' },
    'staging is scaled to zero': {
      given: releases().idle('payments:1.4', STAGING).deployed('payments@A', API).at('09:00'),
      because: 'idle',
    },
    'staging runs a later build of the same commit': {
      given: releases()
        .built('payments@B', { run: '21', commit: 'c0ffee', base: 'Y' })
        .deployed('payments@B', STAGING)
        .deployed('payments@A', API)
        .at('09:00'),
      because: 'sameSource',
    },
    'the gate has not passed on what staging runs': {
      given: scenario({ gates: ['e2e'] })
        .at('2026-03-01T10:00:00Z')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .at('09:00')
        .built('payments@D', { run: '60', commit: 'decaf0' })
        .tested('payments@D', { gate: 'e2e', result: 'failed' })
        .deployed('payments@D', STAGING)
        .deployed('payments@A', API),
      because: 'notProven',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
