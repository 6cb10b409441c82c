import { testRule } from 'selfsame/testing';
import rule from '../../rules/deploy-without-tests.ts';
import { pageIsCurrent } from './page.ts';
import { workflow } from './workflow.ts';

const DEPLOY = '    steps:\n      - run: kubectl apply -f deploy\n';
const TEST = '  test:\n    steps:\n      - run: npm test\n';
const alone = workflow(`  release:\n${DEPLOY}`);

const cases = {
  passes: {
    'it tests before it deploys': workflow('  release:\n    steps:\n      - run: npm test\n      - run: kubectl apply -f deploy\n'),
  },
  reports: {
    'nothing tests': { given: alone, finds: [{ where: 'release.yml#release', says: 'untested', with: { job: 'release' } }] },
    'it tests what is deployed already': {
      given: workflow('  release:\n    steps:\n      - run: kubectl apply -f deploy\n      - run: npm test\n'),
      finds: [{ where: 'release.yml#release', says: 'untested', with: { job: 'release' } }],
    },
    'it waits for tests, and deploys whatever they say': {
      given: workflow(`${TEST}  release:\n    needs: test\n    if: always()\n${DEPLOY}`),
      finds: [{ where: 'release.yml#release', says: 'ignores', with: { condition: 'always()' } }],
    },
    'it waits for tests, and deploys unless somebody stops it': {
      given: workflow(`${TEST}  release:\n    needs: test\n    if: "!cancelled()"\n${DEPLOY}`),
      finds: [{ where: 'release.yml#release', says: 'ignores', with: { condition: '!cancelled()' } }],
    },
    'it waits for tests whose failure fails nothing': {
      given: workflow(
        `  unit:\n    steps:\n      - { run: npm run test, continue-on-error: true }\n  release:\n    needs: unit\n${DEPLOY}`,
      ),
      finds: [{ where: 'release.yml#release', says: 'untested', with: { job: 'release' } }],
    },
    'it passes over the failure of an action of its own that tests': {
      given: workflow(
        '  release:\n    steps:\n      - { uses: ./.github/actions/test, continue-on-error: true }\n      - run: kubectl apply -f deploy\n',
      ).wrote('.github/actions/test/action.yml', 'runs:\n  using: composite\n  steps:\n    - { run: npm test, shell: bash }\n'),
      finds: [{ where: 'release.yml#release', says: 'untested', with: { job: 'release' } }],
    },
    'its script passes over the failure of its tests': {
      given: workflow('  release:\n    steps:\n      - run: npm test || true\n      - run: kubectl apply -f deploy\n'),
      finds: [{ where: 'release.yml#release', says: 'untested', with: { job: 'release' } }],
    },
    'it waits for a job that only looks what changed': {
      given: workflow(`  check-changes:\n    steps:\n      - uses: dorny/paths-filter@v3\n  release:\n    needs: check-changes\n${DEPLOY}`),
      finds: [{ where: 'release.yml#release', says: 'untested', with: { job: 'release' } }],
    },
  },
  cannotTell: {
    'another workflow tests': {
      given: alone.wrote('.github/workflows/test.yml', `on: pull_request\njobs:\n${TEST}`),
      because: 'tests: tests-in-another-workflow',
    },
    'another workflow starts it': {
      given: workflow(`  release:\n${DEPLOY}`, '{ workflow_run: { workflows: [CI] } }'),
      because: 'tests: started-by-another-workflow',
    },
    'the other workflows were not all read': {
      given: alone.blindTo('workflow-file', 'forbidden'),
      because: 'tests: workflows-not-covered',
    },
    'a job that it waits for runs a script that was not read': {
      given: workflow(`  prepare:\n    steps:\n      - run: ./scripts/prepare.sh\n  release:\n    needs: prepare\n${DEPLOY}`),
      because: 'tests: calls-what-was-not-read',
    },
  },
  skips: {
    'it deploys nothing': { given: workflow(TEST), because: 'deploys-nothing' },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
