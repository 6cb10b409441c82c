import { z } from 'zod';
import { Digest } from './digest.ts';
import { FileLine, Finding, Waived } from './finding.ts';
import { Instant, Origin } from './seen.ts';
import { StandingSummary, StandingWord } from './standing.ts';
import { Gap } from './statement.ts';

const counts = z.number().int().nonnegative();

export const ReportRow = z.object({
  where: z.string(),
  environment: z.string(),
  image: z.string(),
  artifact: z.string(),
  digest: z.string(),
  platform: z.string().optional(),
  instances: counts,
  last: z.boolean(),
  /** The team that owns it; absent where nobody does. */
  owner: z.string().optional(),
  standing: StandingSummary,
  text: z.string(),
  next: z.string().optional(),
  counterpart: z.string().optional(),
  parity: z.enum(['same', 'differs', 'absent upstream']).optional(),
  /** Its slot runs nothing yet: it is judged as declared. */
  pending: z.boolean(),
  /** Only a channel of a registry names it: what runs is not known. */
  published: z.boolean().optional(),
  waived: Waived.optional(),
});
export type ReportRow = z.infer<typeof ReportRow>;

/** A digest that a clean-up of its repository has to spare, and why. */
export const Kept = z.object({
  repository: z.string(),
  digest: Digest,
  /** It runs; it is declared and does not run; a roll-back would bring it; it lies under one of those. */
  because: z.enum(['runs', 'declared', 'rollback', 'part']),
  where: z.array(z.string()),
});
export type Kept = z.infer<typeof Kept>;

export const EnvironmentCoverage = z.object({
  environment: z.string(),
  rows: counts,
  instances: counts,
  firstParty: counts,
  rehearsed: counts,
  originKnown: counts,
  waived: counts,
  /** How many of the rows are only published by channels. */
  published: counts.optional(),
  /** How many of a vendor's differ from what upstream runs of them. */
  differs: counts.optional(),
  standings: z.partialRecord(StandingWord, counts),
});
export type EnvironmentCoverage = z.infer<typeof EnvironmentCoverage>;

/** A file of code that the configuration named, or that such a file imports, by its path from the configuration. */
export const LoadedCode = z.object({ path: z.string(), digest: Digest });
export type LoadedCode = z.infer<typeof LoadedCode>;

/** What an audit concluded, whole: passes too. Stable bytes for the same recordings and plan. */
export const Report = z.object({
  schema: z.literal('selfsame/report/v1'),
  tool: z.object({ name: z.literal('selfsame'), version: z.string() }),
  effectiveAt: Instant,
  recordings: z.array(z.object({ digest: z.string(), takenAt: z.object({ from: Instant, to: Instant }) })).min(1),
  /** The digest of the plan. */
  plan: z.string(),
  /** The digest of what of the plan accuses: all of it but waivers, teams and what it was narrowed to. */
  law: z.string(),
  /** When the audit ended that findings were compared with, where only those that are new decide. */
  against: Instant.optional(),
  /** Every file of code that judged beside this program's own, as it was loaded; absent where none was. */
  code: z.array(LoadedCode).optional(),
  promotion: z.array(z.array(z.string())),
  exitCode: z.union([z.literal(0), z.literal(1), z.literal(3)]),
  because: z.array(z.string()),
  coverage: z.array(EnvironmentCoverage),
  upstreamOnly: counts,
  /** Slots that are declared and run nothing; slots where something waits to start beside what runs. */
  idle: z.array(z.string()),
  pending: z.array(z.string()),
  /** Every cluster that was read: under several names where several contexts reach it. */
  clusters: z.array(
    z.object({
      cluster: z.string(),
      also: z.array(z.string()),
      uid: z.string().optional(),
      version: z.string().optional(),
      pods: counts,
      requests: counts.optional(),
      denied: z.array(z.string()),
      skewMs: z.number().int().optional(),
      through: z.array(z.string()).optional(),
    }),
  ),
  /** Every registry that was asked within bounds, or whose clock is not ours. */
  registries: z
    .array(
      z.object({
        registry: z.string(),
        requests: counts,
        foreseen: counts.optional(),
        most: counts.optional(),
        skewMs: z.number().int().optional(),
        withoutTls: z.literal(true).optional(),
      }),
    )
    .optional(),
  /** Namespaces of clusters that were read and that no environment has, with the lines of ours that run there. */
  outside: z.array(z.object({ cluster: z.string(), namespace: z.string(), ours: z.array(z.string()), onPath: z.array(z.string()) })),
  /** The places that the audit was narrowed to; empty where it was not. */
  only: z.array(z.string()),
  /** When the oldest fact that can change was seen. */
  oldest: Instant.optional(),
  teams: z.array(z.object({ name: z.string(), contact: z.string().optional() })),
  /** The one team whose rows, findings and waivers are shown, of so many rows and findings in files; everything else, the exit code first, is of the whole estate. */
  view: z.object({ owner: z.string(), rows: counts, fileFindings: counts }).optional(),
  rows: z.array(ReportRow),
  /** Every part of a file that was judged, passes too: jobs of workflows, and what images are built by. */
  files: z.array(
    z.object({
      where: z.string(),
      is: z.enum(['workflow-job', 'dockerfile']),
      at: FileLine,
      owner: z.string().optional(),
      /** What a job runs that nobody read, and that might do anything. */
      unread: z.array(z.string()).optional(),
    }),
  ),
  /** What clean-ups have to spare of our own lines, and why the list may lack something. */
  keep: z.object({ digests: z.array(Kept), doubts: z.array(z.string()) }),
  findings: z.array(Finding),
  /** Moves from one base to one other that several images made between what was rehearsed and what runs. */
  baseMoves: z
    .array(
      z.object({
        from: z.string(),
        to: z.string(),
        images: z.array(z.string()),
        where: z.array(z.string()),
        findings: z.array(z.string()),
        text: z.string(),
      }),
    )
    .optional(),
  unknowns: z.array(z.object({ rule: z.string(), because: z.string(), where: z.array(z.string()) })),
  dormant: z.array(z.string()),
  /** Rules about files that did not run, because no source was to read any. */
  unasked: z.array(z.string()),
  tally: z.object({ pass: counts, drift: counts, waived: counts, unknown: counts, notApplicable: counts }),
  waivers: z.array(
    z.object({
      about: z.string(),
      where: z.string(),
      owner: z.string().optional(),
      approver: z.string().optional(),
      ticket: z.string().optional(),
      until: z.string().optional(),
      state: z.enum(['applied', 'expired', 'unused', 'stale-digest', 'not-applied']),
      why: z.string(),
      /** What is to be said of it although it is applied. */
      concerns: z.array(z.object({ is: z.enum(['expiring', 'too-broad']), says: z.string() })),
    }),
  ),
  gaps: z.array(Gap.omit({ at: true })),
  evidence: z.record(
    z.string(),
    z.object({
      kind: z.string(),
      /** When it happened (builds, tests) or was seen (states). */
      at: Instant,
      /** Since when what was seen had been so, where that is known. */
      since: Instant.optional(),
      origin: Origin,
      says: z.string(),
    }),
  ),
});
export type Report = z.infer<typeof Report>;
