import { defineRule } from 'selfsame';

export default defineRule({
  id: 'tag-moved',
  title: 'The tag a workload is declared by names something else now than what runs',
  severity: 'medium',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    moved: '{where} runs {running}, and {declared} names {names} now: the next restart, or a new node, brings that instead.',
  },
  skips: {
    vendor: 'built outside this audit',
    pinned: 'it is declared by digest',
  },
  fix: 'Pin what runs: declare {running} beside the tag. Then decide whether {names} is to be promoted, and promote it by digest.',

  needs: (row, ledger) => ({ tag: ledger.tagNowOf(row) }),

  check({ tag }, row, say) {
    if (tag === 'vendor' || tag === 'pinned') return say.skip(tag);
    if (tag.isWhatRuns) return say.pass();
    return say.drift('moved', { where: row.where, running: row.artifact?.digest ?? 'not known', declared: tag.declared, names: tag.names });
  },
});
