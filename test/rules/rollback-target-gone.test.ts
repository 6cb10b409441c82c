import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/rollback-target-gone.ts';
import { pageIsCurrent } from './page.ts';

const production = 'production/payments-api';
const start = scenario()
  .at('08:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .built('payments@B', { run: '57', commit: 'decaf0' })
  .built('payments@C', { run: '63', commit: 'facade' });
const rolled = start
  .at('09:00')
  .had('payments@A', production, { revision: 1 })
  .at('10:00')
  .had('payments@B', production, { revision: 2 })
  .at('14:00')
  .deployed('payments@C', production, { revision: 3 });

const indexed = start
  .built('payments@R', { run: '41', commit: 'c0ffee', platform: 'linux/arm64' })
  .indexed('payments@I', ['payments@A', 'payments@R'])
  .at('09:00')
  .had('payments@I', production, { revision: 1 })
  .at('14:00')
  .deployed('payments@C', production, { revision: 2 })
  .held('payments@I');

const cases = {
  passes: {
    'the revision before is still held': rolled.held('payments@B'),
    'the index before is held, and its image for this platform': indexed.held('payments@A').deleted('payments@R'),
    'only what ran long before is gone': rolled.held('payments@B').deleted('payments@A'),
    'what runs is gone, and what ran before is held': rolled.held('payments@B').deleted('payments@C'),
  },
  reports: {
    'a clean-up job deleted what ran before': {
      given: rolled.deleted('payments@B'),
      finds: [{ where: production, says: 'gone', with: { target: 'payments@B', revision: '2', repository: 'registry.test/payments' } }],
    },
    'the index before is held, and no longer its image for this platform': {
      given: indexed.deleted('payments@A').held('payments@R'),
      finds: [{ where: production, says: 'memberGone', with: { target: 'payments@I', platform: 'linux/amd64', revision: '1' } }],
    },
    'the revision before ran last night, and was cleaned away since': {
      given: start
        .at('09:00')
        .had('payments@A', production, { revision: 1 })
        .at('10:00')
        .deployed('payments@B', production, { revision: 2 })
        .held('payments@B')
        .recorded()
        .at('14:00')
        .had('payments@B', production, { revision: 2 })
        .deployed('payments@C', production, { revision: 3 })
        .held('payments@A')
        .deleted('payments@B'),
      finds: [{ where: production, says: 'gone', with: { target: 'payments@B', revision: '2' } }],
    },
    'the revision before was only a restart of what runs': {
      given: start
        .at('09:00')
        .had('payments@A', production, { revision: 1 })
        .had('payments@C', production, { revision: 2 })
        .deployed('payments@C', production, { revision: 3 })
        .held('payments@C')
        .deleted('payments@A'),
      finds: [{ where: production, says: 'gone', with: { target: 'payments@A', revision: '1' } }],
    },
  },
  cannotTell: {
    'the registry did not say': { given: rolled.held('payments@C'), because: 'rollback: presence-not-read' },
    'no source asks registries for what they hold': { given: rolled, because: 'rollback: not-configured' },
    'the revision that runs is not known': {
      given: start.had('payments@A', production, { revision: 1 }).deployed('payments@C', production).deleted('payments@A'),
      because: 'rollback: revision-not-known',
    },
  },
  skips: {
    'it is the first revision': {
      given: start.deployed('payments@C', production, { revision: 1 }).held('payments@C'),
      because: 'noOlder',
    },
    'the revision before declares a tag': {
      given: start
        .had('payments:1.4', production, { revision: 1 })
        .deployed('payments@C', production, { revision: 2 })
        .deleted('payments@A'),
      because: 'byTag',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
