import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/wrong-source.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';
const c0ffee = { run: '41', commit: 'c0ffee' };
const fork = { run: '7', commit: 'c0ffee', repository: 'mallory/payments' };

const asking = scenario({ rules: { 'wrong-source': { options: { repositories: { 'registry.test/pay*': ['Acme/*'] } } } } }).at('09:00');

const cases = {
  passes: {
    'it was built from the repository of its line': asking.built('payments@A', c0ffee).at('14:00').deployed('payments@A', API),
    'a fork built the same bytes': asking
      .built('payments@A', c0ffee)
      .recordedBuild('payments@A', fork)
      .at('14:00')
      .deployed('payments@A', API),
  },
  reports: {
    'somebody pushed what a fork built': {
      given: asking.built('payments@H', fork).at('14:00').deployed('payments@H', API),
      finds: [
        {
          where: API,
          says: 'other',
          with: { running: 'payments@H', line: 'registry.test/payments', repository: 'mallory/payments', record: 'run 7' },
        },
      ],
    },
  },
  cannotTell: {
    'nobody wrote a list': {
      given: scenario().at('09:00').built('payments@A', fork).deployed('payments@A', API),
      because: 'repository: not-configured',
    },
    'only a claim names the right one': {
      given: asking
        .built('payments@A', { ...c0ffee, trust: 'declared' })
        .at('14:00')
        .deployed('payments@A', API),
      because: 'repository: only-claimed',
    },
    'the builds could not be listed': {
      given: asking.blindTo('build', 'forbidden').pushed('payments@A').at('14:00').deployed('payments@A', API),
      because: 'repository: builds-not-covered',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: asking.pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'no list speaks of its line': {
      given: asking.built('ledger@L', { ...fork, repository: 'mallory/ledger' }).deployed('ledger@L', 'production/ledger'),
      because: 'notAsked',
    },
    'no record names it': { given: asking.pushed('payments@H').at('14:00').deployed('payments@H', API), because: 'noRecord' },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
