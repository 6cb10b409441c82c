import { z } from 'zod';
import { Confidence } from './trust.ts';

export const Severity = z.enum(['high', 'medium', 'low', 'info']);
export type Severity = z.infer<typeof Severity>;

const RANK: Readonly<Record<Severity, number>> = { high: 3, medium: 2, low: 1, info: 0 };

/** Whether a severity reaches a level. */
export function reaches(severity: Severity, level: Severity): boolean {
  return RANK[severity] >= RANK[level];
}

/** A line of a file of a repository; the path is the repository's own. */
export const FileLine = z.object({
  repository: z.string(),
  commit: z.string().optional(),
  path: z.string(),
  line: z.number().int().positive(),
});
export type FileLine = z.infer<typeof FileLine>;

/** What a waiver that is applied says for itself. */
export const Waived = z.object({
  because: z.string(),
  owner: z.string(),
  until: z.string(),
  approver: z.string().optional(),
  ticket: z.string().optional(),
});
export type Waived = z.infer<typeof Waived>;

/** A drift verdict with all it rests on; the fingerprint is the same in every run that finds it in the same places. */
export const Finding = z.object({
  fingerprint: z.string(),
  rule: z.string(),
  severity: Severity,
  confidence: Confidence,
  message: z.string(),
  facts: z.record(z.string(), z.string()),
  text: z.string(),
  cause: z.string().optional(),
  fix: z.string(),
  artifact: z.string(),
  counterpart: z.string().optional(),
  where: z.array(z.string()).min(1),
  /** The teams that own a row of it; absent where nobody does. */
  owners: z.array(z.string()).min(1).optional(),
  evidence: z.array(z.string()).min(1),
  /** The finding that this one explains: it is told under it, and never counted by itself. */
  under: z.string().optional(),
  /** The line that it is about, where it is about a file and not about what runs. */
  at: FileLine.optional(),
  /** Findings about files that likely caused this one, and what ties them to what runs: its provenance, its record, or its repository alone. */
  likely: z.array(z.object({ finding: z.string(), by: z.enum(['provenance', 'record', 'repository']) })).optional(),
  /** The day from which its rule applies: until then it is shown, and never counted. */
  from: z.string().optional(),
  /** Since when it is known, where only what is new decides: it is shown, and not counted. */
  since: z.string().optional(),
  waived: Waived.optional(),
});
export type Finding = z.infer<typeof Finding>;
