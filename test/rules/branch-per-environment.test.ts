import { testRule } from 'selfsame/testing';
import rule from '../../rules/branch-per-environment.ts';
import { pageIsCurrent } from './page.ts';
import { BUILD, workflow } from './workflow.ts';

const BRANCHES = '{ push: { branches: [staging, production] } }';

const cases = {
  passes: {
    'the branches only deploy': workflow('  deploy:\n    steps:\n      - run: helm upgrade payments chart\n', BRANCHES),
  },
  reports: {
    'a push to either branch builds': {
      given: workflow(`  ship:\n    steps:\n      - ${BUILD}\n`, BRANCHES),
      finds: [
        {
          where: 'release.yml#ship',
          says: 'builds',
          with: { job: 'ship', image: 'ghcr.io/acme/payments', branches: 'staging, production', last: 'production' },
        },
      ],
    },
  },
  cannotTell: {
    'it runs a script that was not read': {
      given: workflow('  ship:\n    steps:\n      - run: ./scripts/ship.sh\n', BRANCHES),
      because: 'builds: calls-what-was-not-read',
    },
  },
  skips: {
    'one branch builds': { given: workflow(`  build:\n    steps:\n      - ${BUILD}\n`), because: 'one-branch' },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
