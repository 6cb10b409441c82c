import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/expires-soon.ts';
import { pageIsCurrent } from './page.ts';

const production = 'production/payments-api';
const started = (rules?: Readonly<Record<string, object>>) =>
  scenario(rules ? { rules } : {})
    .at('09:00')
    .built('payments@A', { run: '41', commit: 'c0ffee' })
    .deployed('payments@A', 'staging/payments-api')
    .at('10:00')
    .deployed('payments@A', production)
    .at('11:00');
const runs = started();

const afterDays = (number: number) => ({ by: 'pushed', number }) as const;
const beyond = (number: number) => ({ by: 'count', number }) as const;
const day = (of: string) => `2026-${of}T11:00:00Z`;
const NEWER = { 'payments:1.5=B': day('03-01'), 'payments:1.6=C': day('03-02') };

/** A second release after the first, each declared by its digest. */
const released = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .built('payments@B', { run: '57', commit: 'decaf0' })
  .had('payments@A', production, { revision: 1 })
  .at('10:00')
  .deployed('payments@B', production, { revision: 2 })
  .at('11:00');
const young = { 'payments:1.5=B': day('03-01') };

const cases = {
  passes: {
    'what a roll-back would bring is as young as what runs': released
      .held('payments@A')
      .cleansUp('payments', [afterDays(30)], { ...young, 'payments:1.4=A': day('02-28') }),
    'what a roll-back would bring is gone already': released.deleted('payments@A').cleansUp('payments', [afterDays(30)], young),
    'what a roll-back would bring is a tag': scenario()
      .at('09:00')
      .had('payments:1.4', production, { revision: 1 })
      .at('10:00')
      .deployed('payments@B', production, { revision: 2 })
      .at('11:00')
      .cleansUp('payments', [afterDays(30)], young),
    'no policy deletes anything there': runs.cleansUp('payments', []),
    'it is young': runs.cleansUp('payments', [afterDays(90)], { 'payments=A': day('03-01') }),
    'a rule that comes first keeps what is tagged so': runs.cleansUp(
      'payments',
      [{ ...beyond(100), selects: 'tagged', prefixes: ['release-'] }, afterDays(30)],
      { 'payments:release-7=A': day('01-01') },
    ),
    'the rule is about what has no tag': runs.cleansUp('payments', [{ ...afterDays(7), selects: 'untagged' }], {
      'payments:1.4=A': day('01-01'),
    }),
    'a tag lacks one of two patterns': runs.cleansUp('payments', [{ ...afterDays(7), selects: 'tagged', patterns: ['pr-*', '*-dev'] }], {
      'payments:pr-7=A': day('01-01'),
    }),
    'two newer ones leave it its place among three': runs.cleansUp('payments', [beyond(3)], { 'payments:1.4=A': day('02-01'), ...NEWER }),
    'the policy is another repository’s': runs
      .cleansUp('payments', [])
      .cleansUp('checkout', [afterDays(1)], { 'checkout=A': day('01-01') }),
    'the policy was taken away': runs
      .cleansUp('payments', [afterDays(30)], { 'payments=A': day('02-01') })
      .recorded()
      .at('23:00')
      .cleansUp('payments', []),
    'the configuration wants to know of two days': started({ 'expires-soon': { options: { days: '2' } } }).cleansUp(
      'payments',
      [afterDays(30)],
      { 'payments=A': day('02-05') },
    ),
  },
  reports: {
    'it was pushed by digest, and untagged images go after a month': {
      given: runs.cleansUp('payments', [{ ...afterDays(30), selects: 'untagged' }], { 'payments=A': day('02-05') }),
      finds: [
        {
          where: production,
          says: 'expires',
          with: {
            running: 'payments@A',
            repository: 'registry.test/payments',
            rule: '1',
            when: 'in 5 days, after 2026-03-07T11:00:00.000Z',
          },
        },
      ],
    },
    'two newer ones have pushed it out of its place': {
      given: runs.cleansUp('payments', [beyond(2)], { 'payments:1.4=A': day('02-01'), ...NEWER }),
      finds: [{ where: production, says: 'expires', with: { when: 'within a day' } }],
    },
    'what a rule before would take counts all the same': {
      given: runs.cleansUp('payments', [{ ...afterDays(1), selects: 'tagged', prefixes: ['1.6'] }, beyond(2)], {
        'payments:1.4=A': day('02-01'),
        ...NEWER,
      }),
      finds: [{ where: production, says: 'expires', with: { rule: '2' } }],
    },
    'nobody pulled it since, and it goes to the archive': {
      given: runs.cleansUp('payments', [{ by: 'pulled', number: 30, does: 'archive' }], { 'payments:1.4=A': day('02-02') }),
      finds: [{ where: production, says: 'archives', with: { when: 'in 2 days, after 2026-03-04T11:00:00.000Z' } }],
    },
    'what runs is young, and what a roll-back would bring is not': {
      given: released.held('payments@A').cleansUp('payments', [afterDays(30)], { ...young, 'payments:1.4=A': day('02-05') }),
      finds: [
        {
          where: production,
          says: 'rollbackExpires',
          with: { running: 'payments@A', revision: '1', rule: '1', when: 'in 5 days, after 2026-03-07T11:00:00.000Z' },
        },
      ],
    },
    'what ran before goes to the archive': {
      given: released
        .held('payments@A')
        .cleansUp('payments', [{ ...afterDays(30), does: 'archive' }], { ...young, 'payments:1.4=A': day('02-05') }),
      finds: [{ where: production, says: 'rollbackArchives', with: { running: 'payments@A', revision: '1' } }],
    },
    'both go, and what runs is told': {
      given: released
        .held('payments@A')
        .cleansUp('payments', [afterDays(30)], { 'payments:1.5=B': day('02-07'), 'payments:1.4=A': day('02-05') }),
      finds: [{ where: production, says: 'expires', with: { running: 'payments@B' } }],
    },
    'what runs goes, and of what ran before nothing is known': {
      given: released.held('payments@A').cleansUp('payments', [afterDays(30)], { 'payments:1.5=B': day('02-07') }),
      finds: [{ where: production, says: 'expires', with: { running: 'payments@B' } }],
    },
  },
  cannotTell: {
    'what runs stays, and the repository does not list what a roll-back would bring': {
      given: released.held('payments@A').cleansUp('payments', [afterDays(30)], young),
      because: 'expiry: lifecycle-not-decided',
    },
    'what runs stays, and of no pod is it known which revision it is of': {
      given: scenario()
        .at('09:00')
        .had('payments@A', production, { revision: 1 })
        .at('10:00')
        .deployed('payments@B', production)
        .at('11:00')
        .cleansUp('payments', [afterDays(30)], { ...young, 'payments:1.4=A': day('02-28') }),
      because: 'expiry: revision-not-known',
    },
    'no source reads what registries delete by themselves': { given: runs, because: 'expiry: not-configured' },
    'no registry is configured': {
      given: runs.withoutSource('content').cleansUp('payments', [afterDays(30)], { 'payments=A': day('02-01') }),
      because: 'expiry: not-configured',
    },
    'the policy of its repository was not read': { given: runs.cleansUp('checkout', []), because: 'expiry: lifecycle-not-read' },
    'the repository does not list it': {
      given: runs.cleansUp('payments', [afterDays(30)], NEWER),
      because: 'expiry: lifecycle-not-decided',
    },
    'it was pushed together with another, and one of them goes': {
      given: runs.cleansUp('payments', [beyond(2)], {
        'payments:1.4=A': day('03-01'),
        'payments:1.4-debug=D': day('03-01'),
        'payments:1.6=C': day('03-02'),
      }),
      because: 'expiry: lifecycle-not-decided',
    },
    'the node reported no digest': {
      given: scenario()
        .at('09:00')
        .deployed('payments:1.4', production)
        .cleansUp('payments', [afterDays(30)]),
      because: 'expiry: no-digest',
    },
  },
  skips: {},
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
