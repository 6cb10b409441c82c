import { groupBy } from '../domain/order.ts';
import type { Report } from '../domain/report.ts';
import { tellClusters } from './clusters.ts';
import { countOf } from './count-of.ts';
import { groupGaps } from './gap-groups.ts';
import { type Markup, markup } from './markup.ts';
import { tellUnowned } from './owners.ts';
import { tellRegistries } from './registries.ts';
import { tellDormant } from './told-dormant.ts';
import { tellUnread } from './told-unread.ts';
import { groupUnknowns } from './unknown-groups.ts';
import { tellVendors } from './vendors.ts';

const SHOWN_PLACES = 10;

/** How many things `pageOpenQuestions` lists. */
export function countOpenQuestions({ rows, gaps, unknowns }: Report): number {
  return groupUnresolved(rows).length + groupGaps(gaps).length + groupUnknowns(unknowns).length;
}

/** What is not known: unresolved rows by reason, gaps, and rules that could not tell; each with the next step. */
export function pageOpenQuestions({ rows, gaps, unknowns, files }: Report): readonly Markup[] {
  const reasons = groupUnresolved(rows).map((group) => {
    const [first] = group;
    return markup`<li><strong>${countOf(group.length, 'container')}</strong> unresolved: ${first?.text}.${first?.next && markup` <strong>Next:</strong> ${first.next}.`}${placesOf(group.map(({ where }) => where))}</li>`;
  });
  const shut = groupGaps(gaps).map(({ of, because, hint, scope, locators }) => {
    const alone = locators.length === 1 && markup` <span class="note">(${locators[0]})</span>`;
    const next = hint && markup`<br><strong>Next:</strong> ${hint}`;
    return markup`<li><strong>Not every ${of} could be listed</strong>, ${because}: ${scope.join(', ')}${alone}${next}${!alone && placesOf(locators)}</li>`;
  });
  const mute = groupUnknowns(unknowns).map(
    ({ reason, rules, where }) =>
      markup`<li><strong>${reason}</strong>: ${countOf(rules.length, 'rule')} could not tell, ${rules.join(', ')}${placesOf(where)}</li>`,
  );
  const unread = tellUnread({ unknowns, files }).map((line) => markup`<li>${line}</li>`);
  return [
    markup`<section aria-labelledby="open"><h2 id="open">Not known</h2>${
      reasons.length + shut.length + mute.length === 0 && markup`<p>Nothing in scope was left open.</p>`
    }`,
    ...listOf('Unresolved, by reason', reasons),
    ...listOf('Gaps in what was read', shut),
    ...listOf('Rules that could not tell', [...mute, ...unread]),
    markup`</section>`,
  ];
}

function groupUnresolved(rows: Report['rows']): readonly Report['rows'][] {
  const unresolved = rows.filter(({ standing, waived }) => standing.is === 'unresolved' && !waived);
  return [...groupBy(unresolved, ({ standing }) => standing.reason).values()];
}

/** What is shown and never counted: vendors, waivers, namespaces outside scope, what is idle or waits. */
export function pageRest(report: Report): readonly Markup[] {
  const { outside, idle, pending, upstreamOnly } = report;
  const asItem = (text: string) => markup`<li>${text}</li>`;
  const spaces = outside.map(
    ({ cluster, namespace, ours, onPath }) =>
      markup`<li>${cluster}/${namespace}${
        ours.length > 0 &&
        markup` runs <strong>${ours.join(', ')}</strong>${onPath.length > 0 && `, of which ${onPath.join(', ')} is promoted too`}. <strong>Next:</strong> put it into an environment, or name the lines under <code>thirdParty</code>`
      }</li>`,
  );
  const asides = [
    ...[...tellUnowned(report), ...tellDormant(report)].map((line) => line.replace(/^[a-z]/, (first) => first.toUpperCase())),
    ...(upstreamOnly > 0 ? [`Upstream only: ${upstreamOnly}`] : []),
  ];
  const lists = [
    ...waiversOf(report),
    ...listOf(
      'Third-party images',
      tellVendors(report).map((line) => asItem(line.replace(/^vendor: /, ''))),
    ),
    ...listOf(
      'Clusters that were read',
      tellClusters(report).map((line) => asItem(line.replace(/^cluster /, ''))),
    ),
    ...listOf(
      'Registries',
      tellRegistries(report).map((line) => asItem(line.replace(/^registry /, ''))),
    ),
    ...listOf('Namespaces outside scope', spaces),
    ...listOf('Declared and running nothing', idle.map(asItem)),
    ...listOf('Waiting to start', pending.map(asItem)),
    ...listOf('Also', asides.map(asItem)),
  ];
  const empty = markup`<p>No waivers, third-party images or namespaces outside scope.</p>`;
  return [
    markup`<section aria-labelledby="beside"><h2 id="beside">Beside</h2>`,
    ...(lists.length > 0 ? lists : [empty]),
    markup`</section>`,
  ];
}

function waiversOf({ waivers }: Report): readonly Markup[] {
  if (waivers.length === 0) return [];
  const lines = waivers.map(
    ({ about, where, owner, approver, ticket, until, state, why, concerns }) =>
      markup`<tr><td>${[state, ...concerns.map(({ is }) => is)].join(', ').replaceAll('-', ' ')}</td><th scope="row">${about}</th><td>${where}</td><td>${owner ?? 'nobody'}${approver && `, approved by ${approver}`}</td><td>${ticket}</td><td>${until ?? 'no date'}</td><td>${[why, ...concerns.map(({ says }) => says)].join('; ')}</td></tr>`,
  );
  const head = ['State', 'About', 'Where', 'Owner', 'Ticket', 'Until', 'Why'].map((name) => markup`<th scope="col">${name}</th>`);
  return [
    markup`<h3>Waivers</h3><div class="scroll" role="region" tabindex="0" aria-label="Waivers"><table class="wide"><thead><tr>${head}</tr></thead><tbody>${lines}</tbody></table></div>`,
  ];
}

function listOf(title: string, items: readonly Markup[]): readonly Markup[] {
  if (items.length === 0) return [];
  const list = markup`<ul>${items}</ul>`;
  const isLong = items.length > 5 * SHOWN_PLACES;
  return [
    markup`<h3>${title}</h3>${isLong ? markup`<details class="group"><summary>${items.length} in all</summary>${list}</details>` : list}`,
  ];
}

function placesOf(places: readonly string[]): Markup {
  const list = markup`<ul>${places.map((place) => markup`<li>${place}</li>`)}</ul>`;
  return places.length > SHOWN_PLACES ? markup`<details><summary>${places.length} places</summary>${list}</details>` : list;
}
