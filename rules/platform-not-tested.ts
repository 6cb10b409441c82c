import { defineRule } from 'selfsame';

export default defineRule({
  id: 'platform-not-tested',
  title: 'What runs is a member of a rehearsed release, for a platform that was not rehearsed',
  severity: 'low',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    otherPlatform: '{where} runs {running} on {platform}; of the same release, only {tested} on {testedPlatform} was rehearsed.',
    notNamed: '{where} runs {running} on {platform}: {gates} passed on the index above it, and named no platform.',
  },
  skips: {
    vendor: 'built outside this audit',
    otherStanding: 'no member of its release was rehearsed: see the rule of its standing',
  },
  fix: 'Run the gates on {platform} too, against {running}, and let them record the platform.',

  needs: (row, ledger) => ({ standing: ledger.platformOf(row) }),

  check({ standing }, row, say) {
    if (standing.is === 'vendor') return say.skip('vendor');
    const running = row.artifact?.manifest?.digest ?? row.artifact?.digest ?? 'not known';
    const facts = { where: row.where, running, platform: row.artifact?.platform ?? 'not known' };
    if (standing.platformNotNamed) return say.drift('notNamed', { ...facts, gates: standing.upstream ?? 'the gates' });
    if (standing.is === 'selfsame' || standing.is === 'equivalent') return say.pass();
    if (standing.reason !== 'other-platform') return say.skip('otherStanding');
    return say.drift('otherPlatform', {
      ...facts,
      tested: standing.counterpart?.manifest?.digest ?? standing.counterpart?.digest ?? 'not known',
      testedPlatform: standing.counterpart?.platform ?? 'not known',
    });
  },
});
