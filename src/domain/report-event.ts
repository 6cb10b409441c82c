import { z } from 'zod';
import { FileLine, Severity } from './finding.ts';
import { Instant } from './seen.ts';
import { StandingWord } from './standing.ts';
import { Confidence } from './trust.ts';

const counts = z.number().int().nonnegative();

/** That an audit ended, and with what: small enough to be posted, with the fingerprints by which a receiver knows findings again. */
export const ReportEvent = z.object({
  schema: z.literal('selfsame/event/v1'),
  tool: z.object({ name: z.literal('selfsame'), version: z.string() }),
  effectiveAt: Instant,
  /** The digest of the newest recording; with that of the plan it names the audit, however often it is told. */
  recording: z.string(),
  plan: z.string(),
  exitCode: z.union([z.literal(0), z.literal(1), z.literal(3)]),
  verdict: z.enum(['clean', 'drift', 'inconclusive']),
  because: z.array(z.string()),
  /** The places that the audit was narrowed to; empty where it was not. */
  only: z.array(z.string()),
  /** The one team whose findings these are; exit code, reasons, coverage and gaps are of the whole estate. */
  owner: z.string().optional(),
  coverage: z.array(
    z.object({ environment: z.string(), firstParty: counts, rehearsed: counts, standings: z.partialRecord(StandingWord, counts) }),
  ),
  /** Findings of rules that apply and that nobody waived are counted by severity, the others beside. */
  counts: z.object({
    high: counts,
    medium: counts,
    low: counts,
    info: counts,
    waived: counts,
    later: counts,
    unresolved: counts,
    gaps: counts,
  }),
  findings: z.array(
    z.object({
      fingerprint: z.string(),
      rule: z.string(),
      severity: Severity,
      confidence: Confidence,
      counted: z.boolean(),
      text: z.string(),
      /** The first of its places, and how many there are. */
      where: z.array(z.string()),
      places: counts,
      owners: z.array(z.string()),
      at: FileLine.optional(),
    }),
  ),
  /** How many findings more there are than are listed. */
  left: counts,
});
export type ReportEvent = z.infer<typeof ReportEvent>;
