import { byKey, byText, groupBy } from '../domain/order.ts';
import type { Report } from '../domain/report.ts';
import type { Judged, JudgedFile } from '../judge/judge.ts';

/** What rules could not tell, one line per rule and reason; what no source was configured for is dormant, and listed once. */
export function unknownsOf(judged: readonly Judged[], judgedFiles: readonly JudgedFile[]): Pick<Report, 'unknowns' | 'dormant'> {
  const placed = [
    ...judged.map(({ rule, row: { where }, verdict }) => ({ rule, where, verdict })),
    ...judgedFiles.map(({ rule, subject: { where }, verdict }) => ({ rule, where, verdict })),
  ];
  const all = placed.flatMap(({ rule, where, verdict }) =>
    verdict.outcome === 'unknown' ? verdict.because.map((because) => ({ rule: rule.id, because, where })) : [],
  );
  const isDormant = ({ because }: { because: string }) => because.endsWith('not-configured');
  const asked = all.filter((one) => !isDormant(one));
  const unknowns = [...groupBy(asked, ({ rule, because }) => `${rule} ${because}`)].toSorted(byKey(([key]) => key)).map(([, group]) => ({
    rule: group[0]?.rule ?? '',
    because: group[0]?.because ?? '',
    where: [...new Set(group.map(({ where }) => where))].toSorted(byText),
  }));
  return { unknowns, dormant: [...new Set(all.filter(isDormant).map(({ rule }) => rule))].toSorted(byText) };
}
