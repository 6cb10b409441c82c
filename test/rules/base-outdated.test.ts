import { type Given, scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/base-outdated.ts';
import { pageIsCurrent } from './page.ts';

const production = 'production/payments-api';
const within = (days: number | string): Given => ({ rules: { 'base-outdated': { options: { days } } } });
const LONG_AGO = '2026-01-15T09:00:00Z';
const built = (given: Given) =>
  scenario(given).at(LONG_AGO).built('payments@A', { run: '41', commit: 'c0ffee' }).deployed('payments@A', production).at('09:00');

const cases = {
  passes: {
    'its tag names the base still': built(within(30)).heldBase('X').namedBase('X'),
    'the base moved, and the image is not that old': built(within(60)).heldBase('X').heldBase('Y').namedBase('Y'),
  },
  reports: {
    'the base moved, and nobody built the image again': {
      given: built(within(30)).heldBase('X').heldBase('Y').namedBase('Y'),
      finds: [{ where: production, says: 'outdated', with: { running: 'payments@A', base: 'docker.io/library/node:24', days: '46' } }],
    },
    'the days are written as YAML gives them': {
      given: built(within('45')).heldBase('X').heldBase('Y').namedBase('Y'),
      finds: [{ where: production, says: 'outdated', with: {} }],
    },
  },
  cannotTell: {
    'no number of days is given': { given: built({}).heldBase('X').heldBase('Y').namedBase('Y'), because: 'base: not-configured' },
    'what the tag of its base names now was not read': { given: built(within(30)).heldBase('X'), because: 'base: tag-not-read' },
    'what the tag names now may hold the same': { given: built(within(30)).heldBase('X').namedBase('Y'), because: 'base: base-not-read' },
    'the base that its build names was not read': { given: built(within(30)).namedBase('Y'), because: 'base: base-not-borne-out' },
  },
  skips: {},
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
