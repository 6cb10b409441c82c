import { groupBy } from '../domain/order.ts';
import type { Report } from '../domain/report.ts';
import { countOf } from './count-of.ts';

/** More rules with one reason are counted and not named. */
const NAMED = 4;

/** What rules could not tell, a line a reason. */
export function tellUnknowns(unknowns: Report['unknowns']): readonly string[] {
  const byReason = groupBy(unknowns, ({ because }) => because.replace(/^[^:]+: /, ''));
  return [...byReason].map(([reason, group]) => {
    const places = new Set(group.flatMap(({ where }) => where)).size;
    const rules = [...new Set(group.map(({ rule }) => rule))];
    const who = rules.length > NAMED ? countOf(rules.length, 'rule') : rules.join(', ');
    return `could not tell on ${countOf(places, 'place')}, ${reason.replaceAll('-', ' ')}: ${who}`;
  });
}
