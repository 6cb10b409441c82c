import type { FileLine, Finding, Severity } from '../domain/finding.ts';
import { identify, sha256 } from '../domain/identify.ts';
import type { Observation } from '../domain/observation.ts';
import { byText, groupBy, sortedBy } from '../domain/order.ts';
import type { Waiver } from '../domain/plan.ts';
import type { Report } from '../domain/report.ts';
import type { Workflows } from '../inventory/workflows/open-workflows.ts';
import type { DockerfileSubject, JobSubject } from '../inventory/workflows/subject.ts';
import type { JudgedFile } from '../judge/judge.ts';
import { notBefore, severityOf } from '../judge/policy.ts';
import { type Terms, termsOf } from './findings.ts';
import { fillMessage, fillWhole } from './words.ts';

/** What is found in files, with the observations it cites and how many of the verdicts are waived. */
export type FoundInFiles = Readonly<{ findings: readonly Finding[]; cited: ReadonlySet<Observation>; waived: number }>;

type Drift = Readonly<{
  judged: JudgedFile;
  verdict: Extract<JudgedFile['verdict'], { outcome: 'drift' }>;
  severity: Severity;
  waiver: Waiver | undefined;
}>;

/** How the plan is applied to files: where something that runs was asked for as well, that decides, and a finding about a file is at most low. */
export type FileTerms = Terms & Readonly<{ isAlone: boolean }>;

/** Findings about files: one per rule, place and message, though the file was read at several commits. */
export function fileFindingsOf(judged: readonly JudgedFile[], terms: FileTerms): FoundInFiles {
  const drifts = judged.flatMap((one) => toDrift(one, terms));
  const groups = groupBy(drifts, ({ judged: { rule, subject }, verdict }) => `${rule.id} ${subject.where} ${verdict.message}`);
  return {
    findings: [...groups.values()].map((group) => toFinding(group, terms)),
    cited: new Set(drifts.flatMap(({ verdict }) => verdict.evidence)),
    waived: drifts.filter(({ waiver }) => waiver).length,
  };
}

function toDrift(judged: JudgedFile, { plan, waivers, isAlone }: FileTerms): Drift[] {
  const { rule, subject, verdict } = judged;
  if (verdict.outcome !== 'drift') return [];
  const severity = severityOf(rule, verdict.message, { environment: '', last: isAlone }, plan);
  if (severity === 'off') return [];
  return [{ judged, verdict, severity, waiver: waivers.waiverFor({ rule: rule.id, where: subject.where, family: new Set() }) }];
}

function toFinding(group: readonly Drift[], { plan, today }: FileTerms): Finding {
  // A group has at least the drift that opened it.
  const [{ judged, verdict, severity, waiver }] = sortedBy(group, ({ judged: { subject } }) => subject.file.commit ?? '') as [Drift];
  const { rule, subject } = judged;
  return {
    fingerprint: sha256([rule.id, verdict.message, subject.where].join('\n')).slice(0, 32),
    rule: rule.id,
    severity,
    confidence: rule.confidence ?? 'high',
    message: verdict.message,
    facts: verdict.facts,
    text: fillMessage(rule.messages[verdict.message] ?? verdict.message, verdict.facts),
    fix: fillWhole(rule.fix, verdict.facts),
    artifact: '',
    where: [subject.where],
    at: lineIn(subject, verdict.line),
    evidence: [...new Set(group.flatMap((one) => [subject.file, ...one.verdict.evidence].map(identify)))].toSorted(byText),
    ...notBefore(rule, plan, today),
    ...(waiver ? { waived: termsOf(waiver) } : {}),
  };
}

function lineIn(subject: JobSubject | DockerfileSubject, line?: number): FileLine {
  const { repository, commit, path } = subject.file;
  return { repository, ...(commit ? { commit } : {}), path, line: line ?? ('job' in subject ? subject.job.line : 1) };
}

/** Every part of a file that was judged. */
export function filesJudged({ jobs, dockerfiles, unreadBy }: Workflows): Report['files'] {
  const told = [
    ...jobs.map((subject) => {
      const unread = unreadBy(subject).toSorted(byText);
      return { where: subject.where, is: 'workflow-job' as const, at: lineIn(subject), ...(unread.length > 0 ? { unread } : {}) };
    }),
    ...dockerfiles.map((subject) => ({ where: subject.where, is: 'dockerfile' as const, at: lineIn(subject) })),
  ];
  return sortedBy(told, ({ where, at }) => `${where} ${at.commit}`);
}
