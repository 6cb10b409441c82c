import { testRule } from 'selfsame/testing';
import rule from '../../rules/unprotected-environment.ts';
import { pageIsCurrent } from './page.ts';
import { workflow } from './workflow.ts';

const release = (environment = '', name = 'production') =>
  workflow(`  ${name}:\n${environment}    steps:\n      - run: helm upgrade payments chart\n`);

/** A job that hands its environment to a workflow, which deploys. */
const calling = (environment: string) =>
  workflow('  production:\n    uses: ./.github/workflows/deploy.yml\n    with: { environment: production }\n').wrote(
    '.github/workflows/deploy.yml',
    `on: { workflow_call: { inputs: { environment: { type: string } } } }\njobs:\n  deploy:\n${environment}    steps:\n      - run: helm upgrade payments chart\n`,
  );

const cases = {
  passes: {
    'it names its environment': release('    environment: production\n'),
    'what it calls names the environment that it is handed': calling('    environment: ${{ inputs.environment }}\n'),
  },
  reports: {
    'it names no environment': {
      given: release(),
      finds: [{ where: 'release.yml#production', says: 'unnamed', with: { job: 'production', environment: 'production' } }],
    },
    'neither it nor what it calls names one': {
      given: calling(''),
      finds: [{ where: 'release.yml#production', says: 'unnamed', with: { environment: 'production' } }],
    },
    'it leaves no record of the deployment': {
      given: release('    environment: { name: production, deployment: false }\n'),
      finds: [{ where: 'release.yml#production', says: 'unrecorded', with: { environment: 'production' } }],
    },
  },
  cannotTell: {
    'it runs a script that was not read': {
      given: workflow('  production:\n    steps:\n      - run: ./scripts/release.sh\n'),
      because: 'deploys: calls-what-was-not-read',
    },
  },
  skips: {
    'it deploys nothing': { given: workflow('  production:\n    steps:\n      - run: npm test\n'), because: 'deploys-nothing' },
    'it is for staging': { given: release('', 'staging'), because: 'upstream' },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
