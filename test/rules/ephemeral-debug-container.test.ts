import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/ephemeral-debug-container.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';
const debug = { container: 'debugger-x7k2p', role: 'ephemeral' } as const;

const promoted = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .deployed('payments@A', 'staging/payments-api')
  .at('14:00')
  .deployed('payments@A', API);

const cases = {
  passes: {
    'nobody is debugging': promoted,
    'somebody debugs in staging': promoted.at('15:00').deployed('library/busybox:1.37', 'staging/payments-api', debug),
    'somebody debugged, and the pods were replaced before the newest recording': promoted
      .at('15:00')
      .deployed('library/busybox:1.37', API, debug)
      .recorded()
      .at('16:00')
      .stopped(API)
      .deployed('payments@A', API),
  },
  reports: {
    'somebody is debugging in production': {
      given: promoted.at('15:00').deployed('library/busybox:1.37', API, debug),
      finds: [
        {
          where: API,
          says: 'running',
          with: { container: 'debugger-x7k2p', image: 'docker.io/library/busybox:1.37', since: '2026-03-02T15:00:00Z' },
        },
      ],
    },
    'somebody debugged in production, and the pod is still there': {
      given: promoted.at('15:00').deployed('library/busybox:1.37', API, { ...debug, phase: 'completed' }),
      finds: [{ where: API, says: 'ended', with: { workload: 'deployment/payments-api' } }],
    },
    'two containers share the pod, and the debugger is told once': {
      given: scenario()
        .at('09:00')
        .deployed('library/nginx@N', 'production/proxy')
        .deployed('library/redis@S', 'production/proxy', { container: 'cache' })
        .at('15:00')
        .deployed('library/busybox:1.37', 'production/proxy', debug),
      finds: [{ where: 'production/proxy', says: 'running', with: { container: 'debugger-x7k2p' } }],
    },
    'somebody is debugging in what a vendor built': {
      given: scenario()
        .at('09:00')
        .pushed('library/nginx@N')
        .deployed('library/nginx@N', 'production/proxy')
        .at('15:00')
        .deployed('library/busybox:1.37', 'production/proxy', debug),
      finds: [{ where: 'production/proxy', says: 'running', with: { workload: 'deployment/proxy' } }],
    },
  },
  cannotTell: {
    'not every pod of the namespace could be listed': {
      given: promoted.blindTo('running-image', 'forbidden', { environment: 'production', namespace: 'default' }).at('15:00'),
      because: 'debugging: pods-not-listed',
    },
  },
  skips: {
    'the container was injected, and stands for all workloads that have it': {
      given: scenario().at('09:00').deployed('mesh@M', API, { container: 'proxy', injected: true }),
      because: 'injected',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
