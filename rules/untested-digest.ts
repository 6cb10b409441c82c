import { defineRule } from 'selfsame';

export default defineRule({
  id: 'untested-digest',
  title: 'What runs was never rehearsed, and the absence is covered',
  severity: 'medium',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    noPassedGate: '{where} runs {running}: the tests were listed, and no configured gate passed on it.',
    neverUpstream: '{where} runs {running}: the upstream history is covered, and it never ran there.',
  },
  skips: {
    vendor: 'built outside this audit',
    skipped: 'it never went through the environment before: see skipped-environment',
    otherPlatform: 'another platform of the same release was rehearsed: see platform-not-tested',
    otherStanding: 'another build: see rebuilt-after-test or unknown-origin',
  },
  fix: 'Let {running} pass its gates before it is deployed, or deploy the digest that has: `kubectl set image WORKLOAD CONTAINER=REPOSITORY@DIGEST`.',

  needs: (row, ledger) => ({ standing: ledger.standingOf(row) }),

  check({ standing }, row, say) {
    if (standing.is === 'vendor') return say.skip('vendor');
    if (standing.is === 'selfsame' || standing.is === 'equivalent') return say.pass();
    if (standing.is !== 'untested') return say.skip('otherStanding');

    if (standing.reason === 'other-platform') return say.skip('otherPlatform');
    if (standing.reason === 'no-counterpart' || standing.reason === 'skipped-rank') return say.skip('skipped');

    const facts = { where: row.where, running: row.artifact?.digest ?? 'not known' };
    return say.drift(standing.reason === 'no-passed-gate' ? 'noPassedGate' : 'neverUpstream', facts);
  },
});
