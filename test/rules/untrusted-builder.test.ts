import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/untrusted-builder.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';
const OURS = 'https://ci.acme.example/builders/release';
const LAPTOP = 'https://laptop.acme.example/docker';
const c0ffee = { run: '41', commit: 'c0ffee' };

const asking = scenario({ rules: { 'untrusted-builder': { options: { builders: ['https://ci.acme.example/*'] } } } }).at('09:00');

const cases = {
  passes: {
    'a builder on the list made it': asking
      .built('payments@A', { ...c0ffee, builder: OURS })
      .at('14:00')
      .deployed('payments@A', API),
    'somebody claims another builder, and the CI’s own record names ours': asking
      .built('payments@A', { ...c0ffee, builder: OURS })
      .recordedBuild('payments@A', { run: '57', commit: 'c0ffee', builder: LAPTOP, trust: 'declared' })
      .at('14:00')
      .deployed('payments@A', API),
  },
  reports: {
    'it was built on a laptop': {
      given: asking
        .built('payments@A', { ...c0ffee, builder: LAPTOP })
        .at('14:00')
        .deployed('payments@A', API),
      finds: [{ where: API, says: 'other', with: { running: 'payments@A', builder: LAPTOP, record: 'run 41' } }],
    },
    'a claim that ours built it dismisses nothing': {
      given: asking
        .built('payments@A', { ...c0ffee, builder: LAPTOP })
        .recordedBuild('payments@A', { run: '57', commit: 'c0ffee', builder: OURS, trust: 'declared' })
        .at('14:00')
        .deployed('payments@A', API),
      finds: [{ where: API, says: 'other', with: { builder: LAPTOP } }],
    },
  },
  cannotTell: {
    'nobody wrote a list': {
      given: scenario()
        .at('09:00')
        .built('payments@A', { ...c0ffee, builder: LAPTOP })
        .deployed('payments@A', API),
      because: 'builder: not-configured',
    },
    'only a claim names ours': {
      given: asking
        .built('payments@A', { ...c0ffee, builder: OURS, trust: 'declared' })
        .at('14:00')
        .deployed('payments@A', API),
      because: 'builder: only-claimed',
    },
    'its record names no builder': {
      given: asking.built('payments@A', c0ffee).at('14:00').deployed('payments@A', API),
      because: 'builder: not-recorded',
    },
    'the builds could not be listed': {
      given: asking.blindTo('build', 'forbidden').pushed('payments@A').at('14:00').deployed('payments@A', API),
      because: 'builder: builds-not-covered',
    },
  },
  skips: {
    'the image is a vendor’s': {
      given: asking.pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'no record names it': { given: asking.pushed('payments@H').at('14:00').deployed('payments@H', API), because: 'noRecord' },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
