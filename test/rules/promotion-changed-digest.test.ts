import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/promotion-changed-digest.ts';
import { pageIsCurrent } from './page.ts';

const production = 'production/payments-api';
const build = { run: '41', commit: 'c0ffee' };
const copied = { run: '57', commit: 'c0ffee', like: 'payments@A', but: 'bytes' } as const;

const index = scenario()
  .at('09:00')
  .built('payments@A', build)
  .built('payments@R', { ...build, platform: 'linux/arm64' })
  .indexed('payments@I', ['payments@A', 'payments@R']);
/** One image of it, as a copy without the index leaves it in another registry. */
const flattened = index.deployed('payments@I', 'staging/payments-api').at('14:00').deployed('prod.test/payments@A', production);
const recompressed = scenario()
  .at('09:00')
  .built('payments@A', build)
  .deployed('payments@A', 'staging/payments-api')
  .at('14:00')
  .built('payments@C', copied);

const cases = {
  passes: {
    'the index itself was promoted': index
      .deployed('payments@I', 'staging/payments-api')
      .at('14:00')
      .deployed('prod.test/payments@I', production),
    'both run by tag, and the runtimes report one digest': recompressed
      .deployed('payments:1.4=A', 'staging/payments-api')
      .deployed('payments:1.4=A', production),
    'an image is pinned out of the index in the same repository': index
      .deployed('payments@I', 'staging/payments-api')
      .at('14:00')
      .deployed('payments@A', production),
    'the gate names the digest that runs': recompressed.tested('payments@C', { gate: 'e2e' }).deployed('payments@C', production),
  },
  reports: {
    'a copy took one image out of the tested index': {
      given: flattened,
      finds: [{ where: production, says: 'flattened', with: { running: 'payments@A', rehearsed: 'payments@I' } }],
    },
    'the image was wrapped into a new index on its way': {
      given: index.deployed('payments@A', 'staging/payments-api').at('14:00').deployed('prod.test/payments@I', production),
      finds: [{ where: production, says: 'wrapped', with: { running: 'payments@I', rehearsed: 'payments@A' } }],
    },
    'the index was put together anew without one platform': {
      given: index
        .deployed('payments@I', 'staging/payments-api')
        .at('14:00')
        .indexed('payments@J', ['payments@A'])
        .deployed('prod.test/payments@J', production),
      finds: [{ where: production, says: 'reindexed', with: { running: 'payments@J', rehearsed: 'payments@I' } }],
    },
    'it was pulled, tagged and pushed': {
      given: recompressed.deployed('payments@C', production),
      finds: [{ where: production, says: 'repacked', with: { running: 'payments@C', rehearsed: 'payments@A' } }],
    },
    'the gate recorded the digest, and another of the same content runs': {
      given: scenario({ gates: ['e2e'] })
        .at('09:00')
        .built('payments@A', build)
        .built('payments@C', copied)
        .at('14:00')
        .tested('payments@A', { gate: 'e2e' })
        .deployed('payments@C', production),
      finds: [{ where: production, says: 'repacked', with: { rehearsed: 'payments@A' } }],
    },
  },
  cannotTell: {
    'upstream runs by tag, and its runtime reports another digest of the same content': {
      given: recompressed.deployed('payments:1.4=A', 'staging/payments-api').deployed('payments@C', production),
      because: 'promotion: pulled-by-tag',
    },
    'what the registry holds was not read': {
      given: recompressed.deployed('payments@U', production),
      because: 'promotion: content-unknown',
    },
  },
  skips: {
    'it is a rebuild': {
      given: recompressed.built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' }).deployed('payments@B', production),
      because: 'other',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
