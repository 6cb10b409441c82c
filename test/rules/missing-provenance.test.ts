import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/missing-provenance.ts';
import { pageIsCurrent } from './page.ts';

const API = 'production/payments-api';
const asking = (least: string) => scenario({ rules: { 'missing-provenance': { options: { least } } } }).at('09:00');
const c0ffee = { run: '41', commit: 'c0ffee' };

const cases = {
  passes: {
    'its provenance is signed, as asked': asking('signed')
      .built('payments@A', { ...c0ffee, trust: 'signed' })
      .at('14:00')
      .deployed('payments@A', API),
    'its provenance was verified, and signed is enough': asking('signed')
      .built('payments@A', { ...c0ffee, trust: 'verified' })
      .at('14:00')
      .deployed('payments@A', API),
  },
  reports: {
    'only the CI’s own record names it': {
      given: asking('signed').built('payments@A', c0ffee).at('14:00').deployed('payments@A', API),
      finds: [{ where: API, says: 'weaker', with: { running: 'payments@A', trust: 'recorded', least: 'signed', record: 'run 41' } }],
    },
    'its provenance is signed, and nobody verified by whom': {
      given: asking('verified')
        .built('payments@A', { ...c0ffee, trust: 'signed' })
        .at('14:00')
        .deployed('payments@A', API),
      finds: [{ where: API, says: 'weaker', with: { trust: 'signed', least: 'verified' } }],
    },
    'no record names it': {
      given: asking('signed').built('payments@A', c0ffee).pushed('payments@H').at('14:00').deployed('payments@H', API),
      finds: [{ where: API, says: 'none', with: { running: 'payments@H' } }],
    },
  },
  cannotTell: {
    'nobody asked for provenance': {
      given: scenario().at('09:00').built('payments@A', c0ffee).deployed('payments@A', API),
      because: 'provenance: not-configured',
    },
    'the builds could not be listed': {
      given: asking('signed').blindTo('build', 'forbidden').pushed('payments@A').at('14:00').deployed('payments@A', API),
      because: 'provenance: builds-not-covered',
    },
    'the node reported no digest': { given: asking('signed').deployed('payments:1.4', API), because: 'provenance: no-digest' },
  },
  skips: {
    'the image is a vendor’s': {
      given: asking('signed').pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy'),
      because: 'vendor',
    },
  },
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
