import { z } from 'zod';
import { Plan } from '../../domain/plan.ts';
import { Instant } from '../../domain/seen.ts';

/** The files of a pack beside its recordings, by what they are. */
export const PACK = {
  head: 'pack.json',
  advice: 'VERIFY.md',
  recordings: 'recordings',
  sums: 'SHA256SUMS',
  signature: 'SHA256SUMS.sig',
} as const;

/** The reports of a pack, by the reporters that write them. */
export const REPORTS = { json: 'report.json', csv: 'population.csv', html: 'report.html' } as const;

/** The head of a pack: who judged which recordings by what. */
export const PackHead = z.object({
  schema: z.literal('selfsame/pack/v1'),
  tool: z.object({ name: z.literal('selfsame'), version: z.string() }),
  plan: Plan,
  /** Whether code of somebody's own judged as well: it is not in the pack. */
  code: z.boolean(),
  /** When the period begins, where not with the first recording: what was taken before is history alone. */
  from: Instant.optional(),
  /** Their folders in the pack and their digests, oldest first. */
  recordings: z.array(z.object({ path: z.string().regex(/^recordings\/[\w.-]+$/), digest: z.string() })).min(1),
});
export type PackHead = z.infer<typeof PackHead>;

/** What a pack says of itself to whoever holds it. */
export const ADVICE = `# How to verify this pack

    sha256sum --check --strict SHA256SUMS

says that no file has changed since it was sealed. Where somebody signed the seal, \`SHA256SUMS.sig\` is his signature of \`SHA256SUMS\`; take his public key from him, not from whoever gave you the pack:

    openssl pkeyutl -verify -pubin -inkey seal.pub -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig    # Ed25519
    openssl dgst -sha256 -verify seal.pub -signature SHA256SUMS.sig SHA256SUMS                      # ECDSA, RSA

    selfsame evidence verify . --sealed-by seal.pub

does both, judges the recordings again by the plan in \`pack.json\`, without a network, and compares what comes of it with the reports in the pack, byte for byte. It takes the version that \`pack.json\` names.

## What is in it

\`population.csv\` has every container that was in scope when the newest recording was taken, those without a finding too; \`report.html\` is the same report to be read. \`changes.csv\` has every change of the period, as it was judged when it was first seen: what came to run where, and how far it had been tested; \`nights.csv\` says of every recording what the audit would have concluded then, and how much could not be read. A change between two recordings that was undone before the second is in none of them.
`;
