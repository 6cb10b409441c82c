export { judgeRecorded } from './audit.ts';
export {
  type AnySource,
  defineSource,
  type Edge,
  type Expectation,
  type Place,
  type Seen,
  type Source,
  type Wanted,
} from './collect/define-source.ts';
export { Digest, DigestRole, shortDigest } from './domain/digest.ts';
export { formatImageReference, ImageReference, parseImageReference } from './domain/image-reference.ts';
export { Observation } from './domain/observation.ts';
export { Plan } from './domain/plan.ts';
export type { Recording } from './domain/recording.ts';
export { Report } from './domain/report.ts';
export { AuditError, type AuditErrorCode, unreadable } from './error.ts';
export { type Difference, isEquivalent, isOneArtifact } from './inventory/identity.ts';
export type { Artifact, Row } from './inventory/row.ts';
export { type AnyRule, defineRule, type Needs, type Verdict } from './judge/define-rule.ts';
export { defineReporter, type Look, type Reporter } from './report/define-reporter.ts';
export { printable, printableJson } from './report/printable.ts';
export { digestsAmong } from './report/words.ts';
export type { Finding } from './domain/finding.ts';
export type { ReportRow } from './domain/report.ts';
export { formatCoverage } from './report/coverage-line.ts';
export { wrap } from './report/wrap.ts';
export { formatPlace } from './domain/place.ts';
export { tellVendors } from './report/vendors.ts';
export { listedRows } from './report/listed.ts';
