import { defineRule } from 'selfsame';

export default defineRule({
  id: 'conflicting-records',
  title: 'Two records name two sources for what runs',
  severity: 'medium',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    source: '{where} runs {running}: {one} says that it was built from {first}, and {other} that it was built from {second}.',
  },
  skips: {
    vendor: 'built outside this audit',
  },
  fix: 'Find out which of the two records is wrong, and take it out of the files or registries that hold it; until then nobody can say which source {running} is of.',

  needs: (row, ledger) => ({ conflict: ledger.conflictOf(row) }),

  check({ conflict }, row, say) {
    if (!conflict) return say.pass();
    const [one, other] = conflict;
    return say.drift('source', {
      where: row.where,
      running: row.artifact?.digest ?? 'not known',
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
