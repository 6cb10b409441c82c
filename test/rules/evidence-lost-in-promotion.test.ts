import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/evidence-lost-in-promotion.ts';
import { pageIsCurrent } from './page.ts';

const production = 'production/payments-api';
const SLSA = 'https://slsa.dev/provenance/v1';

const tested = scenario().at('09:00').built('payments@A', { run: '41', commit: 'c0ffee' }).deployed('payments@A', 'staging/payments-api');
const copied = tested.at('14:00').deployed('prod.test/payments@A', production);

const cases = {
  passes: {
    'what hangs on it was copied with it': copied.attached('payments@A', SLSA).attached('prod.test/payments@A', SLSA),
    'some of it was copied, and it has papers': copied.attached('payments@A', SLSA, 'spdx').attached('prod.test/payments@A', 'spdx'),
    'nothing ever hung on it': copied.attached('payments@A').attached('prod.test/payments@A'),
  },
  reports: {
    'the digest was copied, and its papers were not': {
      given: copied.attached('payments@A', SLSA, 'spdx').attached('prod.test/payments@A'),
      finds: [
        {
          where: production,
          says: 'lost',
          with: { running: 'payments@A', repository: 'prod.test/payments', upstream: 'registry.test/payments', types: `${SLSA}, spdx` },
        },
      ],
    },
  },
  cannotTell: {
    'what hangs on it in production was not read': {
      given: copied.attached('payments@A', SLSA),
      because: 'evidence: attachments-not-read',
    },
    'what hangs on it upstream was not read': {
      given: copied.attached('prod.test/payments@A'),
      because: 'evidence: attachments-not-read',
    },
    'no source lists what hangs on images': { given: copied, because: 'evidence: not-configured' },
    'the node reported no digest': { given: tested.deployed('payments:1.4', production), because: 'evidence: no-digest' },
  },
  skips: {
    'both environments pull from one repository': {
      given: tested.at('14:00').deployed('payments@A', production).attached('payments@A', SLSA),
      because: 'oneRepository',
    },
    'production pulls through a mirror of that repository': {
      given: scenario({ mirrors: { 'mirror.test': 'registry.test' } })
        .at('09:00')
        .deployed('payments@A', 'staging/payments-api')
        .deployed('mirror.test/payments@A', production)
        .attached('payments@A', SLSA)
        .attached('mirror.test/payments@A'),
      because: 'oneRepository',
    },
    'upstream runs another digest': {
      given: tested
        .at('14:00')
        .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
        .deployed('prod.test/payments@B', production)
        .attached('payments@A', SLSA),
      because: 'notPromoted',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
