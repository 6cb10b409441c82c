import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/deployed-before-tested.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';
const e2e = { gate: 'e2e' };

const built = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' });

const cases = {
  passes: {
    'a recording has the pass, and production did not run it then': built
      .at('09:10')
      .tested('payments@A', e2e)
      .at('10:00')
      .recorded()
      .at('14:00')
      .deployed('payments@A', API),
    'it passed in time, and passed again in the night after': built
      .at('09:10')
      .tested('payments@A', e2e)
      .at('10:00')
      .recorded()
      .at('14:00')
      .deployed('payments@A', API)
      .at('22:00')
      .tested('payments@A', e2e),
  },
  reports: {
    'it was deployed while its gate still ran': {
      given: built
        .at('13:00')
        .deployed('payments@A', API)
        .at('13:40')
        .tested('payments@A', { ...e2e, startedAt: '12:50' })
        .at('15:00'),
      finds: [{ where: API, says: 'passedAfter', with: { running: 'payments@A', gate: 'e2e', at: '2026-03-02T13:40:00Z' } }],
    },
    'of two gates one passed in time, and the other after the deployment': {
      given: scenario({ gates: ['e2e', 'load'] })
        .at('09:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .tested('payments@A', e2e)
        .at('10:00')
        .recorded()
        .at('13:00')
        .deployed('payments@A', API)
        .at('13:40')
        .tested('payments@A', { gate: 'load' }),
      finds: [{ where: API, says: 'passedAfter', with: { gate: 'load' } }],
    },
    'a record declares a time before the deployment, and was not there after it (C11)': {
      given: built.at('09:30').deployed('payments@A', API).at('10:00').recorded().at('09:20').tested('payments@A', e2e).at('11:00'),
      finds: [
        {
          where: API,
          says: 'firstSeenAfter',
          with: { gate: 'e2e', at: '2026-03-02T09:20:00Z', there: '2026-03-02T10:00:00Z', seen: '2026-03-02T11:00:00Z' },
        },
      ],
    },
  },
  cannotTell: {
    'the record declares that it passed before, and no earlier recording had it': {
      given: built.at('09:10').tested('payments@A', e2e).at('14:00').deployed('payments@A', API),
      because: 'order: order-only-declared',
    },
    'it passed within five minutes of the deployment, by another clock': {
      given: built.at('13:00').deployed('payments@A', API).at('13:04').tested('payments@A', e2e).at('15:00'),
      because: 'order: clocks-too-close',
    },
    'the token may not read test records, so that an earlier pass may be missing': {
      given: built.blindTo('test', 'forbidden').at('13:00').deployed('payments@A', API).at('13:40').tested('payments@A', e2e),
      because: 'order: tests-not-covered',
    },
    'nobody recorded the build, so that an earlier pass may name another of its digests': {
      given: scenario({ gates: ['e2e'] })
        .at('09:00')
        .pushed('payments@A')
        .at('13:00')
        .deployed('payments@A', API)
        .at('13:40')
        .tested('payments@A', e2e),
      because: 'order: build-not-known',
    },
    'the node reported no digest': {
      given: built.at('14:00').deployed('payments:1.4', API),
      because: 'order: no-digest',
    },
    'nothing of it has started': {
      given: built.at('09:10').tested('payments@A', e2e).at('14:00').deployed('payments@A', API, { phase: 'waiting' }),
      because: 'order: not-started',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: scenario().at('09:00').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'the environment is not the last one': {
      given: scenario({ gates: ['e2e'], promotion: [['dev'], ['staging'], ['production']] })
        .at('09:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .at('13:00')
        .deployed('payments@A', 'staging/payments-api')
        .at('13:40')
        .tested('payments@A', e2e),
      because: 'notLast',
    },
    'the only gate is a smoke test of production itself': {
      given: scenario({ gates: [{ name: 'smoke', environment: 'production' }] })
        .at('09:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .at('13:00')
        .deployed('payments@A', API)
        .at('13:40')
        .tested('payments@A', { gate: 'smoke' }),
      because: 'noGates',
    },
    'the gate failed on it, and never passed': {
      given: built
        .at('13:00')
        .deployed('payments@A', API)
        .at('13:40')
        .tested('payments@A', { ...e2e, result: 'failed' }),
      because: 'notPassed',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
