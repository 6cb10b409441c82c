import { testRule } from 'selfsame/testing';
import rule from '../../rules/duplicate-build.ts';
import { pageIsCurrent } from './page.ts';
import { BUILD, workflow } from './workflow.ts';

const PRODUCTION = `on: { push: { tags: ['v*'] } }\njobs:\n  production:\n    steps:\n      - ${BUILD}\n`;
const NIGHTLY = `on: { schedule: [{ cron: '0 3 * * *' }] }\njobs:\n  nightly:\n    steps:\n      - ${BUILD}\n`;
/** A job whose script computes the name of what it builds. */
const computed = (name: string, script: string, more = '') => `  ${name}:\n    steps:\n      - run: ${script}${more}\n`;
const staging = workflow(`  staging:\n    steps:\n      - ${BUILD}\n`);
const build = workflow(`  build:\n    steps:\n      - ${BUILD}\n`);

const cases = {
  passes: {
    'two jobs build members for two platforms, to be put together': workflow(
      ['amd64', 'arm64']
        .map(
          (architecture) =>
            `  ${architecture}:\n    steps:\n      - { uses: docker/build-push-action@v6, with: { push: true, platforms: linux/${architecture}, tags: "ghcr.io/acme/payments:sha-${architecture}" } }\n`,
        )
        .join(''),
    ),
    'two jobs build two stages of one Dockerfile': workflow(
      ['slim', 'migrate']
        .map(
          (stage) =>
            `  ${stage}:\n    steps:\n      - { uses: docker/build-push-action@v6, with: { push: true, target: ${stage}, tags: "ghcr.io/acme/payments:${stage}" } }\n`,
        )
        .join(''),
    ),
    'the other workflow builds another image': workflow(`  build:\n    steps:\n      - ${BUILD}\n`).wrote(
      '.github/workflows/refunds.yml',
      'on: push\njobs:\n  refunds:\n    steps:\n      - run: docker buildx build --push -t ghcr.io/acme/refunds:1 .\n',
    ),
    'two jobs build other folders under names that their scripts compute': workflow(
      computed('api', 'docker buildx build --push -t $IMAGE ./api') + computed('web', 'docker buildx build --push -t $IMAGE ./web'),
    ),
    'their scripts run in other folders': workflow(
      computed('api', 'docker buildx build --push -t $IMAGE .', '\n        working-directory: api') +
        computed('web', 'docker buildx build --push -t $IMAGE .', '\n        working-directory: web'),
    ),
    'a script went elsewhere before it builds': workflow(
      computed('api', 'docker buildx build --push -t $IMAGE .') + computed('web', 'cd web && docker buildx build --push -t $IMAGE .'),
    ),
  },
  reports: {
    'one job builds it for staging, and one for production': {
      given: staging.wrote('.github/workflows/production.yml', PRODUCTION),
      finds: [
        {
          where: 'production.yml#production',
          says: 'per-environment',
          with: {
            job: 'production',
            image: 'ghcr.io/acme/payments',
            other: 'staging (.github/workflows/release.yml:5)',
            environment: 'production',
            otherEnvironment: 'staging',
          },
        },
      ],
    },
    'two workflows build it': {
      given: build.wrote('.github/workflows/nightly.yml', NIGHTLY),
      finds: [{ where: 'release.yml#build', says: 'again', with: { other: 'nightly (.github/workflows/nightly.yml:5)' } }],
    },
    'two jobs build one folder under names that their scripts compute': {
      given: workflow(
        computed('api', 'docker buildx build --push -f ./api/Dockerfile -t $IMAGE ./api') +
          computed('again', 'docker buildx build --push -f ./api/Dockerfile -t $NAME ./api'),
      ),
      finds: [{ where: 'release.yml#api', says: 'again', with: { image: 'the image of ./api ./api/Dockerfile' } }],
    },
  },
  cannotTell: {
    'the other workflows were not all read': {
      given: build.blindTo('workflow-file', 'forbidden'),
      because: 'others: workflows-not-covered',
    },
    'another job runs a script that was not read': {
      given: build.wrote('.github/workflows/nightly.yml', 'on: push\njobs:\n  nightly:\n    steps:\n      - run: ./scripts/nightly.sh\n'),
      because: 'others: calls-what-was-not-read',
    },
  },
  skips: {
    'it builds nothing': { given: workflow('  test:\n    steps:\n      - run: npm test\n'), because: 'builds-nothing' },
    'it builds for pull requests alone': {
      given: workflow(`  preview:\n    steps:\n      - ${BUILD}\n`, 'pull_request'),
      because: 'review',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
