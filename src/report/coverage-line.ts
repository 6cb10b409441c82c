import type { EnvironmentCoverage, Report } from '../domain/report.ts';

const ORDER = ['selfsame', 'equivalent', 'rebuilt', 'foreign', 'untested', 'unresolved'] as const;

/** Line 1 of every report for one environment: what was judged, how it stands, how much of it is known. */
export function formatCoverage(coverage: EnvironmentCoverage, { gaps, dormant }: Report): string {
  const { environment, firstParty, standings, rehearsed, originKnown } = coverage;
  const counts = ORDER.flatMap((word) => (standings[word] ? [`${standings[word]} ${word}`] : []));
  const share = (part: number) => `${firstParty === 0 ? 0 : Math.floor((100 * part) / firstParty)} %`;
  return [
    `${environment} ${firstParty} first-party: ${counts.join(' · ') || 'nothing'}`,
    `${gaps.length} gaps`,
    `${standings.vendor ?? 0} vendor`,
    `rehearsed ${share(rehearsed)}`,
    `origin known ${share(originKnown)}`,
    ...(dormant.length > 0 ? [`${dormant.length} rules dormant: ${dormant.join(', ')}`] : []),
  ].join(' · ');
}
