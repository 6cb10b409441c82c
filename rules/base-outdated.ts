import { defineRule } from 'selfsame';
import { z } from 'zod';

export default defineRule({
  id: 'base-outdated',
  title: 'The tag of its base names another image since, and what runs was not built again for longer than is allowed',
  severity: 'low',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    outdated: '{where} runs {running}, built {days} days ago on {builtOn}: {base} names {names} now.',
  },
  skips: {},
  fix: 'Build it again on {base}, let that build go through the tests, and promote it by digest.',
  options: z.strictObject({ days: z.coerce.number().int().nonnegative().optional() }),
  awaits: 'days',

  needs: (row, ledger, { days }) => ({ base: ledger.baseNowOf(row, days) }),

  check({ base }, row, say, { days = 0 }) {
    if (!base.isOutdated || base.days <= days) return say.pass();
    const { base: name, builtOn, names } = base;
    const running = row.artifact?.digest ?? 'not known';
    return say.drift('outdated', { where: row.where, running, days: `${base.days}`, builtOn, base: name, names });
  },
});
