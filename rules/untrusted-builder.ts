import { defineRule } from 'selfsame';
import { z } from 'zod';

export default defineRule({
  id: 'untrusted-builder',
  title: 'What runs was built by a builder that is not on your list',
  severity: 'high',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    other: '{where} runs {running}, built by {builder} as {record} says; none of {allowed} is on record for it.',
  },
  skips: {
    vendor: 'built outside this audit',
    noRecord: 'no build record names it: see unknown-origin and missing-provenance',
  },
  fix: 'Find out who ran {builder}, and why. Build the commit again with a builder that is allowed, test that digest and deploy it. If {builder} is to be allowed, add it to `builders` in `selfsame.yaml`.',
  options: z.strictObject({ builders: z.array(z.string().min(1)).default([]) }),
  awaits: 'builders',

  needs: (row, ledger, { builders }) => ({ builder: ledger.builderOf(row, builders) }),

  check({ builder }, row, say, { builders }) {
    if (builder === 'none' || builder === 'not-asked') return say.skip('noRecord');
    if (builder === 'listed') return say.pass();

    const record = builder.build.origin.locator;
    const running = row.artifact?.digest ?? 'not known';
    return say.drift('other', { where: row.where, running, builder: builder.other, record, allowed: builders.join(', ') });
  },
});
