import { defineRule } from 'selfsame';

export default defineRule({
  id: 'image-gone',
  title: 'What runs is no longer in the registry that it is pulled from',
  severity: 'medium',
  severities: { goneByTag: 'low' },
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    gone: '{where} is declared by digest, and {repository} no longer holds {running}: the next pull fails.',
    memberGone:
      '{where} is declared by digest; {repository} still holds the index, and no longer its image for {platform}, {running}: the next pull fails.',
    goneByTag:
      '{where} runs {running}, which {repository} no longer holds: a new node brings what {declared} names then, and nobody can go back.',
  },
  skips: {},
  fix: 'Push {running} to {repository} again while a node or another registry still has it, or promote a digest that is held. Then let the clean-up of {repository} spare what `--report keep-list` lists.',

  needs: (row, ledger) => ({ held: ledger.heldOf(row) }),

  check({ held }, row, say) {
    if (held.is === 'held') return say.pass();
    const { digest: running, repository, declared, platform } = held;
    if (held.by === 'digest' && held.isMember) return say.drift('memberGone', { where: row.where, running, repository, platform });
    if (held.by === 'digest') return say.drift('gone', { where: row.where, running, repository });
    return say.drift('goneByTag', { where: row.where, running, repository, declared });
  },
});
