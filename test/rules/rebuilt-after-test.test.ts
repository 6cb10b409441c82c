import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/rebuilt-after-test.ts';
import { pageIsCurrent } from './page.ts';

const testedInStaging = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .at('09:10')
  .tested('payments@A', { gate: 'e2e' })
  .at('09:12')
  .deployed('payments@A', 'staging/payments-api');

const ranInStaging = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .at('09:12')
  .deployed('payments@A', 'staging/payments-api');

const rebuilt = { where: 'production/payments-api', says: 'rebuilt' } as const;

const cases = {
  passes: {
    'production runs the very digest that the tests passed': testedInStaging.at('14:00').deployed('payments@A', 'production/payments-api'),
    'production runs a recompressed copy of it': testedInStaging
      .at('13:00')
      .built('payments@B', { run: '41', commit: 'c0ffee', like: 'payments@A', but: 'bytes' })
      .at('14:00')
      .deployed('payments@B', 'production/payments-api'),
    'the rebuild differs in build metadata alone': testedInStaging
      .at('13:00')
      .built('payments@B', { run: '57', commit: 'c0ffee', like: 'payments@A', but: 'metadata' })
      .at('14:00')
      .deployed('payments@B', 'production/payments-api'),
    'the rebuild differs in labels that no runtime reads': testedInStaging
      .at('13:00')
      .built('payments@B', { run: '57', commit: 'c0ffee', like: 'payments@A', but: 'labels' })
      .at('14:00')
      .deployed('payments@B', 'production/payments-api'),
    'no gate is configured, and both run one digest': ranInStaging.at('14:00').deployed('payments@A', 'production/payments-api'),
    'staging has moved on since, and an earlier recording saw the digest there': ranInStaging
      .at('10:00')
      .recorded()
      .at('11:00')
      .built('payments@D', { run: '60', commit: 'decaf0' })
      .deployed('payments@D', 'staging/payments-api')
      .at('14:00')
      .deployed('payments@A', 'production/payments-api'),
    'staging was rebuilt since, and production stayed on what ran there before (B7)': ranInStaging
      .at('10:00')
      .recorded()
      .at('11:00')
      .built('payments@B', { run: '60', commit: 'c0ffee', base: 'Y' })
      .deployed('payments@B', 'staging/payments-api')
      .at('14:00')
      .deployed('payments@A', 'production/payments-api'),
    'the rebuild was gated by itself (B6)': testedInStaging
      .at('13:00')
      .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
      .at('13:10')
      .tested('payments@B', { gate: 'e2e' })
      .at('14:00')
      .deployed('payments@B', 'production/payments-api'),
  },

  reports: {
    'the release job rebuilt the commit on a newer base instead of promoting the image': {
      given: testedInStaging
        .at('14:00')
        .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
        .at('14:05')
        .deployed('payments@B', 'production/payments-api'),
      finds: [{ ...rebuilt, with: { running: 'payments@B', tested: 'payments@A', commit: 'c0ffee', upstream: 'e2e' } }],
    },
    'the team has no test records (B2)': {
      given: ranInStaging
        .at('14:00')
        .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
        .deployed('payments@B', 'production/payments-api'),
      finds: [{ ...rebuilt, with: { running: 'payments@B', tested: 'payments@A' } }],
    },
    'staging has meanwhile been given another commit': {
      given: testedInStaging
        .at('14:00')
        .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
        .deployed('payments@B', 'production/payments-api')
        .at('15:00')
        .built('payments@D', { run: '60', commit: 'decaf0' })
        .deployed('payments@D', 'staging/payments-api'),
      finds: [{ ...rebuilt, with: { running: 'payments@B', tested: 'payments@A' } }],
    },
    'the workload is named for its environment (D1)': {
      given: testedInStaging
        .at('14:00')
        .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
        .deployed('payments@B', 'production/payments-api-prod'),
      finds: [{ where: 'production/payments-api-prod', says: 'rebuilt', with: { running: 'payments@B' } }],
    },
    'the commit was tested in CI and never deployed to staging': {
      given: scenario({ gates: ['e2e'] })
        .at('09:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .at('09:10')
        .tested('payments@A', { gate: 'e2e' })
        .at('14:00')
        .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
        .deployed('payments@B', 'production/payments-api'),
      finds: [{ ...rebuilt, with: { running: 'payments@B', tested: 'payments@A' } }],
    },
    'environment configuration was baked into the image (A13)': {
      given: testedInStaging
        .at('14:00')
        .built('payments@B', { run: '57', commit: 'c0ffee', like: 'payments@A', but: 'runtime-config' })
        .deployed('payments@B', 'production/payments-api'),
      finds: [{ ...rebuilt, with: { difference: 'same layers, other runtime configuration: ENV CHANNEL' } }],
    },
    'the tested layers were put on another base, and nobody recorded it': {
      given: scenario()
        .at('09:00')
        .pushed('payments@A')
        .at('09:12')
        .deployed('payments@A', 'staging/payments-api')
        .at('14:00')
        .built('payments@B', { run: '57', commit: 'decaf0', base: 'Y', like: 'payments@A', but: 'base' })
        .deployed('payments@B', 'production/payments-api'),
      finds: [{ where: 'production/payments-api', says: 'derived', with: { running: 'payments@B', tested: 'payments@A' } }],
    },
    'staging tested attempt 1, and a re-run pushed again for production (B18)': {
      given: testedInStaging
        .at('14:00')
        .built('payments@B', { run: '41', attempt: 2, commit: 'c0ffee', base: 'Y' })
        .deployed('payments@B', 'production/payments-api'),
      finds: [{ ...rebuilt, with: { shippedBy: 'github-actions run 41 attempt 2', testedBy: 'github-actions run 41 attempt 1' } }],
    },
  },

  cannotTell: {
    'production was deployed by tag and its node reported no digest': {
      given: testedInStaging.at('14:05').deployed('payments:1.4', 'production/payments-api'),
      because: 'standing: no-digest',
    },
    'the token may not read test records, and production runs another commit': {
      given: testedInStaging
        .blindTo('test', 'forbidden')
        .at('14:00')
        .built('payments@D', { run: '57', commit: 'decaf0' })
        .deployed('payments@D', 'production/payments-api'),
      because: 'standing: tests-not-covered',
    },
    'nobody recorded who built what runs, and it passed no gate': {
      given: testedInStaging
        .blindTo('build', 'forbidden')
        .at('14:00')
        .pushed('payments@B')
        .deployed('payments@B', 'production/payments-api'),
      because: 'standing: build-not-known',
    },
    'two members of one index run, and no gate passed on either': {
      given: scenario({ gates: ['e2e'] })
        .at('09:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .built('payments@R', { run: '41', commit: 'c0ffee', platform: 'linux/arm64' })
        .indexed('payments@I', ['payments@A', 'payments@R'])
        .deployed('payments@A', 'staging/payments-api')
        .deployed('payments@R', 'production/payments-api', 'linux/arm64'),
      because: 'standing: gate-names-no-digest',
    },
    'day one: staging was rebuilt, production runs the older build (B8)': {
      given: scenario()
        .at('08:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .deployed('payments@A', 'production/payments-api')
        .at('09:00')
        .built('payments@B', { run: '60', commit: 'c0ffee', base: 'Y' })
        .deployed('payments@B', 'staging/payments-api'),
      because: 'standing: upstream-rebuilt-since',
    },
    'day one: staging has moved on to another commit (C3)': {
      given: scenario()
        .at('08:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .deployed('payments@A', 'production/payments-api')
        .at('09:00')
        .built('payments@D', { run: '60', commit: 'decaf0' })
        .deployed('payments@D', 'staging/payments-api'),
      because: 'standing: history-younger-than-artifact',
    },
  },

  skips: {
    'the image is a vendor’s': {
      given: scenario().at('09:00').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'another commit reached production without passing its gate': {
      given: testedInStaging
        .at('14:00')
        .built('payments@D', { run: '60', commit: 'decaf0' })
        .deployed('payments@D', 'production/payments-api'),
      because: 'otherStanding',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
