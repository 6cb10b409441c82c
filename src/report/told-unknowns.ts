import { groupBy } from '../domain/order.ts';
import type { Report } from '../domain/report.ts';
import { countOf } from './count-of.ts';
import { tellUnread } from './told-unread.ts';

/** More rules with one reason are counted and not named. */
const NAMED = 4;

/** What rules could not tell, a line a reason, and what nobody read; what a rule cannot tell of an unresolved row is told by the row. */
export function tellUnknowns({ unknowns, rows, files }: Report): readonly string[] {
  const unresolved = new Set(rows.filter(({ standing }) => standing.is === 'unresolved').map(({ where }) => where));
  const open = unknowns.filter(({ where }) => where.some((place) => !unresolved.has(place)));
  const byReason = groupBy(open, ({ because }) => because.replace(/^[^:]+: /, ''));
  const lines = [...byReason].map(([reason, group]) => {
    const places = new Set(group.flatMap(({ where }) => where)).size;
    const rules = [...new Set(group.map(({ rule }) => rule))];
    const who = rules.length > NAMED ? countOf(rules.length, 'rule') : rules.join(', ');
    return `could not tell on ${countOf(places, 'place')}, ${reason.replaceAll('-', ' ')}: ${who}`;
  });
  return [...lines, ...tellUnread({ files, unknowns })];
}
