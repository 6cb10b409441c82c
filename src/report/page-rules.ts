import type { Finding } from '../domain/finding.ts';
import { groupBy } from '../domain/order.ts';
import { countOf } from './count-of.ts';
import { type Markup, markup } from './markup.ts';
import { placesOf } from './told-places.ts';

/** The rules that found something, in the order of the findings, each with a link to its first one: `finding-1` is the first of all. */
export function pageRules(findings: readonly Finding[]): Markup {
  const numbered = findings.map((finding, at) => ({ finding, at: at + 1 }));
  const byRule = groupBy(numbered, ({ finding: { severity, rule } }) => `${severity} ${rule}`);
  return markup`<ul class="index">${[...byRule.values()].map(lineOf)}</ul>`;
}

function lineOf(group: readonly Readonly<{ finding: Finding; at: number }>[]): Markup {
  const places = new Set(group.flatMap(({ finding }) => placesOf(finding))).size;
  const waived = group.filter(({ finding }) => finding.waived).length;
  const links = group
    .slice(0, 1)
    .map(
      ({ finding: { severity, rule }, at }) =>
        markup`<span class="chip ${severity}">${severity}</span> <a href="#finding-${at}">${rule}</a>`,
    );
  return markup`<li>${links}: ${countOf(group.length, 'finding')} in ${countOf(places, 'place')}${waived > 0 && `, ${waived} waived`}</li>`;
}
