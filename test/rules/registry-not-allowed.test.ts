import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/registry-not-allowed.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';

const allowing = (...allowed: string[]) =>
  scenario({ rules: { 'registry-not-allowed': { options: { allowed } } }, mirrors: { 'mirror.test/hub': 'docker.io' } }).at('09:00');

const cases = {
  passes: {
    'everything comes from the own registry': allowing('registry.test/*').deployed('payments@A', API),
    'a vendor’s image comes from the mirror': allowing('registry.test/*', 'mirror.test/*').deployed(
      'mirror.test/hub/library/nginx@N',
      'production/proxy',
    ),
  },
  reports: {
    'somebody deployed from a registry of their own': {
      given: allowing('registry.test/*').deployed('ghcr.test/mallory/payments:fix=H', API),
      finds: [
        {
          where: API,
          says: 'elsewhere',
          with: { declared: 'ghcr.test/mallory/payments:fix', name: 'ghcr.test/mallory/payments', allowed: 'registry.test/*' },
        },
      ],
    },
    'the very digest that was tested was copied into a repository that nobody allowed (R28)': {
      given: allowing('registry.test/*')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .deployed('payments@A', 'staging/payments-api')
        .at('10:00')
        .deployed('ghcr.test/mallory/payments@A', API),
      finds: [{ where: API, says: 'elsewhere', with: { name: 'ghcr.test/mallory/payments' } }],
    },
    'a vendor’s image comes from Docker Hub itself': {
      given: allowing('registry.test/*', 'mirror.test/*').deployed('library/nginx:1.29', 'production/proxy'),
      finds: [{ where: 'production/proxy', says: 'elsewhere', with: { name: 'docker.io/library/nginx' } }],
    },
  },
  cannotTell: {
    'nobody wrote a list': { given: scenario().at('09:00').deployed('payments@A', API), because: 'allowed: not-configured' },
  },
  skips: {},
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
