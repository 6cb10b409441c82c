import { defineRule } from 'selfsame';

export default defineRule({
  id: 'unknown-origin',
  title: 'Every build was listed, and none made what runs',
  severity: 'high',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    foreign: '{where} runs {running}: every build of its line was listed, and none made it; {trace}.',
  },
  skips: {
    vendor: 'built outside this audit',
  },
  fix: 'Find who pushed {running} (registry audit log, `kubectl get -o yaml --show-managed-fields`), rebuild the change in CI, test that digest and deploy it.',

  needs: (row, ledger) => ({ origin: ledger.originOf(row), trace: ledger.traceOf(row) }),

  check({ origin, trace }, row, say) {
    if (origin === 'not-ours') return say.skip('vendor');
    if (origin !== 'foreign') return say.pass();
    return say.drift('foreign', { where: row.where, running: row.artifact?.digest ?? 'not known', trace });
  },
});
