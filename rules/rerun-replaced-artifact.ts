import { defineRule } from 'selfsame';

export default defineRule({
  id: 'rerun-replaced-artifact',
  title: 'A re-run of the pipeline pushed another artifact than the attempt that was tested',
  severity: 'medium',
  explains: true,
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    replaced:
      '{where} runs {running}, pushed by attempt {attempt} of {run}; what was rehearsed in {upstream} is {tested}, pushed by attempt {testedAttempt} of the same run.',
  },
  skips: {
    vendor: 'built outside this audit',
    noRerun: 'no other attempt of the run that built it made what was rehearsed',
  },
  fix: 'Deploy {tested}, which attempt {testedAttempt} pushed and which was tested. Then let a re-run start from the digest that is there already (`crane digest IMAGE:COMMIT`), and build only where there is none.',

  needs: (row, ledger) => ({ standing: ledger.standingOf(row), rerun: ledger.rerunOf(row) }),

  check({ standing, rerun }, row, say) {
    if (standing.is === 'vendor') return say.skip('vendor');
    if (standing.is === 'selfsame' || standing.is === 'equivalent') return say.pass();
    if (!rerun) return say.skip('noRerun');

    const { shipped, rehearsed, tested, upstream } = rerun;
    return say.drift('replaced', {
      where: row.where,
      running: row.artifact?.digest ?? 'not known',
      run: `${shipped.run.platform} run ${shipped.run.id}`,
      attempt: String(shipped.run.attempt),
      tested: tested.digest,
      testedAttempt: String(rehearsed.run.attempt),
      upstream,
    });
  },
});
