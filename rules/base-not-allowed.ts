import { defineRule } from 'selfsame';
import { z } from 'zod';

export default defineRule({
  id: 'base-not-allowed',
  title: 'What runs stands on a base image that is not among the allowed ones',
  severity: 'medium',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    notAllowed: '{where} runs {running}, which stands on {base}: none of the allowed bases.',
  },
  skips: {},
  fix: 'Build it on one of the allowed bases, or add {base} to `allowed` of this rule.',
  options: z.strictObject({ allowed: z.array(z.string().min(1)).default([]) }),
  awaits: 'allowed',

  needs: (row, ledger, { allowed }) => ({ base: ledger.allowedBaseOf(row, allowed) }),

  check({ base }, row, say) {
    if (base.isAllowed) return say.pass();
    return say.drift('notAllowed', { where: row.where, running: row.artifact?.digest ?? 'not known', base: base.base });
  },
});
