import { groupBy } from '../domain/order.ts';
import type { Report } from '../domain/report.ts';
import { countOf } from './count-of.ts';
import { formatGaps, groupGaps } from './gap-groups.ts';

/** What is not known, a sentence each with its next step: unresolved containers by reason, then gaps. */
export function tellOpen({ rows, gaps }: Report): readonly string[] {
  const unresolved = rows.filter(({ standing, waived }) => standing.is === 'unresolved' && !waived);
  const reasons = [...groupBy(unresolved, ({ standing }) => standing.reason).values()].map(([first, ...more]) => {
    const next = first?.next ? `. Next: ${first.next}` : '';
    return `${countOf(more.length + 1, 'container')} unresolved, ${first?.text}${next}`;
  });
  return [...reasons, ...groupGaps(gaps).map((group) => `gap: ${formatGaps(group)}`)];
}
