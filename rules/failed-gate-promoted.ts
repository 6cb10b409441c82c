import { defineRule } from 'selfsame';

export default defineRule({
  id: 'failed-gate-promoted',
  title: 'A gate had failed on what runs when it was deployed',
  severity: 'high',
  severities: { failedSince: 'low' },
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    failedBefore: '{where} runs {running}: {gate} had failed on it at {at}, and had not passed since when it was deployed.',
    failedSince: '{where} runs {running}: {gate} failed on it at {at}, after it was deployed.',
  },
  skips: {},
  fix: 'Look at why {gate} failed on {running}. Roll back to the last digest that passed, or let the gate pass on this one and record it.',

  needs: (row, ledger) => ({ results: ledger.gateResultsOf(row) }),

  check({ results: { failedAtArrival, failedSince } }, row, say) {
    const facts = { where: row.where, running: row.artifact?.digest ?? 'not known' };
    if (failedAtArrival.length > 0) return say.drift('failedBefore', { ...facts, ...tell(failedAtArrival) });
    return failedSince.length > 0 ? say.drift('failedSince', { ...facts, ...tell(failedSince) }) : say.pass();
  },
});

/** All of them: one that is known or waived must not hide another. */
function tell(failed: readonly Readonly<{ gate: string; at: string }>[]): Readonly<{ gate: string; at: string }> {
  const inOrder = failed.toSorted((a, b) => (a.gate < b.gate ? -1 : 1));
  return { gate: inOrder.map(({ gate }) => gate).join(', '), at: inOrder.map(({ at }) => at).join(', ') };
}
