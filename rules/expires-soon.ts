import { defineRule } from 'selfsame';
import { z } from 'zod';

export default defineRule({
  id: 'expires-soon',
  title: 'The registry will soon delete what runs, by a rule of its own',
  severity: 'medium',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    expires: 'Rule {rule} of the lifecycle policy of {repository} deletes {running} {when}; {where} runs it and could not be pulled again.',
    archives:
      'Rule {rule} of the lifecycle policy of {repository} archives {running} {when}; {where} runs it, and what is archived cannot be pulled.',
  },
  skips: {},
  fix: 'Give {running} a tag that a rule of a lower number keeps, or raise the number of rule {rule}; what has to be kept `--report keep-list` lists. See with `aws ecr start-lifecycle-policy-preview` what a changed policy would delete.',
  options: z.strictObject({ days: z.coerce.number().int().nonnegative().default(14) }),

  needs: (row, ledger) => ({ expiry: ledger.expiryOf(row) }),

  check({ expiry }, row, say, { days }) {
    if (expiry.is === 'kept' || expiry.days > days) return say.pass();
    const { digest: running, repository, rule, from } = expiry;
    const when = expiry.days === 0 ? 'within a day' : `in ${expiry.days} ${expiry.days === 1 ? 'day' : 'days'}, after ${from}`;
    return say.drift(expiry.is === 'expires' ? 'expires' : 'archives', { where: row.where, running, repository, rule, when });
  },
});
