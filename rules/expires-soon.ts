import { defineRule } from 'selfsame';
import { z } from 'zod';

export default defineRule({
  id: 'expires-soon',
  title: 'The registry will soon delete what runs, or what a roll-back would bring, by a rule of its own',
  severity: 'medium',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    expires: 'Rule {rule} of the lifecycle policy of {repository} deletes {running} {when}; {where} runs it and could not be pulled again.',
    archives:
      'Rule {rule} of the lifecycle policy of {repository} archives {running} {when}; {where} runs it, and what is archived cannot be pulled.',
    rollbackExpires:
      'Rule {rule} of the lifecycle policy of {repository} deletes {running} {when}; {where} could then no more be rolled back to revision {revision}, which declares it.',
    rollbackArchives:
      'Rule {rule} of the lifecycle policy of {repository} archives {running} {when}; {where} could be rolled back to revision {revision}, which declares it, and what is archived cannot be pulled.',
  },
  skips: {},
  fix: 'Give {running} a tag that a rule of a lower number keeps, or raise the number of rule {rule}; what has to be kept `--report keep-list` lists. See with `aws ecr start-lifecycle-policy-preview` what a changed policy would delete.',
  options: z.strictObject({ days: z.coerce.number().int().nonnegative().default(14) }),

  needs: (row, ledger, { days }) => ({ expiry: ledger.expiryOf(row, days) }),

  check({ expiry }, row, say) {
    if (expiry.is === 'kept') return say.pass();
    const { digest: running, repository, rule, from, revision } = expiry;
    const when = expiry.days === 0 ? 'within a day' : `in ${expiry.days} ${expiry.days === 1 ? 'day' : 'days'}, after ${from}`;
    const told = { where: row.where, running, repository, rule, when };
    if (revision === '') return say.drift(expiry.is === 'expires' ? 'expires' : 'archives', told);
    return say.drift(expiry.is === 'expires' ? 'rollbackExpires' : 'rollbackArchives', { ...told, revision });
  },
});
