import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/race-window.ts';
import { pageIsCurrent } from './page.ts';

const production = 'production/payments-api';
const first = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .at('10:00')
  .deployed('payments:main=A', 'staging/payments-api');
const landed = first.at('11:00').built('payments@B', { run: '57', commit: 'decaf0' });
const raced = landed.at('14:00').deployed('payments:main=B', production);

const cases = {
  passes: {
    'both got one artifact by the tag': first.at('14:00').deployed('payments:main=A', production),
    'what production got had been pushed before staging started': scenario()
      .at('08:00')
      .built('payments@B', { run: '40', commit: 'decaf0' })
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .at('10:00')
      .deployed('payments:main=A', 'staging/payments-api')
      .at('14:00')
      .deployed('payments:main=B', production),
    'staging moved on after production had started': scenario()
      .at('09:00')
      .built('payments@B', { run: '57', commit: 'decaf0' })
      .at('10:00')
      .deployed('payments:main=B', production)
      .at('11:00')
      .built('payments@A', { run: '63', commit: 'c0ffee' })
      .at('12:00')
      .deployed('payments:main=A', 'staging/payments-api'),
  },
  reports: {
    'a build landed while the promotion was approved': {
      given: raced,
      finds: [
        {
          where: production,
          says: 'raced',
          with: {
            tag: 'registry.test/payments:main',
            running: 'payments@B',
            rehearsed: 'payments@A',
            pushedAt: '2026-03-02T11:00:00Z',
            rehearsedAt: '2026-03-02T10:00:00Z',
            runningAt: '2026-03-02T14:00:00Z',
          },
        },
      ],
    },
  },
  cannotTell: {
    'what production got was not read': {
      given: landed.at('14:00').deployed('payments:main=U', production),
      because: 'race: content-unknown',
    },
    'the node reported no digest': { given: landed.at('14:00').deployed('payments:main', production), because: 'race: no-digest' },
  },
  skips: {
    'production is declared by digest': { given: landed.at('14:00').deployed('payments:main@B', production), because: 'pinned' },
    'staging is declared by another tag': { given: landed.at('14:00').deployed('payments:release=B', production), because: 'otherName' },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
