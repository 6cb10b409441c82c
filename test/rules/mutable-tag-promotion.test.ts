import { testRule } from 'selfsame/testing';
import rule from '../../rules/mutable-tag-promotion.ts';
import { pageIsCurrent } from './page.ts';
import { workflow } from './workflow.ts';

const deploy = (command: string) => workflow(`  deploy:\n    steps:\n      - run: ${command}\n`);

const cases = {
  passes: {
    'it is deployed by digest': deploy('kubectl set image deployment/payments app=ghcr.io/acme/payments@${{ needs.build.outputs.digest }}'),
    'it is deployed by the tag of a commit': deploy('kubectl set image deployment/payments app=ghcr.io/acme/payments:${{ github.sha }}'),
    'what is looked at is deployed by nobody': deploy('docker pull ghcr.io/acme/payments:latest'),
    'it is deployed by the tag of a release': workflow(
      '  deploy:\n    steps:\n      - run: kubectl set image deployment/payments app=ghcr.io/acme/payments:${{ github.ref_name }}\n',
      "{ push: { tags: ['v*'] } }",
    ),
    'it is tested, and deployed by nobody': deploy('npm test'),
  },
  reports: {
    'production is given latest': {
      given: deploy('kubectl set image deployment/payments app=ghcr.io/acme/payments:latest'),
      finds: [{ where: 'release.yml#deploy', says: 'takes', with: { job: 'deploy', image: 'ghcr.io/acme/payments:latest' } }],
    },
    'production is given latest by a variable': {
      given: workflow(
        '  deploy:\n    env: { TAG: latest }\n    steps:\n      - run: kubectl set image deployment/payments app=ghcr.io/acme/payments:$TAG\n',
      ),
      finds: [{ where: 'release.yml#deploy', says: 'takes', with: { image: 'ghcr.io/acme/payments:latest' } }],
    },
    'the chart is given the name of the branch': {
      given: deploy('helm upgrade payments chart --set image.tag=${{ github.ref_name }}'),
      finds: [{ where: 'release.yml#deploy', says: 'takes', with: { image: 'the tag ${{ github.ref_name }}' } }],
    },
    'the tag of staging is copied to the tag of production': {
      given: deploy('crane copy ghcr.io/acme/payments:staging ghcr.io/acme/payments:production'),
      finds: [{ where: 'release.yml#deploy', says: 'takes', with: { image: 'ghcr.io/acme/payments:staging' } }],
    },
  },
  cannotTell: {
    'it runs a script that was not read': { given: deploy('./scripts/deploy.sh'), because: 'taken: calls-what-was-not-read' },
  },
  skips: {},
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
