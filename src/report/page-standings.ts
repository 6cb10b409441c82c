import { shortDigest } from '../domain/digest.ts';
import { groupBy } from '../domain/order.ts';
import { formatPlace } from '../domain/place.ts';
import type { EnvironmentCoverage, Report, ReportRow } from '../domain/report.ts';
import type { StandingWord } from '../domain/standing.ts';
import { countOf } from './count-of.ts';
import { type Markup, markup } from './markup.ts';
import { tellWaiver } from './tell-waiver.ts';

const ORDER: readonly StandingWord[] = ['rebuilt', 'foreign', 'untested', 'unresolved', 'equivalent', 'selfsame', 'vendor'];
const CALM: readonly StandingWord[] = ['selfsame', 'equivalent', 'vendor'];
/** More than this many lines begin folded away. */
const SHOWN = 60;
const ROWS_A_TABLE = 500;

/** How the rows of an environment stand, as one bar; the sentence beside it says the same. */
export function pageCoverage({ environment, firstParty, standings }: EnvironmentCoverage): Markup | undefined {
  if (firstParty === 0) return undefined;
  let from = 0;
  const parts = ORDER.filter((word) => word !== 'vendor' && standings[word]).map((word) => {
    const width = (100 * (standings[word] ?? 0)) / firstParty;
    const part = markup`<rect class="${word}" x="${from.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="4"></rect>`;
    from += width;
    return part;
  });
  return markup`<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label="Standings in ${environment}">${parts}</svg>`;
}

type Service = Readonly<{ group: string; name: string; kind: string }>;

/** A workload by the names that its counterparts in other environments share. */
function serviceOf({ where }: ReportRow): Service {
  const [, , namespace = '', kind = '', name = where] = where.split('/');
  return { group: namespace === '*' ? 'injected' : namespace, kind, name };
}

/** The matrix of services and environments, a table a namespace, each standing a link to its row. */
export function* pageStandings({ rows, promotion }: Report): Iterable<Markup> {
  const numbered = rows.map((row, at) => ({ row, at: at + 1, service: serviceOf(row) }));
  const environments = promotion.flat().filter((environment) => rows.some((row) => row.environment === environment));
  const groups = [...groupBy(numbered, ({ service }) => service.group)].toSorted(([, a], [, b]) => byWorst(a, b));
  const services = new Set(numbered.map(({ service }) => `${service.group}/${service.kind}/${service.name}`)).size;
  yield markup`<section aria-labelledby="standings"><h2 id="standings">Standings</h2><p class="note">${countOf(services, 'service')} in ${countOf(groups.length, 'namespace')}, by the environments they were promoted to; what needs attention first.</p>`;
  for (const [group, members] of groups) yield matrixOf(group, members, { environments, isOpen: services <= SHOWN });
  yield markup`</section>`;
}

type Numbered = Readonly<{ row: ReportRow; at: number; service: Service }>;

function byWorst(a: readonly Numbered[], b: readonly Numbered[]): number {
  return worstOf(a) - worstOf(b);
}

function worstOf(members: readonly Numbered[]): number {
  return ORDER.findIndex((word) => members.some(({ row }) => row.standing.is === word));
}

function matrixOf(
  group: string,
  members: readonly Numbered[],
  { environments, isOpen }: Readonly<{ environments: readonly string[]; isOpen: boolean }>,
): Markup {
  const services = [...groupBy(members, ({ service }) => `${service.kind} ${service.name}`).values()].toSorted(byWorst);
  const lines = services.map((ofService) => {
    const { kind, name } = ofService[0]?.service ?? { kind: '', name: '' };
    const cells = environments.map((environment) => {
      const here = ofService.filter(({ row }) => row.environment === environment);
      return markup`<td>${here.length > 0 ? here.map(cellOf) : '–'}</td>`;
    });
    return markup`<tr><th scope="row">${name} <span class="note">${kind}</span></th>${cells}</tr>`;
  });
  const hasDrift = members.some(({ row }) => !CALM.includes(row.standing.is));
  return markup`<details class="group"${(isOpen || (hasDrift && members.length <= SHOWN)) && markup` open`}><summary><strong>${group || 'no namespace'}</strong>${countsOf(members.map(({ row }) => row))}</summary>
<div class="scroll" role="region" tabindex="0" aria-label="Standings in ${group || 'no namespace'}"><table class="matrix"><thead><tr><th scope="col">Service</th>${environments.map(
    (environment) => markup`<th scope="col">${environment}</th>`,
  )}</tr></thead><tbody>${lines}</tbody></table></div></details>
`;
}

function cellOf({ row, at }: Numbered): Markup {
  const container = row.where.split('/').at(-1) ?? '';
  return markup`<a class="cell" href="#row-${at}"><span class="chip ${row.standing.is}">${row.standing.is}</span> ${container} <span class="id">${
    row.digest ? shortDigest(row.digest) : 'no digest'
  }</span></a>`;
}

/** How many rows stand how, worst first. */
function countsOf(rows: readonly ReportRow[]): readonly Markup[] {
  const counts = groupBy(rows, ({ standing }) => standing.is);
  return ORDER.filter((word) => counts.has(word)).map(
    (word) => markup` <span class="chip ${word}">${counts.get(word)?.length} ${word}</span>`,
  );
}

/** Every container that was judged, passes too, by standing: what needs attention first. */
export function* pagePopulation({ rows }: Report): Iterable<Markup> {
  yield markup`<section aria-labelledby="population"><h2 id="population">All containers</h2><p class="note">The whole population, acquitted and third-party ones too.</p>`;
  const numbered = rows.map((row, at) => ({ row, at: at + 1 }));
  for (const word of ORDER) {
    const ofWord = numbered.filter(({ row }) => row.standing.is === word);
    if (ofWord.length > 0) yield* tellStanding(word, ofWord);
  }
  yield markup`</section>`;
}

type Line = Omit<Numbered, 'service'>;

function* tellStanding(word: StandingWord, lines: readonly Line[]): Iterable<Markup> {
  const isOpen = lines.length <= SHOWN;
  yield markup`<details class="group"${isOpen && markup` open`}><summary><span class="chip ${word}">${word}</span> <span class="note">${lines.length}</span></summary>`;
  const isOneTable = lines.length <= ROWS_A_TABLE;
  for (let at = 0; at < lines.length; at += ROWS_A_TABLE) {
    const some = lines.slice(at, at + ROWS_A_TABLE);
    const name = isOneTable ? word : `${word}, ${at + 1} to ${at + some.length}, from ${formatPlace(some[0]?.row.where ?? '')}`;
    const table = tableOf(name, some);
    yield isOneTable ? table : markup`<details class="group"><summary>${name}</summary>${table}</details>`;
  }
  yield markup`</details>`;
}

function tableOf(name: string, lines: readonly Line[]): Markup {
  return markup`<table class="rows"><caption>Containers: ${name}</caption><thead><tr><th scope="col">Container and image</th><th scope="col">Why</th></tr></thead><tbody>${lines.map(
    lineOf,
  )}</tbody></table>
`;
}

function lineOf({ row, at }: Line): Markup {
  const { standing, where, image, digest, platform, instances, text, next, waived, counterpart, owner } = row;
  return markup`<tr id="row-${at}"><th scope="row">${where}<span class="id">${image}${digest ? `@${digest}` : ', no digest'}</span><span class="note">${countOf(
    instances,
    'instance',
  )}${platform && `, ${platform}`}${phaseOf(row)}${owner && `, of ${owner}`}</span></th>
<td>${text}${counterpart && standing.is !== 'selfsame' && markup`<span class="note">compared with ${shortDigest(counterpart)}</span>`}${
    waived && markup`<p>${tellWaiver(waived).replace(/^w/, 'W')}</p>`
  }${next && markup`<p><strong>Next:</strong> ${next}</p>`}</td></tr>
`;
}

function phaseOf({ pending, published }: ReportRow): string {
  if (published) return ', published by its channel, not seen running';
  return pending ? ', not started' : '';
}
