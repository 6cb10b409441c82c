import { defineRule } from 'selfsame';

export default defineRule({
  id: 'promotion-changed-digest',
  title: 'The promotion kept the content and gave it another digest',
  severity: 'low',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    flattened:
      '{where} runs {running}, one image out of the index {rehearsed} that was rehearsed: its other platforms and its attestations stayed behind.',
    wrapped:
      '{where} runs {running}, a new index around {rehearsed}, which was rehearsed: what is signed or recorded of that does not name it.',
    reindexed: '{where} runs {running}, another index around the image of {rehearsed}, which was rehearsed.',
    repacked: '{where} runs {running}, the content that was rehearsed as {rehearsed}: {how}.',
  },
  skips: {
    other: 'it is not the artifact that was rehearsed: other rules tell of that',
  },
  fix: 'Promote {rehearsed} byte for byte, with everything that hangs on it: by `crane copy` without `--platform`, or `skopeo copy --all --preserve-digests`, never by pulling, tagging and pushing.',

  needs: (row, ledger) => ({ promotion: ledger.promotionOf(row) }),

  check({ promotion }, row, say) {
    if (promotion === 'other') return say.skip('other');
    if (promotion === 'kept') return say.pass();
    const { did, running, rehearsed, how } = promotion;
    return say.drift(did, { where: row.where, running, rehearsed, how });
  },
});
