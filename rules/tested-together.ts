import { defineRule } from 'selfsame';
import { z } from 'zod';

const patterns = z.array(z.string().min(1)).min(2, 'needs two images at least: one alone is tested together with nothing');

export default defineRule({
  id: 'tested-together',
  title: 'What runs side by side never passed a gate together',
  severity: 'medium',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    apart:
      '{where} runs {running}, which {gate} passed in {run} together with {tested}; {partner} beside it is {beside}, which passed in {otherRun}. No run of a gate passed with all of the group that runs here.',
    alone:
      '{where} runs {running}, which {gate} passed in {run}, where nothing passed of {partner}; beside it that is {beside}, which passed in {otherRun}. No run of a gate passed with all of the group that runs here.',
  },
  skips: {
    vendor: 'built outside this audit',
    notAsked: 'it belongs to no group',
    nothingBeside: 'no other member of its group runs in this environment',
    toldElsewhere: 'its group is judged at the first of its members',
    notPassed: 'of one of them no gate has a pass at all: see untested-digest',
  },
  fix: 'Deploy what passed together: the {partner} that {run} had, or what {otherRun} had with {beside}. To keep the two, let {gate} run with both in one run and record each digest: `selfsame record test --gate {gate} --result passed --digest {running}`, and the same with {beside}.',
  options: z.strictObject({ groups: z.array(patterns).default([]) }),
  awaits: 'groups',
  mustTell: 'let every test of the group be listed, each with the digest that it tested and its run',

  needs: (row, ledger, { groups }) => ({ together: ledger.togetherOf(row, groups) }),

  check({ together }, row, say) {
    switch (together.is) {
      case 'together':
        return say.pass();
      case 'not-asked':
        return say.skip('notAsked');
      case 'alone':
        return say.skip('nothingBeside');
      case 'told-elsewhere':
        return say.skip('toldElsewhere');
      case 'not-passed':
        return say.skip('notPassed');
      case 'apart': {
        const { mine, theirs, partner, beside } = together;
        const facts = {
          where: row.where,
          running: row.artifact?.digest ?? 'not known',
          gate: mine.gate,
          run: nameOf(mine),
          partner: partner.line,
          beside: partner.artifact.digest,
          otherRun: nameOf(theirs),
        };
        return beside.length > 0 ? say.drift('apart', { ...facts, tested: beside.join(' and ') }) : say.drift('alone', facts);
      }
    }
  },
});

const nameOf = ({ run }: Readonly<{ run?: Readonly<{ platform: string; id: string; attempt: number }> | undefined }>) =>
  run ? `${run.platform} run ${run.id} attempt ${run.attempt}` : 'a run not recorded';
