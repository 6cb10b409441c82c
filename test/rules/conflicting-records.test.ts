import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/conflicting-records.ts';
import { pageIsCurrent } from './page.ts';

const built = scenario().at('09:00').built('payments@A', { run: '41', commit: 'c0ffee' });
const shipped = built.at('14:00').deployed('payments@A', 'production/payments-api');

const signed = scenario()
  .at('08:00')
  .heldBase('X')
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee', trust: 'log' })
  .at('14:00')
  .deployed('payments@A', 'production/payments-api')
  .at('15:00');

const cases = {
  passes: {
    'one build made what runs': shipped,
    'several runs of one commit gave one digest': shipped.at('15:00').recordedBuild('payments@A', { run: '57', commit: 'c0ffee' }),
    'two commits have one tree, as after a squash': scenario()
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee', tree: 'beech' })
      .at('10:00')
      .recordedBuild('payments@A', { run: '57', commit: 'decaf0', tree: 'beech' })
      .at('14:00')
      .deployed('payments@A', 'production/payments-api'),
    'its labels name the commit that is signed': signed.recordedBuild('payments@A', { run: '57', commit: 'c0ffee', trust: 'verified' }),
    'its labels name another commit than a record that nobody signed': signed.recordedBuild('payments@A', { run: '57', commit: 'decaf0' }),
    'no record of a build is there to contradict another': scenario()
      .at('13:00')
      .pushed('payments@H')
      .deployed('payments@H', 'production/payments-api'),
  },
  reports: {
    'two records name two commits (C10)': {
      given: shipped.at('15:00').recordedBuild('payments@A', { run: '57', commit: 'decaf0' }),
      finds: [
        {
          where: 'production/payments-api',
          says: 'source',
          with: {
            running: 'payments@A',
            one: 'github-actions run 41 attempt 1',
            first: 'acme/payments at c0ffee',
            other: 'github-actions run 57 attempt 1',
            second: 'acme/payments at decaf0',
          },
        },
      ],
    },
    'an attempt names another commit than the one before it': {
      given: shipped.at('15:00').recordedBuild('payments@A', { run: '41', attempt: 2, commit: 'decaf0' }),
      finds: [{ where: 'production/payments-api', says: 'source', with: { other: 'github-actions run 41 attempt 2' } }],
    },
    'its labels name another commit than signed provenance': {
      given: signed.recordedBuild('payments@A', { run: '57', commit: 'decaf0', trust: 'verified' }),
      finds: [
        {
          where: 'production/payments-api',
          says: 'labels',
          with: { one: 'github-actions run 57 attempt 1', first: 'acme/payments at decaf0', second: 'c0ffee' },
        },
      ],
    },
  },
  cannotTell: {
    'its labels name another commit than what is signed, and may be of its base, which was not read': {
      given: scenario()
        .at('09:00')
        .built('payments@A', { run: '41', commit: 'c0ffee', trust: 'log' })
        .at('14:00')
        .deployed('payments@A', 'production/payments-api')
        .at('15:00')
        .recordedBuild('payments@A', { run: '57', commit: 'decaf0', trust: 'signed' }),
      because: 'conflict: labels-may-be-inherited',
    },
    'not every record of a build could be read': {
      given: shipped.blindTo('build', 'forbidden'),
      because: 'conflict: builds-not-covered',
    },
    'no source of builds is configured': {
      given: scenario().at('13:00').pushed('payments@H').deployed('payments@H', 'production/payments-api').withoutSource('build'),
      because: 'conflict: not-configured',
    },
    'what the registry holds under its digest was not read': {
      given: built.at('14:00').deployed('payments@U', 'production/payments-api'),
      because: 'conflict: content-unknown',
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
