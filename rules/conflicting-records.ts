import { defineRule } from 'selfsame';

export default defineRule({
  id: 'conflicting-records',
  title: 'Two records name two sources for what runs',
  severity: 'medium',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    source: '{where} runs {running}: {one} says that it was built from {first}, and {other} that it was built from {second}.',
    labels: '{where} runs {running}: {one} is signed, and says that it was built from {first}; its labels say {second}.',
  },
  skips: {
    vendor: 'built outside this audit',
  },
  fix: 'Find out which of the two is wrong, and take it out of the files or registries that hold it, or label the image anew; until then nobody can say which source {running} is of.',

  needs: (row, ledger) => ({ conflict: ledger.conflictOf(row) }),

  check({ conflict }, row, say) {
    if (!conflict) return say.pass();
    const told = { where: row.where, running: row.artifact?.digest ?? 'not known' };
    if (conflict.between === 'labels') {
      const { build, labelled } = conflict;
      const second = Object.values(labelled).join(' at ');
      return say.drift('labels', { ...told, one: nameOf(build), first: sourceOf(build), second });
    }
    const [one, other] = conflict.records;
    return say.drift('source', {
      ...told,
      one: nameOf(one),
      first: sourceOf(one),
      other: nameOf(other),
      second: sourceOf(other),
    });
  },
});

type Build = {
  run?: { platform: string; id: string; attempt: number } | undefined;
  source?: { repository: string; commit?: string | undefined; tree?: string | undefined } | undefined;
  origin: { locator: string };
};

const nameOf = ({ run, origin }: Build) => (run ? `${run.platform} run ${run.id} attempt ${run.attempt}` : origin.locator);

function sourceOf({ source }: Build): string {
  if (!source) return 'a source not recorded';
  if (source.commit) return `${source.repository} at ${source.commit}`;
  return source.tree ? `${source.repository} at tree ${source.tree}` : source.repository;
}
