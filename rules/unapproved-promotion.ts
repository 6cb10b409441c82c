import { defineRule } from 'selfsame';
import { z } from 'zod';

const names = z.array(z.string().min(1)).min(1);

export default defineRule({
  id: 'unapproved-promotion',
  title: 'What runs was deployed without an approval of somebody else',
  severity: 'high',
  severities: { late: 'medium', seenLate: 'medium' },
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    none: '{where} runs {running}: every approval was listed, and none for {environment} shows that somebody else approved it.',
    unreviewed:
      '{where} runs {running}, which {run} deployed to {environment} at {at}: every approval of that run was listed, and there is none. {asks}',
    rejected: '{where} runs {running}, which {by} rejected for {environment} by {at}.',
    self: '{where} runs {running}, and {by} approved it for {environment}, who had asked for it.',
    stranger: '{where} runs {running}, and {by} approved it for {environment}; only {allowed} may.',
    late: '{where} has run {running} since {there} or earlier; {by} approved it for {environment} only after that, at {at} or later.',
    seenLate:
      '{where} ran {running} at {there}, when every approval was listed and there was none of it; the one by {by} for {environment} declares {at}, and was first seen at {seen}.',
  },
  skips: {
    vendor: 'built outside this audit',
    notAsked: 'nobody has to approve what runs in this environment',
  },
  fix: 'Find out who deployed {running}, and whether he may. Have somebody else look at it: approve it and deploy it again, or roll back to what was approved. Then let the environment ask for a reviewer, and prevent that who asks reviews (`prevent_self_review` of a GitHub environment).',
  options: z.strictObject({ approvals: z.record(z.string(), z.strictObject({ ci: names, by: names.optional() })).default({}) }),
  awaits: 'approvals',
  mustTell: 'let a source list approvals (`deployments: "true"` of github-actions), or record them with `selfsame record approve`',

  needs: (row, ledger, { approvals }) => ({ leave: ledger.leaveOf(row, approvals) }),

  check({ leave }, row, say, { approvals }) {
    if (leave.is === 'not-asked') return say.skip('notAsked');
    if (leave.is === 'approved') return say.pass();

    const asked = approvals[row.environment];
    const facts = { where: row.where, running: row.artifact?.digest ?? 'not known', environment: asked?.ci.join(' or ') ?? '' };
    if (leave.is === 'none') return say.drift('none', facts);
    if (leave.is === 'unreviewed') {
      const { environment, run, at } = leave.deployment;
      return say.drift('unreviewed', { ...facts, environment, run: `${run?.platform} run ${run?.id}`, at, asks: ASKS[leave.asked] });
    }

    const { environment, by = 'an account that is gone', at } = leave.approval;
    const told = { ...facts, environment, by };
    switch (leave.is) {
      case 'rejected':
        return say.drift('rejected', { ...told, at });
      case 'self':
        return say.drift('self', told);
      case 'stranger':
        return say.drift('stranger', { ...told, allowed: asked?.by?.join(', ') ?? '' });
      case 'late':
        return say.drift('late', { ...told, there: leave.there, at: leave.at });
      case 'seen-late':
        return say.drift('seenLate', { ...told, there: leave.there, at: leave.at, seen: leave.seen });
    }
  },
});

/** What the environment asks for today, which says what is to be mended. */
const ASKS = {
  nobody: 'Today the environment asks for no review.',
  'who-asked-too': 'Today the environment asks for a review, which who asks may give.',
  'somebody-else': 'Today the environment asks for a review by somebody else: it was changed since, or somebody went round it.',
  'not-known': 'Whether the environment asks for a review is not known.',
} as const;
