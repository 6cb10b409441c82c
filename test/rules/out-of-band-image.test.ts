import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/out-of-band-image.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';

const builds = scenario({ mirrors: { 'mirror.test': 'registry.test' } })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .built('payments@D', { run: '60', commit: 'decaf0' })
  .at('14:00');

const cases = {
  passes: {
    'the pod is as its template': builds.deployed('payments:1.4=A', API, { template: 'payments:1.4' }),
    'admission put the digest in place of the tag': builds.deployed('payments@A', API, { template: 'payments:1.4' }),
    'admission added the digest, and wrote the mirror for the registry': builds.deployed('mirror.test/payments:1.4@A', API, {
      template: 'payments:1.4',
    }),
    'the workload is as its manifest': builds.manifested('payments:1.4', API).deployed('payments:1.4=A', API),
  },
  reports: {
    'a webhook gave the pod another image': {
      given: builds.deployed('payments:1.5=D', API, { template: 'payments:1.4' }),
      finds: [
        {
          where: API,
          says: 'pod',
          with: { runs: 'registry.test/payments:1.5', declared: 'registry.test/payments:1.4', at: `workload ${API}` },
        },
      ],
    },
    'somebody set the image by hand, and Git says another': {
      given: builds.manifested('payments:1.4', API).deployed('payments:1.4-hotfix=D', API, { template: 'payments:1.4-hotfix' }),
      finds: [
        {
          where: API,
          says: 'workload',
          with: { runs: 'registry.test/payments:1.4-hotfix', declared: 'registry.test/payments:1.4', at: `manifest ${API}` },
        },
      ],
    },
    'an agent is put into the pods': {
      given: builds.deployed('payments@A', API, { container: 'agent', injected: true }),
      finds: [{ where: 'production/registry.test:payments', says: 'injected', with: {} }],
    },
  },
  cannotTell: {
    'upstream could not be listed, and by its name a vendor built it': {
      given: scenario()
        .at('09:00')
        .blindTo('running-image', 'forbidden', { environment: 'staging' })
        .deployed('library/nginx@N', API, { template: 'library/nginx:1.29' }),
      because: 'standing: upstream-not-listed',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: scenario().at('09:00').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'the manifest was applied a minute ago, and the old pods still run': {
      given: builds.manifested('payments:1.5', API).deployed('payments:1.4=A', API, { template: 'payments:1.4', rollout: 'rolling' }),
      because: 'rolling',
    },
    'no template and no manifest is known': { given: builds.deployed('payments@A', API), because: 'notDeclared' },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
