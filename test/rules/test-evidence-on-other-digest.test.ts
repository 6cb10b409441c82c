import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/test-evidence-on-other-digest.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';
const c0ffee = { run: '57', commit: 'c0ffee' };

const tested = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .at('09:10')
  .tested('payments@A', { gate: 'e2e' });

const rebuilt = tested
  .at('14:00')
  .built('payments@B', { ...c0ffee, base: 'Y' })
  .deployed('payments@B', API);

const testedIndex = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .built('payments@R', { run: '41', commit: 'c0ffee', platform: 'linux/arm64' })
  .indexed('payments@I', ['payments@A', 'payments@R'])
  .recordedBuild('payments@I', { run: '41', commit: 'c0ffee' })
  .at('09:10')
  .tested('payments@I', { gate: 'e2e' });

const cases = {
  passes: {
    'the gate passed on what runs': tested.at('14:00').deployed('payments@A', API),
    'the gate passed on the index that holds what runs': testedIndex.at('14:00').deployed('payments@A', API),
    'the gate passed on a rebuild, and what runs was rehearsed in staging': scenario()
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .deployed('payments@A', 'staging/payments-api')
      .built('payments@B', { ...c0ffee, base: 'Y' })
      .tested('payments@B', { gate: 'e2e' })
      .at('14:00')
      .deployed('payments@A', API),
  },
  reports: {
    'the commit was built twice, and the first build was tested': {
      given: rebuilt,
      finds: [
        {
          where: API,
          says: 'sibling',
          with: { running: 'payments@B', tested: 'payments@A', gate: 'e2e', commit: 'c0ffee', testedBy: 'github-actions run 41 attempt 1' },
        },
      ],
    },
    'the gate passed on an index that does not hold what runs': {
      given: testedIndex.at('14:00').built('payments@B', c0ffee).deployed('payments@B', API),
      finds: [{ where: API, says: 'index', with: { running: 'payments@B', tested: 'payments@I' } }],
    },
    'of two gates one passed on what runs, and the other on the build before': {
      given: scenario({ gates: ['e2e', 'load'] })
        .at('09:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .tested('payments@A', { gate: 'e2e' })
        .tested('payments@A', { gate: 'load' })
        .at('13:00')
        .built('payments@B', c0ffee)
        .tested('payments@B', { gate: 'e2e' })
        .at('14:00')
        .deployed('payments@B', API),
      finds: [{ where: API, says: 'sibling', with: { gate: 'load', tested: 'payments@A' } }],
    },
    'two commits have one git tree, and the build of the other one was tested': {
      given: tested
        .at('14:00')
        .built('payments@B', { ...c0ffee, tree: 'beech' })
        .built('payments@D', { run: '58', commit: 'decaf0', tree: 'beech' })
        .tested('payments@D', { gate: 'e2e' })
        .deployed('payments@B', API),
      finds: [{ where: API, says: 'sibling', with: { tested: 'payments@D', commit: 'decaf0' } }],
    },
  },
  cannotTell: {
    'the token may not read test records': { given: rebuilt.blindTo('test', 'forbidden').at('15:00'), because: 'miss: tests-not-covered' },
    'what the registry holds under the digest was not read': {
      given: tested.at('14:00').deployed('payments@U', API),
      because: 'standing: content-unknown',
    },
    'nothing says what it was made from': {
      given: tested.at('13:00').pushed('payments@H').at('14:00').deployed('payments@H', API),
      because: 'miss: source-not-recorded',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: scenario().at('09:00').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'another member of its index was tested': {
      given: scenario({ gates: ['e2e'] })
        .at('09:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .built('payments@R', { run: '41', commit: 'c0ffee', platform: 'linux/arm64' })
        .indexed('payments@I', ['payments@A', 'payments@R'])
        .tested('payments@A', { gate: 'e2e' })
        .at('14:00')
        .deployed('payments@I', API, 'linux/arm64'),
      because: 'otherPlatform',
    },
    'the gate failed on what runs, as it had passed on the build before': {
      given: rebuilt.at('13:30').tested('payments@B', { gate: 'e2e', result: 'failed' }).at('15:00'),
      because: 'noNearMiss',
    },
    'the gate passed on another commit only': {
      given: tested.at('13:00').built('payments@D', { run: '60', commit: 'decaf0' }).at('14:00').deployed('payments@D', API),
      because: 'noNearMiss',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
