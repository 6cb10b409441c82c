import type { EnvironmentCoverage, Report } from '../domain/report.ts';
import { countOf } from './count-of.ts';

const ORDER = ['selfsame', 'equivalent', 'rebuilt', 'foreign', 'untested', 'unresolved'] as const;
const HOUR_MS = 60 * 60 * 1000;

/** Line 1 of every report for one environment: what was judged, how it stands, how much of it is known, and what narrowed it. */
export function formatCoverage(
  { environment, rows: all, firstParty, standings, waived, rehearsed, originKnown, published = 0, differs = 0 }: EnvironmentCoverage,
  report: Report,
): string {
  const { gaps, dormant, outside, only } = report;
  // A rule is dormant everywhere or nowhere.
  const isFirst = report.coverage[0]?.environment === environment;
  const counts = ORDER.flatMap((word) => (standings[word] ? [`${standings[word]} ${word}`] : []));
  const share = (part: number) => `${firstParty === 0 ? 0 : Math.floor((100 * part) / firstParty)} %`;
  return [
    ...(only.length > 0 ? [`NARROWED to ${only.join(', ')}`] : []),
    ...(published > 0 ? [`${published === all ? '' : `${published} of ${all} `}PUBLISHED, NOT SEEN RUNNING`] : []),
    `${environment} ${firstParty} first-party: ${counts.join(' · ') || 'nothing'}`,
    ...(waived > 0 ? [`${waived} waived`] : []),
    `${gaps.length} gap${gaps.length === 1 ? '' : 's'}`,
    `${standings.vendor ?? 0} vendor${differs > 0 ? `, ${differs} differ` : ''}`,
    `rehearsed ${share(rehearsed)}`,
    `origin known ${share(originKnown)}`,
    ...(outside.length > 0 ? [`${outside.length} namespace${outside.length === 1 ? '' : 's'} outside scope`] : []),
    ...(dormant.length > 0 && isFirst ? [`${dormant.length} rule${dormant.length === 1 ? '' : 's'} dormant`] : []),
    ...ageOf(report),
  ].join(' · ');
}

/** What was judged of files, where any was read: line 1 of a report about nothing else. */
export function formatFiles(report: Report): string | undefined {
  const { files, coverage, gaps, view } = report;
  if (files.length === 0 && coverage.length > 0) return undefined;
  const jobs = files.filter(({ is }) => is === 'workflow-job');
  const workflows = new Set(jobs.map(({ at }) => `${at.repository} ${at.path} ${at.commit}`)).size;
  return [
    ...(coverage.length === 0 ? ['FILES ALONE, NOTHING THAT RUNS'] : []),
    `${countOf(jobs.length, 'job')} of ${countOf(workflows, 'workflow')}`,
    countOf(files.length - jobs.length, 'Dockerfile'),
    countOf(view?.fileFindings ?? countInFiles(report), 'finding'),
    ...(coverage.length === 0 ? [countOf(gaps.length, 'gap')] : []),
  ].join(' · ');
}

/** How many findings about files stand by themselves. */
export function countInFiles({ findings }: Report): number {
  return findings.filter(({ at, under }) => at && !under).length;
}

function ageOf({ oldest, effectiveAt }: Report): string[] {
  const hours = oldest === undefined ? 0 : Math.floor((Date.parse(effectiveAt) - Date.parse(oldest)) / HOUR_MS);
  return hours > 0 ? [`oldest fact ${hours} h`] : [];
}
