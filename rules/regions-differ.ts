import { defineRule } from 'selfsame';

export default defineRule({
  id: 'regions-differ',
  title: 'Environments that must be equal run different artifacts',
  severity: 'medium',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    differs: '{where} runs {running}, and {environment}, which must be equal, runs {other}; they have differed since {since}.',
  },
  skips: {
    notAsked: 'no environment must equal its own',
    alone: 'no environment that must equal its own has it',
    settling: 'the change is younger than the time that environments may take to agree',
  },
  fix: 'Finish the rollout: deploy one of {running} and {other} everywhere, or take the environments out of `equal`.',

  needs: (row, ledger) => ({ agreement: ledger.agreementOf(row) }),

  check({ agreement }, row, say) {
    if (agreement.state === 'equal') return say.pass();
    if (agreement.state === 'not-asked') return say.skip('notAsked');
    if (agreement.state !== 'differs') return say.skip(agreement.state);
    const { environment, runs, since } = agreement;
    return say.drift('differs', { where: row.where, running: row.artifact?.digest ?? 'not known', environment, other: runs, since });
  },
});
