import { z } from 'zod';
import { DigestRole } from './digest.ts';
import { Confidence, Tier } from './trust.ts';

/** Where a downstream row stands towards what was rehearsed upstream; SEMANTICS 23–31 in their order of precedence. */
export const StandingWord = z.enum(['vendor', 'unresolved', 'selfsame', 'equivalent', 'foreign', 'rebuilt', 'untested']);
export type StandingWord = z.infer<typeof StandingWord>;

/** Why a standing is what it is; each has its sentence and, where something is missing, the one step that would resolve it. */
export const StandingReason = z.enum([
  'third-party',
  'no-digest',
  'platform-unknown',
  'ambiguous-member',
  'content-unknown',
  'declared-contradicts-reported',
  'rehearsed',
  'same-root-filesystem',
  'no-build-made-it',
  'same-source',
  'derived',
  'other-platform',
  'no-passed-gate',
  'never-upstream',
  'no-counterpart',
  'skipped-rank',
  'history-younger-than-artifact',
  'upstream-not-listed',
  'not-published-upstream',
  'upstream-rebuilt-since',
  'upstream-idle',
  'other-line',
  'tests-not-configured',
  'tests-not-covered',
  'gate-names-no-digest',
  'gate-younger-than-arrival',
  'build-not-known',
  'evidence-expired',
  'arrival-not-known',
]);
export type StandingReason = z.infer<typeof StandingReason>;

/** Which rung of the identity ladder two artifacts reach (reference digest first). */
export const Rung = z.enum([
  'same-digest',
  'same-manifest',
  'same-config',
  'same-rootfs-metadata',
  'same-rootfs-labels',
  'same-rootfs-runtime-config',
  'same-base',
  'base-differs',
  'same-index-other-platform',
  'different',
]);
export type Rung = z.infer<typeof Rung>;

export const Cause = z.enum([
  'base-image',
  'dependency-layer',
  'app-layer',
  'runtime-config',
  'metadata-only',
  'layers-added',
  'layers-converted',
  'not-compared',
]);
export type Cause = z.infer<typeof Cause>;

export const StandingSummary = z.object({
  is: StandingWord,
  reason: StandingReason,
  tier: Tier.optional(),
  order: z.enum(['established', 'not-established']).optional(),
  rung: Rung.optional(),
  /** What the evidence names: the artifact itself, or the index above it. */
  level: DigestRole.optional(),
  confidence: Confidence,
});
export type StandingSummary = z.infer<typeof StandingSummary>;
