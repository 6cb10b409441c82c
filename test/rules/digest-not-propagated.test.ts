import { testRule } from 'selfsame/testing';
import rule from '../../rules/digest-not-propagated.ts';
import { pageIsCurrent } from './page.ts';
import { BUILD, workflow } from './workflow.ts';

const DEPLOY =
  '  deploy:\n    needs: build\n    steps:\n      - run: kubectl set image deployment/payments app=ghcr.io/acme/payments:1.4\n';
const OUTPUT = '    outputs: { digest: "${{ steps.build.outputs.digest }}" }\n';

const cases = {
  passes: {
    'it hands its digest on': workflow(
      `  build:\n${OUTPUT}    steps:\n      - ${BUILD}\n  deploy:\n    needs: build\n    steps:\n      - run: kubectl apply -f deploy\n`,
    ),
    'it builds nothing': workflow('  test:\n    steps:\n      - run: npm test\n'),
  },
  reports: {
    'only the attestation is told the digest': {
      given: workflow(
        `  build:\n    steps:\n      - ${BUILD}\n      - { uses: actions/attest-build-provenance@v3, with: { subject-digest: "\${{ steps.build.outputs.digest }}" } }\n${DEPLOY}`,
      ),
      finds: [{ where: 'release.yml#build', says: 'dropped', with: { job: 'build', image: 'ghcr.io/acme/payments' } }],
    },
    'the job that deploys is told nothing': {
      given: workflow(`  build:\n    steps:\n      - ${BUILD}\n${DEPLOY}`),
      finds: [{ where: 'release.yml#build', says: 'dropped', with: { job: 'build', image: 'ghcr.io/acme/payments' } }],
    },
  },
  cannotTell: {
    'the job after it runs a script that was not read': {
      given: workflow(`  build:\n    steps:\n      - ${BUILD}\n  after:\n    needs: build\n    steps:\n      - run: ./scripts/after.sh\n`),
      because: 'handing: calls-what-was-not-read',
    },
  },
  skips: {
    'nothing comes after it': { given: workflow(`  build:\n    steps:\n      - ${BUILD}\n`), because: 'none-deploys' },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
