import { defineRule } from 'selfsame';
import { z } from 'zod';

export default defineRule({
  id: 'missing-provenance',
  title: 'Nothing signed says who built what runs',
  severity: 'medium',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    none: '{where} runs {running}: every build record was read, and none names it.',
    weaker: '{where} runs {running}: the best record of its build is {trust}, and {least} is asked for; it is {record}.',
  },
  skips: {
    vendor: 'built outside this audit',
  },
  fix: 'Let the build that pushes {running} attest it (`actions/attest-build-provenance`, or `cosign attest --type slsaprovenance1`), build once more, test that digest and promote it. What was built without it cannot be given provenance afterwards.',
  options: z.strictObject({ least: z.enum(['signed', 'verified']).optional() }),
  awaits: 'least',

  needs: (row, ledger, { least }) => ({ provenance: ledger.provenanceOf(row, least) }),

  check({ provenance }, row, say, { least = 'signed' }) {
    const facts = { where: row.where, running: row.artifact?.digest ?? 'not known' };
    if (provenance === 'none') return say.drift('none', facts);
    if (provenance.reaches) return say.pass();

    const { trust, origin } = provenance.build;
    return say.drift('weaker', { ...facts, trust, least, record: origin.locator });
  },
});
