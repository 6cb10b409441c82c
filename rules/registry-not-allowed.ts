import { defineRule, formatImageReference, matches } from 'selfsame';
import { z } from 'zod';

export default defineRule({
  id: 'registry-not-allowed',
  title: 'What runs was pulled from a registry that is not on your list',
  severity: 'medium',
  vendors: true,
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    elsewhere: '{where} is declared as {declared}, and {name} is in none of the allowed places: {allowed}.',
  },
  skips: {},
  fix: 'Copy the image to a registry that is allowed (`crane copy {declared} REGISTRY/REPOSITORY`), and declare it from there by digest. If {name} is to be allowed, add it to `allowed` in `selfsame.yaml`.',
  options: z.strictObject({ allowed: z.array(z.string().min(1)).default([]) }),
  awaits: 'allowed',

  needs: (_, ledger, { allowed }) => ({ allowed: ledger.listGiven(allowed) }),

  check({ allowed }, row, say) {
    const pulled = row.running.map(({ declared }) => declared.spec);
    const elsewhere = pulled.find(({ registry, repository }) => !allowed.some((glob) => matches(glob, `${registry}/${repository}`)));
    if (!elsewhere) return say.pass();

    const name = `${elsewhere.registry}/${elsewhere.repository}`;
    return say.drift('elsewhere', { where: row.where, declared: formatImageReference(elsewhere), name, allowed: allowed.join(', ') });
  },
});
