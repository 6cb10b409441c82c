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
export type { Finding, Severity } from './domain/finding.ts';
export { matches } from './domain/glob.ts';
export { sha256 } from './domain/identify.ts';
export { formatImageReference, ImageReference, parseImageReference } from './domain/image-reference.ts';
export { Observation } from './domain/observation.ts';
export { formatPlace } from './domain/place.ts';
export { Plan } from './domain/plan.ts';
export type { Recording } from './domain/recording.ts';
export type { ReportRow } from './domain/report.ts';
export { Report } from './domain/report.ts';
export type { ReportEvent } from './domain/report-event.ts';
export { AuditError, type AuditErrorCode, unreadable } from './error.ts';
export type { Artifact } from './inventory/artifact.ts';
export { type Difference, isEquivalent, isOneArtifact } from './inventory/identity.ts';
export type { Row } from './inventory/row.ts';
export { type AnyRule, type DefinedRule, defineRule, type Needs, type Verdict } from './judge/define-rule.ts';
export { tellClusters } from './report/clusters.ts';
export { tellCode } from './report/code.ts';
export { formatCoverage, formatFiles } from './report/coverage-line.ts';
export { defineReporter, type Look, type Reporter } from './report/define-reporter.ts';
export { escapeMarkdown } from './report/escape-markdown.ts';
export { escapeMarkdownCode } from './report/escape-markdown-code.ts';
export { formatGaps, groupGaps, tellLocators } from './report/gap-groups.ts';
export { headlineOf } from './report/headline.ts';
export { isOpen } from './report/is-open.ts';
export { isToMend } from './report/is-to-mend.ts';
export { listedRows } from './report/listed.ts';
export { escapeMarkup, type Markup, markup } from './report/markup.ts';
export { formatOwner, tellUnowned, tellView } from './report/owners.ts';
export { countOpenQuestions, pageOpenQuestions, pageRest } from './report/page-open.ts';
export { pageRules } from './report/page-rules.ts';
export { pageCoverage, pagePopulation, pageStandings } from './report/page-standings.ts';
export { PAGE_STYLE } from './report/page-style.ts';
export { printable, printableJson } from './report/printable.ts';
export { tellRegistries } from './report/registries.ts';
export { tellCounting } from './report/tell-counting.ts';
export { tellOpen } from './report/tell-open.ts';
export { tellWaiver, tellWaivers } from './report/tell-waiver.ts';
export { tellDormant } from './report/told-dormant.ts';
export { formatFileLine, placesOf, tellLikely } from './report/told-places.ts';
export { tellUnknowns } from './report/told-unknowns.ts';
export { tellVendors } from './report/vendors.ts';
export { VERDICTS } from './report/verdicts.ts';
export { digestsAmong } from './report/words.ts';
export { fold, wrap } from './report/wrap.ts';
