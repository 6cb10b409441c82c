import { testRule } from 'selfsame/testing';
import rule from '../../rules/rebuild-per-environment-matrix.ts';
import { pageIsCurrent } from './page.ts';
import { BUILD, workflow } from './workflow.ts';

const MATRIX = '    strategy: { matrix: { environment: [staging, production], node: [22, 24] } }\n';

const cases = {
  passes: {
    'the matrix only deploys': workflow(`  deploy:\n${MATRIX}    steps:\n      - run: helm upgrade payments chart\n`),
  },
  reports: {
    'the job builds in every round of the matrix': {
      given: workflow(`  release:\n${MATRIX}    steps:\n      - ${BUILD}\n`),
      finds: [
        {
          where: 'release.yml#release',
          says: 'builds',
          with: { job: 'release', image: 'ghcr.io/acme/payments', environments: 'staging, production', last: 'production' },
        },
      ],
    },
  },
  cannotTell: {
    'it runs a target of a Makefile': {
      given: workflow(`  release:\n${MATRIX}    steps:\n      - run: make release\n`),
      because: 'builds: calls-what-was-not-read',
    },
  },
  skips: {
    'the matrix is one of the stages of a Dockerfile': {
      given: workflow(`  build:\n    strategy: { matrix: { target: [dev, prod] } }\n    steps:\n      - ${BUILD}\n`),
      because: 'no-environments',
    },
    'the matrix is one of versions': {
      given: workflow(`  build:\n    strategy: { matrix: { node: [22, 24] } }\n    steps:\n      - ${BUILD}\n`),
      because: 'no-environments',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
