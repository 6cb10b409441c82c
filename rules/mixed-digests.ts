import { defineRule } from 'selfsame';

export default defineRule({
  id: 'mixed-digests',
  title: 'One workload runs several artifacts, and no rollout is under way',
  severity: 'medium',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    mixed: '{where} runs {count} artifacts at once, and no rollout is under way: {shares}.',
  },
  skips: {
    rolling: 'a rollout is under way',
    paused: 'its rollout is paused',
    otherRow: 'told on the row of the smallest share',
  },
  fix: 'Declare the image by digest, and restart the workload (`kubectl rollout restart`): nodes that pulled a tag at different times then agree.',

  needs: (row, ledger) => ({ mix: ledger.mixOf(row) }),

  check({ mix }, row, say) {
    if (mix.shares.length === 1) return say.pass();
    if (mix.rollout !== 'settled') return say.skip(mix.rollout);
    if (!mix.isOutlier) return say.skip('otherRow');
    return say.drift('mixed', { where: row.where, count: String(mix.shares.length), shares: mix.shares.map(tellShare).join('; ') });
  },
});

type Share = { digest: string; instances: number; nodes: number | undefined; since: string | undefined };

function tellShare({ digest, instances, nodes, since }: Share): string {
  const where = nodes === undefined ? '' : ` on ${nodes} node${nodes === 1 ? '' : 's'}`;
  return `${instances} instance${instances === 1 ? '' : 's'}${where} of ${digest}${since ? ` since ${since}` : ''}`;
}
