import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/different-commit-under-same-tag.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';
const STAGING = 'staging/payments-api';

const builds = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .at('12:00')
  .built('payments@D', { run: '60', commit: 'decaf0' });

const cases = {
  passes: {
    'one tag is one digest everywhere': builds.deployed('payments:1.4=A', STAGING).at('14:00').deployed('payments:1.4=A', API),
    'one tag is two builds of one commit': builds
      .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
      .deployed('payments:1.4=A', STAGING)
      .at('14:00')
      .deployed('payments:1.4=B', API),
    'every commit has a tag of its own': builds.deployed('payments:1.5=D', STAGING).at('14:00').deployed('payments:1.4=A', API),
    'an earlier recording saw another commit under the tag, and nothing runs it now': builds
      .deployed('payments:latest=A', STAGING)
      .recorded()
      .at('13:00')
      .deployed('payments:latest=D', STAGING)
      .at('14:00')
      .deployed('payments:latest=D', API),
  },
  reports: {
    'staging took the tag after it was moved, production before': {
      given: builds.deployed('payments:1.4=A', API).at('14:00').deployed('payments:1.4=D', STAGING),
      finds: [
        {
          where: API,
          says: 'otherCommit',
          with: {
            running: 'payments@A',
            commit: 'acme/payments c0ffee',
            tag: 'registry.test/payments:1.4',
            other: 'payments@D',
            otherCommit: 'acme/payments decaf0',
          },
        },
      ],
    },
    'the tag stands beside the digests': {
      given: builds.deployed('payments:1.4@D', STAGING).at('14:00').deployed('payments:1.4@A', API),
      finds: [{ where: API, says: 'otherCommit', with: { running: 'payments@A', other: 'payments@D' } }],
    },
  },
  cannotTell: {
    'nobody recorded the source of what staging runs under the tag': {
      given: builds.pushed('payments@H').deployed('payments:1.4=H', STAGING).at('14:00').deployed('payments:1.4=A', API),
      because: 'other: source-not-recorded',
    },
    'staging could not be listed': {
      given: builds.blindTo('running-image', 'forbidden', { environment: 'staging' }).at('14:00').deployed('payments:1.4=A', API),
      because: 'other: upstream-not-listed',
    },
    'the node reported no digest': { given: builds.at('14:00').deployed('payments:1.4', API), because: 'other: no-digest' },
  },
  skips: {
    'the image is a vendor’s': {
      given: scenario().at('09:00').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'it is declared by digest alone': {
      given: builds.deployed('payments@D', STAGING).at('14:00').deployed('payments@A', API),
      because: 'noTag',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
