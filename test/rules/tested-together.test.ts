import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/tested-together.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';
const SHOP = 'production/checkout';
const e2e = { gate: 'e2e' };
const PAIR = ['*/payments', '*/checkout'];

const grouping = (groups: readonly (readonly string[])[], plan: object = {}) =>
  scenario({ gates: ['e2e'], ...plan, rules: { 'tested-together': { options: { groups } } } })
    .at('09:00')
    .built('payments@A', { run: '41', commit: 'c0ffee' })
    .built('checkout@K', { run: '42', commit: 'decade' })
    .at('11:00')
    .built('payments@B', { run: '57', commit: 'decaf0' })
    .built('checkout@L', { run: '58', commit: 'facade' });
const built = grouping([PAIR]);

/** At noon A passed with K, an hour later B with L. */
const inPairs = (so: ReturnType<typeof grouping>) =>
  so
    .at('12:00')
    .tested('payments@A', e2e)
    .tested('checkout@K', e2e)
    .at('13:00')
    .tested('payments@B', e2e)
    .tested('checkout@L', e2e)
    .at('14:00');
const tested = inPairs(built);
const mixed = tested.deployed('payments@B', API).deployed('checkout@K', SHOP);

const cases = {
  passes: {
    'what passed together runs together': tested.deployed('payments@B', API).deployed('checkout@L', SHOP),
    'the two passed together once, and each passed by itself since': tested
      .at('13:30')
      .tested('payments@B', e2e)
      .at('14:00')
      .deployed('payments@B', API)
      .deployed('checkout@L', SHOP),
    'one of the two failed, and passed when the failed jobs were run again': built
      .at('12:00')
      .tested('payments@A', { ...e2e, run: '61' })
      .tested('checkout@K', { ...e2e, run: '61', result: 'failed' })
      .at('12:30')
      .tested('checkout@K', { ...e2e, run: '61', attempt: 2 })
      .at('14:00')
      .deployed('payments@A', API)
      .deployed('checkout@K', SHOP),
    'each cluster runs what passed together': tested
      .deployed('payments@A', API)
      .deployed('checkout@K', SHOP)
      .deployed('payments@B', API, { cluster: 'west' })
      .deployed('checkout@L', SHOP, { cluster: 'west' }),
  },
  reports: {
    'one of the two was promoted, and the other stayed behind': {
      given: mixed,
      finds: [
        {
          where: API,
          says: 'apart',
          with: {
            running: 'payments@B',
            gate: 'e2e',
            run: 'github-actions run e2e-13:00 attempt 1',
            tested: 'checkout@L',
            partner: 'registry.test/checkout',
            beside: 'checkout@K',
            otherRun: 'github-actions run e2e-12:00 attempt 1',
          },
        },
      ],
    },
    'each of the two was tested by itself': {
      given: built
        .at('12:00')
        .tested('payments@A', e2e)
        .at('13:00')
        .tested('checkout@K', e2e)
        .at('14:00')
        .deployed('payments@A', API)
        .deployed('checkout@K', SHOP),
      finds: [{ where: API, says: 'alone', with: { running: 'payments@A', partner: 'registry.test/checkout', beside: 'checkout@K' } }],
    },
    'the only run with both of them failed': {
      given: built
        .at('12:00')
        .tested('payments@B', { ...e2e, result: 'failed' })
        .tested('checkout@K', { ...e2e, result: 'failed' })
        .at('12:30')
        .tested('payments@B', e2e)
        .at('13:00')
        .tested('checkout@K', e2e)
        .at('14:00')
        .deployed('payments@B', API)
        .deployed('checkout@K', SHOP),
      finds: [{ where: API, says: 'alone', with: {} }],
    },
    'the only run with both of them is a claim': {
      given: tested
        .at('13:30')
        .tested('payments@B', { ...e2e, trust: 'declared' })
        .tested('checkout@K', { ...e2e, trust: 'declared' })
        .at('14:00')
        .deployed('payments@B', API)
        .deployed('checkout@K', SHOP),
      finds: [{ where: API, says: 'apart', with: {} }],
    },
    'one failed beside the other, and passed in a run of its own': {
      given: built
        .at('12:00')
        .tested('payments@A', { ...e2e, run: '61' })
        .tested('checkout@K', { ...e2e, run: '61', result: 'failed' })
        .at('13:00')
        .tested('checkout@K', { ...e2e, run: '62' })
        .at('14:00')
        .deployed('payments@A', API)
        .deployed('checkout@K', SHOP),
      finds: [{ where: API, says: 'alone', with: { running: 'payments@A', otherRun: 'github-actions run 62 attempt 1' } }],
    },
    'two gates ran in one run, and neither had both': {
      given: built
        .at('12:00')
        .tested('payments@A', { ...e2e, run: '61' })
        .tested('checkout@K', { gate: 'smoke', run: '61' })
        .tested('checkout@K', { ...e2e, run: '62' })
        .at('14:00')
        .deployed('payments@A', API)
        .deployed('checkout@K', SHOP),
      finds: [{ where: API, says: 'alone', with: { otherRun: 'github-actions run 62 attempt 1' } }],
    },
  },
  cannotTell: {
    'nobody named a group': {
      given: scenario().at('09:00').built('payments@A', { run: '41', commit: 'c0ffee' }).deployed('payments@A', API),
      because: 'together: not-configured',
    },
    'the token may not read test records': {
      given: tested.blindTo('test', 'forbidden').deployed('payments@B', API).deployed('checkout@K', SHOP),
      because: 'together: tests-not-covered',
    },
    'a gate passed that names no digest, and may have had both': {
      given: tested.at('13:30').probed(e2e).at('14:00').deployed('payments@A', API).deployed('checkout@L', SHOP),
      because: 'together: gate-names-no-digest',
    },
    'a pass names no run, and may be of the same': {
      given: tested
        .at('13:30')
        .tested('checkout@K', { ...e2e, run: 'none' })
        .at('14:00')
        .deployed('payments@B', API)
        .deployed('checkout@K', SHOP),
      because: 'together: run-not-recorded',
    },
    'the run was executed again with another image of one: the other was not tested again beside it': {
      given: built
        .at('12:00')
        .tested('payments@A', { ...e2e, run: '61' })
        .tested('checkout@K', { ...e2e, run: '61', result: 'failed' })
        .at('12:30')
        .tested('checkout@L', { ...e2e, run: '61', attempt: 2 })
        .at('14:00')
        .deployed('payments@A', API)
        .deployed('checkout@L', SHOP),
      because: 'together: run-executed-again',
    },
    'one passed in the first attempt and failed in the last, in which the other passed': {
      given: built
        .at('12:00')
        .tested('payments@A', { ...e2e, run: '61', result: 'failed' })
        .tested('checkout@K', { ...e2e, run: '61' })
        .at('12:30')
        .tested('payments@A', { ...e2e, run: '61', attempt: 2 })
        .tested('checkout@K', { ...e2e, run: '61', attempt: 2, result: 'failed' })
        .at('14:00')
        .deployed('payments@A', API)
        .deployed('checkout@K', SHOP),
      because: 'together: run-executed-again',
    },
    'nobody recorded the build of one, so that a pass may name another of its digests': {
      given: tested.pushed('checkout@M').tested('checkout@M', e2e).deployed('payments@B', API).deployed('checkout@M', SHOP),
      because: 'together: build-not-known',
    },
    'one of the two is being rolled out': {
      given: tested.deployed('payments@B', API).deployed('checkout@K', SHOP).deployed('checkout@L', SHOP, { beside: true }),
      because: 'together: runs-several',
    },
    'what the other runs is not known': {
      given: tested.deployed('payments@B', API).deployed('checkout:1.4', SHOP),
      because: 'together: no-digest',
    },
    'the other has not started': {
      given: tested.deployed('payments@B', API).deployed('checkout@K', SHOP, { phase: 'waiting' }),
      because: 'together: not-started',
    },
    'the other may run where nobody could look': {
      given: tested.blindTo('running-image', 'forbidden').deployed('payments@B', API),
      because: 'together: environment-not-listed',
    },
    'the audit was narrowed to one of the two': {
      given: inPairs(grouping([PAIR], { only: [API] }))
        .deployed('payments@B', API)
        .deployed('checkout@K', SHOP),
      because: 'together: environment-not-listed',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: built.pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'it belongs to no group': {
      given: grouping([['*/ledger', '*/checkout']])
        .at('14:00')
        .deployed('payments@A', API),
      because: 'notAsked',
    },
    'nothing of its group runs beside it': { given: tested.deployed('payments@B', API), because: 'nothingBeside' },
    'no gate passed on one of the two at all': {
      given: built.at('12:00').tested('payments@A', e2e).at('14:00').deployed('payments@A', API).deployed('checkout@K', SHOP),
      because: 'notPassed',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
