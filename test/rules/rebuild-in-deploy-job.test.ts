import { testRule } from 'selfsame/testing';
import rule from '../../rules/rebuild-in-deploy-job.ts';
import { pageIsCurrent } from './page.ts';
import { BUILD, workflow } from './workflow.ts';

const DEPLOY = '{ run: "kubectl set image deployment/payments app=ghcr.io/acme/payments:1.4" }';

const cases = {
  passes: {
    'it takes the secrets of an environment, and deploys nothing': workflow(
      `  build:\n    environment: { name: production, deployment: false }\n    steps:\n      - ${BUILD}\n`,
    ),
    'it only builds': workflow(`  build:\n    steps:\n      - ${BUILD}\n`),
    'it deploys to a cluster that it makes for its tests': workflow(
      `  e2e:\n    steps:\n      - uses: helm/kind-action@v1\n      - ${BUILD}\n      - ${DEPLOY}\n`,
    ),
  },
  reports: {
    'the job that deploys to production builds': {
      given: workflow(`  release:\n    environment: production\n    steps:\n      - ${BUILD}\n      - ${DEPLOY}\n`),
      finds: [
        {
          where: 'release.yml#release',
          says: 'builds',
          with: { job: 'release', image: 'ghcr.io/acme/payments', environment: 'production' },
        },
      ],
    },
    'it names the environment, and a script that was not read may deploy': {
      given: workflow(`  release:\n    environment: production\n    steps:\n      - ${BUILD}\n      - run: ./deploy.sh\n`),
      finds: [
        {
          where: 'release.yml#release',
          says: 'for-environment',
          with: { job: 'release', image: 'ghcr.io/acme/payments', environment: 'production' },
        },
      ],
    },
    'a job that names no environment builds and deploys': {
      given: workflow(`  ship:\n    steps:\n      - ${BUILD}\n      - ${DEPLOY}\n`),
      finds: [{ where: 'release.yml#ship', says: 'only-environment', with: { job: 'ship', image: 'ghcr.io/acme/payments' } }],
    },
  },
  cannotTell: {
    'it runs a script that was not read': {
      given: workflow('  release:\n    environment: production\n    steps:\n      - run: ./scripts/release.sh\n'),
      because: 'builds: calls-what-was-not-read',
    },
    'whether it builds is decided by an input': {
      given: workflow(
        `  release:\n    environment: production\n    steps:\n      - { if: inputs.build, uses: docker/build-push-action@v6, with: { push: true } }\n`,
      ),
      because: 'builds: runs-under-a-condition',
    },
    'it builds, and deploys by an action that was not read': {
      given: workflow(`  release:\n    steps:\n      - ${BUILD}\n      - uses: acme/deploy@v3\n`),
      because: 'goal: calls-what-was-not-read',
    },
  },
  skips: {
    'it builds for pull requests alone': {
      given: workflow(
        `  preview:\n    if: github.event_name == 'pull_request'\n    environment: production\n    steps:\n      - ${BUILD}\n`,
      ),
      because: 'builds-nothing',
    },
    'it only deploys': {
      given: workflow(`  deploy:\n    environment: production\n    steps:\n      - ${DEPLOY}\n`),
      because: 'builds-nothing',
    },
    'what it builds never leaves it': {
      given: workflow('  test:\n    environment: production\n    steps:\n      - run: docker build -t payments:test .\n'),
      because: 'builds-nothing',
    },
    'it is for staging, where the tests are': {
      given: workflow(`  staging:\n    environment: staging\n    steps:\n      - ${BUILD}\n      - ${DEPLOY}\n`),
      because: 'upstream',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
