import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/mutable-repository.ts';
import { pageIsCurrent } from './page.ts';

const built = scenario().at('09:00').built('payments@A', { run: '41', commit: 'c0ffee' });
const production = 'production/payments-api';
const deployed = (given: typeof built) => given.at('14:00').deployed('payments:1.4=A', production);

const cases = {
  passes: {
    'no tag of the repository can be overwritten': deployed(built.tagged('payments:1.4', 'payments@A', { immutable: true })),
  },
  reports: {
    'the tag can be overwritten': {
      given: deployed(built.tagged('payments:1.4', 'payments@A', { immutable: false })),
      finds: [
        { where: production, says: 'movable', with: { repository: 'registry.test/payments', declared: 'registry.test/payments:1.4' } },
      ],
    },
    'it is declared without a tag, and latest can be overwritten': {
      given: built.tagged('payments:latest', 'payments@A', { immutable: false }).deployed('payments=A', production),
      finds: [{ where: production, says: 'movable', with: {} }],
    },
  },
  cannotTell: {
    'the registry does not tell whether tags can be overwritten': {
      given: deployed(built.tagged('payments:1.4', 'payments@A', {})),
      because: 'mobility: registry-does-not-tell',
    },
    'the tag was not read': { given: deployed(built), because: 'mobility: tag-not-read' },
    'no registry is configured': { given: deployed(built).withoutSource('tag'), because: 'mobility: not-configured' },
  },
  skips: {
    'it is declared by digest': { given: built.deployed('payments:1.4@A', production), because: 'pinned' },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
