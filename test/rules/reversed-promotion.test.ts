import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/reversed-promotion.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';
const STAGING = 'staging/payments-api';

const e2e = { gate: 'e2e' };

/** The gate passed on both, so that only their order is in question. */
const twoReleases = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .tested('payments@A', e2e)
  .at('12:00')
  .built('payments@D', { run: '60', commit: 'decaf0' })
  .tested('payments@D', e2e);

const hotfix = { run: '60', commit: 'decaf0' };

/** Staging has run nothing but this since before the hotfix was built. */
const releasedBefore = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .deployed('payments@A', STAGING, { revision: 1 });

const rebuilt = twoReleases.deployed('payments@A', STAGING).at('13:00').built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' });

const cases = {
  passes: {
    'both run one digest': twoReleases.deployed('payments@D', STAGING).at('14:00').deployed('payments@D', API),
    'staging has moved on, as it should': twoReleases.deployed('payments@D', STAGING).at('14:00').deployed('payments@A', API),
    'a rollout is under way in staging, and production runs one of the two': twoReleases
      .deployed('payments@A', STAGING)
      .deployed('payments@D', STAGING, { beside: true })
      .at('14:00')
      .deployed('payments@D', API),
  },
  reports: {
    'a hotfix went straight to production (C5)': {
      given: releasedBefore.at('12:00').built('payments@D', hotfix).at('14:00').deployed('payments@D', API),
      finds: [
        {
          where: API,
          says: 'ahead',
          with: { running: 'payments@D', other: 'payments@A', made: '2026-03-02T12:00:00Z', otherMade: '2026-03-02T09:00:00Z' },
        },
      ],
    },
    'staging was rolled back, and production was not': {
      given: twoReleases
        .deployed('payments@D', STAGING)
        .at('13:00')
        .recorded()
        .at('14:00')
        .deployed('payments@A', STAGING)
        .deployed('payments@D', API),
      finds: [{ where: API, says: 'withdrawn', with: { running: 'payments@D', other: 'payments@A' } }],
    },
  },
  cannotTell: {
    'the two were built within five minutes': {
      given: twoReleases
        .at('12:03')
        .built('payments@E', { run: '61', commit: 'facade' })
        .tested('payments@E', e2e)
        .deployed('payments@D', STAGING)
        .at('14:00')
        .deployed('payments@E', API),
      because: 'lead: order-of-builds-not-known',
    },
    'what staging runs was not read': {
      given: twoReleases.deployed('payments@U', STAGING).at('14:00').deployed('payments@D', API),
      because: 'lead: content-unknown',
    },
    'staging could not be listed': {
      given: twoReleases.blindTo('running-image', 'forbidden', { environment: 'staging' }).at('14:00').deployed('payments@D', API),
      because: 'lead: upstream-not-listed',
    },
    'the node reported no digest': {
      given: twoReleases.deployed('payments@A', STAGING).at('14:00').deployed('payments:1.4', API),
      because: 'standing: no-digest',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: scenario().at('09:00').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'nothing upstream plays its part': { given: twoReleases.at('14:00').deployed('payments@D', API), because: 'noCounterpart' },
    'staging is scaled to zero': {
      given: twoReleases.idle('payments:1.4', STAGING).at('14:00').deployed('payments@D', API),
      because: 'idle',
    },
    'production was rebuilt from the commit that staging runs': {
      given: rebuilt.at('14:00').deployed('payments@B', API),
      because: 'otherStanding',
    },
    'the rebuild passed the gate by itself': {
      given: rebuilt.tested('payments@B', e2e).at('14:00').deployed('payments@B', API),
      because: 'sameSource',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
