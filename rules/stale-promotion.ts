import { defineRule } from 'selfsame';
import { z } from 'zod';

export default defineRule({
  id: 'stale-promotion',
  title: 'A newer artifact has been proven upstream for long, and this environment has not taken it',
  severity: 'low',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    waiting: '{where} still runs {running}; {place} runs {other}, which is newer and proven by {by} since {since}, {days} days ago.',
  },
  skips: {
    vendor: 'built outside this audit',
    noCounterpart: 'nothing upstream plays its part',
    idle: 'its counterpart upstream runs nothing now',
    sameSource: 'both were built from one source: see rebuilt-after-test',
    notProven: 'what upstream runs has not been tested, or has not served there',
  },
  fix: 'Promote {other}, or say why not: a change that nobody dares to promote is best taken back upstream, so that what is tried there is what comes next.',
  options: z.strictObject({ days: z.coerce.number().int().positive().default(30) }),

  needs: (row, ledger) => ({ waiting: ledger.waitingFor(row) }),

  check({ waiting }, row, say, { days }) {
    if (waiting === 'no-counterpart') return say.skip('noCounterpart');
    if (waiting === 'idle') return say.skip('idle');
    if (waiting === 'same-source') return say.skip('sameSource');
    if (waiting === 'not-proven') return say.skip('notProven');
    if (waiting === 'same' || waiting === 'not-behind' || waiting.days < days) return say.pass();

    const { place, other, by, since } = waiting;
    const facts = { where: row.where, running: row.artifact?.digest ?? 'not known', place, other: other.digest, by, since };
    return say.drift('waiting', { ...facts, days: String(waiting.days) });
  },
});
