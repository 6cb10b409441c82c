import { defineRule } from 'selfsame';

export default defineRule({
  id: 'platform-not-tested',
  title: 'What runs is a member of a rehearsed release, for a platform that was not rehearsed',
  severity: 'low',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    otherPlatform: '{where} runs {running} on {platform}; of the same release, only {tested} on {testedPlatform} was rehearsed.',
  },
  skips: {
    vendor: 'built outside this audit',
    otherStanding: 'no member of its release was rehearsed: see the rule of its standing',
  },
  fix: 'Run the gates on {platform} too, against {running}.',

  needs: (row, ledger) => ({ standing: ledger.standingOf(row) }),

  check({ standing }, row, say) {
    if (standing.is === 'vendor') return say.skip('vendor');
    if (standing.is === 'selfsame' || standing.is === 'equivalent') return say.pass();
    if (standing.reason !== 'other-platform') return say.skip('otherStanding');
    return say.drift('otherPlatform', {
      where: row.where,
      running: row.artifact?.manifest?.digest ?? row.artifact?.digest ?? 'not known',
      platform: row.artifact?.platform ?? 'not known',
      tested: standing.counterpart?.manifest?.digest ?? standing.counterpart?.digest ?? 'not known',
      testedPlatform: standing.counterpart?.platform ?? 'not known',
    });
  },
});
