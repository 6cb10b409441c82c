import { type Given, scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/base-not-allowed.ts';
import { pageIsCurrent } from './page.ts';

const production = 'production/payments-api';
const allowing = (...allowed: readonly string[]): Given => ({ rules: { 'base-not-allowed': { options: { allowed } } } });
const built = (given: Given) => scenario(given).at('09:00').built('payments@A', { run: '41', commit: 'c0ffee' });
const running = (given: Given) => built(given).heldBase('X').deployed('payments@A', production);

const cases = {
  passes: {
    'its base is allowed by its repository': running(allowing('docker.io/library/node')),
    'its base is allowed by its tag': running(allowing('gcr.io/distroless/*', 'docker.io/library/*:24')),
    'its base is allowed as its mirror’s origin': running({
      ...allowing('bases.test/node'),
      mirrors: { 'docker.io/library': 'bases.test' },
    }),
  },
  reports: {
    'its base is none of the allowed ones': {
      given: running(allowing('registry.test/bases/*', 'docker.io/library/python')),
      finds: [{ where: production, says: 'notAllowed', with: { running: 'payments@A' } }],
    },
    'only another tag of its base is allowed': {
      given: running(allowing('docker.io/library/node:22')),
      finds: [{ where: production, says: 'notAllowed', with: {} }],
    },
  },
  cannotTell: {
    'no bases are named as allowed': { given: running({}), because: 'base: not-configured' },
    'the base that its build names was not read': {
      given: built(allowing('registry.test/bases/*')).deployed('payments@A', production),
      because: 'base: base-not-borne-out',
    },
    'nobody names its base': {
      given: scenario(allowing('registry.test/bases/*')).at('09:00').pushed('payments@A').deployed('payments@A', production),
      because: 'base: base-not-named',
    },
    'what runs was not read': {
      given: running(allowing('registry.test/bases/*')).deployed('payments@U', production),
      because: 'base: content-unknown',
    },
  },
  skips: {},
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
