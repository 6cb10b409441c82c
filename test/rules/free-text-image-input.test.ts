import { testRule } from 'selfsame/testing';
import rule from '../../rules/free-text-image-input.ts';
import { pageIsCurrent } from './page.ts';
import { workflow } from './workflow.ts';

const deploy = (image: string, input = '{ type: string }') =>
  workflow(
    `  deploy:\n    steps:\n      - run: kubectl set image deployment/payments app=${image}\n`,
    `{ workflow_dispatch: { inputs: { tag: ${input} } } }`,
  );

const cases = {
  passes: {
    'it offers a choice': deploy('ghcr.io/acme/payments:${{ inputs.tag }}', '{ type: choice, options: ["1.4"] }'),
    'a digest is typed, which names one image': deploy('ghcr.io/acme/payments@${{ inputs.tag }}'),
  },
  reports: {
    'a tag is typed': {
      given: deploy('ghcr.io/acme/payments:${{ inputs.tag }}'),
      finds: [{ where: 'release.yml#deploy', says: 'typed', with: { job: 'deploy', input: 'tag' } }],
    },
  },
  cannotTell: {
    'it runs a script that was not read': {
      given: workflow('  deploy:\n    steps:\n      - run: ./scripts/deploy.sh\n'),
      because: 'typed: calls-what-was-not-read',
    },
  },
  skips: {},
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
