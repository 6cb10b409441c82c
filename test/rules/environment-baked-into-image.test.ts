import { testRule } from 'selfsame/testing';
import rule from '../../rules/environment-baked-into-image.ts';
import { pageIsCurrent } from './page.ts';
import { BUILD, workflow } from './workflow.ts';

const given = (argument: string, more = '') =>
  workflow(
    `  build:\n${more}    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          push: true\n          tags: ghcr.io/acme/payments:1.4\n          build-args: |\n            ${argument}\n`,
    '{ workflow_dispatch: { inputs: { environment: { type: choice, options: [staging, production] } } } }',
  );

const cases = {
  passes: {
    'nothing is handed to the build': workflow(`  build:\n    steps:\n      - ${BUILD}\n`),
    'what is handed to it is the same everywhere': given('NODE_ENV=production'),
    'what is handed to it tells where it comes from': given('REVISION=${{ github.sha }}'),
  },
  reports: {
    'the build is told its environment': {
      given: given('APP_ENV=${{ inputs.environment }}'),
      finds: [
        {
          where: 'release.yml#build',
          says: 'argument',
          with: { job: 'build', argument: 'APP_ENV', value: '${{ inputs.environment }}' },
        },
      ],
    },
    'the build is told a variable of its environment': {
      given: given('VITE_API_URL=${{ vars.API_URL }}', '    environment: production\n'),
      finds: [{ where: 'release.yml#build', says: 'argument', with: { argument: 'VITE_API_URL' } }],
    },
  },
  cannotTell: {
    'it runs a script that was not read': {
      given: workflow('  build:\n    steps:\n      - run: make image\n'),
      because: 'builds: calls-what-was-not-read',
    },
  },
  skips: {
    'it builds nothing': { given: workflow('  test:\n    steps:\n      - run: npm test\n'), because: 'builds-nothing' },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
