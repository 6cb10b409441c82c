import { defineRule } from 'selfsame';
import { z } from 'zod';

export default defineRule({
  id: 'evidence-expires-soon',
  title: 'The last record of who built what runs will soon be deleted',
  severity: 'low',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    expires: '{where} runs {running}: no record of its build that was read is kept beyond {end}, {when} from now: {record}.',
    expired: '{where} runs {running}: no record of its build that was read was to be kept beyond {end}: {record}.',
  },
  skips: {
    none: 'no record names its build',
  },
  fix: 'Keep a recording in which {record} is still read, and judge it together with later ones; let builds attest what they push (`actions/attest-build-provenance`), which is kept until somebody deletes it.',
  options: z.strictObject({ days: z.coerce.number().int().nonnegative().default(14) }),

  needs: (row, ledger, { days }) => ({ end: ledger.evidenceEndOf(row, days) }),

  check({ end }, row, say) {
    if (end === 'lasts') return say.pass();
    if (end === 'none') return say.skip('none');
    const facts = { where: row.where, running: row.artifact?.digest ?? 'not known', end: end.end, record: end.build.origin.locator };
    if (end.days < 0) return say.drift('expired', facts);
    return say.drift('expires', { ...facts, when: end.days === 0 ? 'less than a day' : `${end.days} ${end.days === 1 ? 'day' : 'days'}` });
  },
});
