import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/tag-without-digest.ts';
import { readSketch } from '../../src/testing/observe.ts';
import { pageIsCurrent } from './page.ts';

const running = readSketch('payments@A').digest ?? '';

const cases = {
  passes: {
    'it is pinned, and the tag is kept for people': scenario().at('09:00').deployed('payments:1.4@A', 'production/payments-api'),
  },
  reports: {
    'it is declared by tag, and the node reported no digest': {
      given: scenario().at('09:00').deployed('payments:1.4', 'production/payments-api'),
      finds: [{ where: 'production/payments-api', says: 'movable', with: { declared: 'registry.test/payments:1.4' } }],
    },
    'it is declared by tag, and the node reported what that named': {
      given: scenario().at('09:00').deployed('payments:1.4=A', 'production/payments-api'),
      finds: [{ where: 'production/payments-api', says: 'replaceable', with: { declared: 'registry.test/payments:1.4', running } }],
    },
    'K04 it is declared by tag, and a node that has something under that tag runs it unasked': {
      given: scenario().at('09:00').deployed('payments:1.4=A', 'production/payments-api', { pullPolicy: 'IfNotPresent' }),
      finds: [{ where: 'production/payments-api', says: 'unasked', with: { pullPolicy: 'IfNotPresent', running } }],
    },
    'it is never pulled, and the node reported no digest': {
      given: scenario().at('09:00').deployed('payments:1.4', 'production/payments-api', { pullPolicy: 'Never' }),
      finds: [{ where: 'production/payments-api', says: 'unasked', with: { pullPolicy: 'Never' } }],
    },
    'its node asks the registry at every start': {
      given: scenario().at('09:00').deployed('payments:1.4=A', 'production/payments-api', { pullPolicy: 'Always' }),
      finds: [{ where: 'production/payments-api', says: 'replaceable', with: { running } }],
    },
  },
  cannotTell: {
    'only a channel of a registry names it': {
      given: scenario().at('09:00').deployed('payments:1.4@A', 'production/payments-api', { phase: 'published' }),
      because: 'workload: workloads-not-configured',
    },
  },
  skips: {},
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
