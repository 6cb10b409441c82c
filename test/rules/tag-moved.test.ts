import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/tag-moved.ts';
import { pageIsCurrent } from './page.ts';

const byTag = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .built('payments@B', { run: '57', commit: 'decaf0' })
  .tagged('payments:1.4', 'payments@A')
  .at('14:00')
  .deployed('payments:1.4=A', 'production/payments-api');

const cases = {
  passes: {
    'the tag still names what runs': byTag,
    'the tag names a recompressed copy of what runs': byTag
      .at('15:00')
      .built('payments@C', { run: '41', commit: 'c0ffee', like: 'payments@A', but: 'bytes' })
      .tagged('payments:1.4', 'payments@C'),
  },
  reports: {
    'a later build took the tag over': {
      given: byTag.at('15:00').tagged('payments:1.4', 'payments@B'),
      finds: [
        {
          where: 'production/payments-api',
          says: 'moved',
          with: { running: 'payments@A', names: 'payments@B', declared: 'registry.test/payments:1.4' },
        },
      ],
    },
  },
  cannotTell: {
    'only a channel of a registry names it': {
      given: scenario().at('09:00').deployed('payments:1.4@A', 'production/payments-api', { phase: 'published' }),
      because: 'tag: workloads-not-configured',
    },
    'the registry was not asked for the tag': {
      given: scenario()
        .at('09:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .deployed('payments:1.4=A', 'production/payments-api'),
      because: 'tag: tag-not-read',
    },
    'the node reported no digest': {
      given: scenario().at('09:00').deployed('payments:1.4', 'production/payments-api'),
      because: 'tag: no-digest',
    },
    'what the tag names now was not read': {
      given: byTag.at('15:00').tagged('payments:1.4', 'payments@U'),
      because: 'tag: content-unknown',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: scenario().at('09:00').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'it is declared by digest': {
      given: byTag.at('15:00').deployed('payments:1.4@A', 'production/payments-api'),
      because: 'pinned',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
