import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/image-gone.ts';
import { pageIsCurrent } from './page.ts';

const pinned = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .deployed('payments@A', 'staging/payments-api')
  .at('10:00')
  .deployed('payments@A', 'production/payments-api');

const byTag = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .deployed('payments:1.4=A', 'production/payments-api')
  .at('14:00');

const production = 'production/payments-api';

const indexed = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .built('payments@R', { run: '41', commit: 'c0ffee', platform: 'linux/arm64' })
  .indexed('payments@I', ['payments@A', 'payments@R'])
  .at('10:00');
const byIndex = indexed.deployed('payments@I', production).at('11:00').held('payments@I');

const cases = {
  passes: {
    'the registry still holds it': pinned.at('11:00').held('payments@A'),
    'it was deleted and pushed again': pinned.at('11:00').deleted('payments@A').recorded().at('12:00').held('payments@A'),
    'its index is held, and the image for its platform': byIndex.held('payments@A').deleted('payments@R'),
    'another image of the repository was deleted': pinned.at('11:00').held('payments@A').deleted('payments@B'),
  },
  reports: {
    'a clean-up job deleted what runs': {
      given: pinned.at('11:00').deleted('payments@A'),
      finds: [{ where: production, says: 'gone', with: { running: 'payments@A', repository: 'registry.test/payments' } }],
    },
    'its index outlived the image for its platform': {
      given: byIndex.deleted('payments@A').held('payments@R'),
      finds: [{ where: production, says: 'memberGone', with: { running: 'payments@A', platform: 'linux/amd64' } }],
    },
    'it runs by tag, and its index outlived the image for its platform': {
      given: indexed.deployed('payments:1.4=I', production).held('payments@I').deleted('payments@A'),
      finds: [{ where: production, says: 'goneByTag', with: { running: 'payments@A' } }],
    },
    'it was held last night': {
      given: pinned.at('11:00').held('payments@A').recorded().at('23:00').deleted('payments@A'),
      finds: [{ where: production, says: 'gone', with: {} }],
    },
    'it runs by tag, and the registry once held it': {
      given: byTag.deleted('payments@A'),
      finds: [{ where: production, says: 'goneByTag', with: { declared: 'registry.test/payments:1.4' } }],
    },
    'its mirror deleted its copy': {
      given: scenario({ mirrors: { 'mirror.test': 'registry.test' } })
        .at('09:00')
        .deployed('mirror.test/payments@A', production)
        .deleted('mirror.test/payments@A')
        .held('registry.test/payments@A'),
      finds: [{ where: production, says: 'gone', with: {} }],
    },
  },
  cannotTell: {
    'its index is held, and the registry did not say of the image for its platform': {
      given: byIndex.held('payments@R'),
      because: 'held: presence-not-read',
    },
    'it is not known what is under its digest': {
      given: scenario().at('09:00').deployed('payments@U', production).held('payments@U'),
      because: 'held: content-unknown',
    },
    'nothing says which image of its index its node took, and one is gone': {
      given: indexed.deployed('payments@I', production, 'unknown').held('payments@I').held('payments@A').deleted('payments@R'),
      because: 'held: ambiguous-member',
    },
    'the registry did not say': { given: pinned.at('11:00').held('payments@B'), because: 'held: presence-not-read' },
    'no source asks registries for what they hold': { given: pinned, because: 'held: not-configured' },
    'it was held last night, and tonight the registry did not say': {
      given: pinned.at('11:00').held('payments@A').recorded().at('23:00').blindTo('content', 'forbidden').held('payments@B'),
      because: 'held: presence-not-read',
    },
    'no registry is configured': { given: pinned.withoutSource('content'), because: 'held: not-configured' },
    'the node reports a repository that nothing shows to have held it': {
      given: scenario().at('09:00').deployed('payments:1.4=A', production).deleted('payments@A'),
      because: 'held: never-seen-there',
    },
    'the node reported no digest': {
      given: scenario().at('09:00').deployed('payments:1.4', production),
      because: 'held: no-digest',
    },
  },
  skips: {},
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
