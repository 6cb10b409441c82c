import { defineRule } from 'selfsame';

export default defineRule({
  id: 'different-commit-under-same-tag',
  title: 'One tag stands for two commits: what runs here under it is not what runs elsewhere under it',
  severity: 'medium',
  explains: true,
  countsAlone: true,
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    otherCommit: '{where} runs {running} of {commit} as {tag}, and {place} runs {other} of {otherCommit} under the same tag.',
  },
  skips: {
    vendor: 'built outside this audit',
    noTag: 'it is declared without a tag',
  },
  fix: 'Deploy by digest, so that the tag decides nothing: {running} is what runs here. Give every commit a tag of its own (its hash), and let the registry refuse to move a tag.',

  needs: (row, ledger) => ({ other: ledger.otherUnderTagOf(row) }),

  check({ other }, row, say) {
    if (other === 'no-tag') return say.skip('noTag');
    if (!other) return say.pass();

    const { tag, commit, place, otherCommit } = other;
    const facts = { where: row.where, running: row.artifact?.digest ?? 'not known', tag, commit, place, otherCommit };
    return say.drift('otherCommit', { ...facts, other: other.other.digest });
  },
});
