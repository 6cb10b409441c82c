import { defineRule } from 'selfsame';
import { z } from 'zod';

export default defineRule({
  id: 'image-too-old',
  title: 'What runs was built so long ago that its packages must be presumed out of date',
  severity: 'low',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    tooOld: '{where} runs {running}, made {days} days ago, on {made}; at most {limit} days are allowed.',
  },
  skips: {
    vendor: 'built outside this audit',
    disputed: 'by some of its times it is older than that, by others it is not',
  },
  fix: 'Build the commit that runs again on a base of today, let that digest pass its gates, and promote it. A rebuild that goes straight to production would be `rebuilt-after-test`.',
  options: z.strictObject({ days: z.coerce.number().int().positive().optional() }),
  awaits: 'days',

  needs: (row, ledger, { days }) => ({ age: ledger.ageOf(row, days) }),

  check({ age: { atLeast, atMost, made } }, row, say, { days = 0 }) {
    if (atMost <= days) return say.pass();
    if (atLeast <= days) return say.skip('disputed');
    const running = row.artifact?.digest ?? 'not known';
    return say.drift('tooOld', { where: row.where, running, days: String(atLeast), made, limit: String(days) });
  },
});
