import { defineRule } from 'selfsame';

export default defineRule({
  id: 'rollback-target-gone',
  title: 'What a roll-back would bring is no longer in its registry',
  severity: 'low',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    gone: '{where} could be rolled back to revision {revision}, which declares {target}, and {repository} no longer holds that: the roll-back would fail.',
    memberGone:
      '{where} could be rolled back to revision {revision}, which declares {target}; {repository} holds that index, and no longer its image for {platform}: the roll-back would fail.',
  },
  skips: {
    noOlder: 'no older revision is known to declare another image',
    byTag: 'the revision before declares a tag, which may name anything by then',
  },
  fix: 'Push {target} to {repository} again, or name now what is to be gone back to. Then let the clean-up of {repository} spare what `--report keep-list` lists.',

  needs: (row, ledger) => ({ rollback: ledger.rollbackOf(row) }),

  check({ rollback }, row, say) {
    const { is, digest: target, repository, revision } = rollback;
    if (is === 'none') return say.skip('noOlder');
    if (is === 'by-tag') return say.skip('byTag');
    if (is === 'member-gone')
      return say.drift('memberGone', { where: row.where, target, repository, revision, platform: rollback.platform });
    return is === 'held' ? say.pass() : say.drift('gone', { where: row.where, target, repository, revision });
  },
});
