import { defineRule } from 'selfsame';

export default defineRule({
  id: 'skipped-environment',
  title: 'What runs never went through the environment before this one, and the absence is covered',
  severity: 'medium',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    noCounterpart: '{where} runs {running}: nothing upstream plays its part, and its image line never ran there.',
    skippedRank: '{where} runs {running}: it ran further upstream, and never in the rank right before this one.',
  },
  skips: {
    vendor: 'built outside this audit',
    otherStanding: 'its counterpart upstream is known: see the rule of its standing',
  },
  fix: 'Deploy {running} to the environment before this one first, and let it pass there. If it has a counterpart under another name, say so under `pairs`.',

  needs: (row, ledger) => ({ standing: ledger.standingOf(row) }),

  check({ standing }, row, say) {
    if (standing.is === 'vendor') return say.skip('vendor');
    if (standing.is === 'selfsame' || standing.is === 'equivalent') return say.pass();
    if (standing.is !== 'untested') return say.skip('otherStanding');

    const facts = { where: row.where, running: row.artifact?.digest ?? 'not known' };
    if (standing.reason === 'no-counterpart') return say.drift('noCounterpart', facts);
    return standing.reason === 'skipped-rank' ? say.drift('skippedRank', facts) : say.skip('otherStanding');
  },
});
