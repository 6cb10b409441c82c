import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/image-too-old.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';
const LONG_AGO = '2025-08-01T09:00:00Z';

const allowing = (days: string) => scenario({ rules: { 'image-too-old': { options: { days } } } });
const old = allowing('180').at(LONG_AGO).built('payments@A', { run: '12', commit: 'c0ffee' });

const cases = {
  passes: {
    'it was built this morning': allowing('180')
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .at('14:00')
      .deployed('payments@A', API),
    'it is as old as the configuration allows': allowing('365')
      .at(LONG_AGO)
      .built('payments@A', { run: '12', commit: 'c0ffee' })
      .at('14:00')
      .deployed('payments@A', API),
  },
  reports: {
    'it was built seven months ago, and runs on': {
      given: old.at('14:00').deployed('payments@A', API),
      finds: [{ where: API, says: 'tooOld', with: { running: 'payments@A', days: '213', made: LONG_AGO, limit: '180' } }],
    },
    'the configuration allows a week': {
      given: allowing('7')
        .at('2026-02-20T09:00:00Z')
        .built('payments@A', { run: '12', commit: 'c0ffee' })
        .at('14:00')
        .deployed('payments@A', API),
      finds: [{ where: API, says: 'tooOld', with: { days: '10', limit: '7' } }],
    },
  },
  cannotTell: {
    'nobody said how old it may be': {
      given: scenario().at(LONG_AGO).built('payments@A', { run: '12', commit: 'c0ffee' }).at('14:00').deployed('payments@A', API),
      because: 'age: not-configured',
    },
    'what the registry holds under the digest was not read': {
      given: old.at('14:00').deployed('payments@U', API),
      because: 'age: birth-not-known',
    },
    'no source of registries is configured': {
      given: allowing('180').withoutSource('content').at('14:00').deployed('payments@A', API),
      because: 'age: not-configured',
    },
    'the node reported no digest': { given: old.at('14:00').deployed('payments:1.4', API), because: 'age: no-digest' },
  },
  skips: {
    'the image is a vendor’s': {
      given: scenario().at(LONG_AGO).pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
    'it was built long ago, and recorded as built again, bit for bit': {
      given: old.at('13:00').recordedBuild('payments@A', { run: '57', commit: 'c0ffee' }).at('14:00').deployed('payments@A', API),
      because: 'disputed',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
