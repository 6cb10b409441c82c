import { defineRule } from 'selfsame';
import { z } from 'zod';

/** Nothing to judge by, so that nothing has to be known. */
const NOT_ASKED = { known: true, value: undefined, evidence: [] } as const;

export default defineRule({
  id: 'base-not-allowed',
  title: 'What runs stands on a base image that is not among the allowed ones',
  severity: 'medium',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    notAllowed: '{where} runs {running}, which stands on {base}: none of the allowed bases.',
  },
  skips: {
    notAsked: 'no bases are named as allowed',
  },
  fix: 'Build it on one of the allowed bases, or add {base} to `allow` of this rule.',
  options: z.strictObject({ allow: z.array(z.string().min(1)).default([]) }),

  needs: (row, ledger, { allow }) => ({ base: allow.length === 0 ? NOT_ASKED : ledger.allowedBaseOf(row, allow) }),

  check({ base }, row, say) {
    if (!base) return say.skip('notAsked');
    if (base.isAllowed) return say.pass();
    return say.drift('notAllowed', { where: row.where, running: row.artifact?.digest ?? 'not known', base: base.base });
  },
});
