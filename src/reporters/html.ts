import {
  countOpenQuestions,
  defineReporter,
  digestsAmong,
  type Finding,
  formatCoverage,
  formatFiles,
  formatOwner,
  type Markup,
  markup,
  PAGE_STYLE,
  pageCoverage,
  pageOpenQuestions,
  pagePopulation,
  pageRest,
  pageRules,
  pageStandings,
  placesOf,
  type Report,
  sha256,
  tellCounting,
  tellLikely,
  tellView,
  tellWaiver,
  VERDICTS,
} from 'selfsame';

/** More places than anybody reads at once. */
const LISTED_PLACES = 10;
/** More findings than this begin folded, and are listed by rule before the first. */
const FINDINGS_A_GROUP = 50;
const FINDINGS_AT_ONCE = 10;
/** A longer timeline tells what happened, and folds what was only seen. */
const STEPS_AT_ONCE = 12;
/** Facts of the two sides of a comparison, by the name that a reader knows them by: what runs, and what was rehearsed. */
const SIDES = [
  ['Digest', 'running', 'tested'],
  ['Built by', 'shippedBy', 'testedBy'],
  ['Base image', 'shippedBase', 'testedBase'],
] as const;
/** Kinds of evidence that happened at their time; everything else was only seen then. */
const EVENTS: readonly string[] = ['build', 'test', 'approval', 'deployment'];
/** A longer command stands on a line of its own. */
const LONG_CODE = 60;
/** Told elsewhere on the card of a finding. */
const TOLD: readonly string[] = ['where', 'command', ...SIDES.flatMap(([, running, tested]) => [running, tested])];

export default defineReporter({
  id: 'html',
  title: 'One page for people who were not there: offline, printable, without scripts',
  mediaType: 'text/html',
  *render(report) {
    const rowIds = new Map(report.rows.map(({ where }, at) => [where, `row-${at + 1}`]));
    yield openPage(report).html;
    yield summaryOf(report).html;
    yield '<main id="content" class="page">';
    const isOfFiles = report.coverage.length === 0;
    if (!isOfFiles) for (const piece of pageStandings(report)) yield piece.html;
    yield* tellFindings(report, rowIds);
    for (const piece of [...pageOpenQuestions(report), ...pageRest(report)]) yield piece.html;
    if (!isOfFiles) for (const piece of pagePopulation(report)) yield piece.html;
    yield `</main>${aboutOf(report).html}</body></html>\n`;
  },
});

/** The policy allows the one style of the page, by its digest, and nothing else: no script, image, font, frame, form or request. */
function openPage({ exitCode, effectiveAt, promotion, coverage }: Report): Markup {
  const policy = `default-src 'none'; style-src 'sha256-${Buffer.from(sha256(PAGE_STYLE), 'hex').toString('base64')}'; base-uri 'none'; form-action 'none'`;
  const where = coverage.length === 0 ? 'files alone' : (promotion.at(-1) ?? []).join(', ');
  const title = `selfsame: ${where}, ${VERDICTS[exitCode]}, ${effectiveAt.slice(0, 10)}`;
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
<title>${title}</title><style>${{ html: PAGE_STYLE }}</style></head>
<body><a class="skip" href="#findings">Skip to the findings</a>
`;
}

function summaryOf(report: Report): Markup {
  const { exitCode, because, effectiveAt, promotion, coverage, findings, rows } = report;
  const primary = findings.filter(({ under }) => !under).length;
  const files = formatFiles(report);
  return markup`<header class="top"><div class="page"><h1>${questionOf(report)}</h1>
<p class="verdict"><strong class="chip exit-${exitCode}">${VERDICTS[exitCode]}</strong> <span>exit ${exitCode}: ${because.join('; ')}</span></p>
<p class="note">As of ${timeOf(effectiveAt)}; promoted ${promotion.map((rank) => rank.join(', ')).join(' → ')}.</p>
${tellView(report).map((line) => markup`<p><strong>${line}</strong></p>\n`)}<ul class="coverage">${coverage.map((one) => markup`<li>${pageCoverage(one)}${formatCoverage(one, report)}</li>`)}${files && markup`<li>${files}</li>`}</ul>
<nav aria-label="Sections"><ul>${coverage.length > 0 && markup`<li><a href="#standings">Standings</a></li>`}<li><a href="#findings">Findings (${primary})</a></li>
<li><a href="#open">Not known (${countOpenQuestions(report)})</a></li><li><a href="#beside">Beside</a></li>${coverage.length > 0 && markup`<li><a href="#population">All containers (${rows.length})</a></li>`}
<li><a href="#about">About this report</a></li></ul></nav></div></header>
`;
}

function questionOf({ coverage, promotion }: Report): string {
  if (coverage.length === 0) return 'Do these workflows deploy what they test?';
  const last = promotion.at(-1) ?? [];
  const names = [last.slice(0, -1).join(', '), ...last.slice(-1)].filter(Boolean).join(' and ');
  return `${last.length > 1 ? 'Do' : 'Does'} ${names} run what was tested?`;
}

function* tellFindings(report: Report, rowIds: ReadonlyMap<string, string>): Iterable<string> {
  const primary = report.findings.filter(({ under }) => !under);
  const explained = Map.groupBy(report.findings, ({ under }) => under ?? '');
  yield `<section aria-labelledby="findings"><h2 id="findings" tabindex="-1">Findings</h2>`;
  if (primary.length === 0) yield '<p>No rule found drift.</p>';
  for (const { text } of report.baseMoves ?? []) yield markup`<p>${text}</p>`.html;
  if (primary.length > FINDINGS_AT_ONCE) yield pageRules(primary).html;
  for (const [at, finding] of primary.entries()) {
    if (at > 0 && at % FINDINGS_A_GROUP === 0) yield foldFrom(primary, at);
    yield tellFinding({ finding, report, rowIds, at: at + 1, told: explained.get(finding.fingerprint) ?? [] }).html;
  }
  yield primary.length > FINDINGS_A_GROUP ? '</details></section>' : '</section>';
}

/** Ends the group before, if there is one, and begins the next. */
function foldFrom(findings: readonly Finding[], at: number): string {
  const last = Math.min(at + FINDINGS_A_GROUP, findings.length);
  const next = markup`<details class="group"><summary>Findings ${at + 1} to ${last}, from ${findings[at]?.rule}</summary>`;
  return at > FINDINGS_A_GROUP ? `</details>${next.html}` : next.html;
}

type Card = Readonly<{
  finding: Finding;
  report: Report;
  rowIds: ReadonlyMap<string, string>;
  at: number;
  told: readonly Finding[];
}>;

function tellFinding(card: Card): Markup {
  const { finding, at, told, report } = card;
  const { severity, rule, confidence, text, cause, fix, waived, fingerprint, owners } = finding;
  return markup`<article class="finding is-${waived ? 'waived' : severity}" aria-labelledby="finding-${at}"><h3 id="finding-${at}"><span class="chip ${severity}">${severity}</span> ${rule}${
    waived && markup` <span class="chip">waived</span>`
  }${tellCounting(finding).map((why) => markup` <span class="chip">${why}</span>`)}</h3>
<p class="lead">${text}</p>
${waived && markup`<p>${tellWaiver(waived).replace(/^w/, 'W')}</p>`}${sidesOf(finding)}
<div class="fix"><h4>What to do</h4><p>${withCode(fix)}</p></div>
${cause && markup`<h4>Cause</h4><p>${cause.replaceAll('-', ' ')}</p>`}${
  told.length > 0 &&
  markup`<h4>Found with it</h4><ul>${told.map((other) => markup`<li><strong>${other.rule}</strong>: ${other.text}<br><strong>What to do:</strong> ${withCode(other.fix)}</li>`)}</ul>`
}
${likelyOf(card)}${whereOf(card)}${factsOf([finding, ...told])}${timelineOf(card)}
${owners && markup`<p>Owner: ${owners.map((owner) => formatOwner(owner, report)).join(', ')}</p>`}<p class="note">Confidence ${confidence}. Fingerprint <span class="id">${fingerprint}</span>. More: <code>selfsame rules ${rule}</code></p></article>
`;
}

function sidesOf({ facts }: Finding): Markup | undefined {
  const { running, tested } = facts;
  if (!running || !tested) return undefined;
  const side = (title: string, pick: 1 | 2) =>
    markup`<div class="side"><h4>${title}</h4><dl>${SIDES.map((names) => termOf(names[0], facts[names[pick]]))}</dl></div>`;
  return markup`<div class="sides">${side('Runs', 1)}${side('Was rehearsed', 2)}</div>`;
}

function termOf(name: string, value: string | undefined): Markup | undefined {
  return value ? markup`<dt>${name}</dt><dd class="id">${value}</dd>` : undefined;
}

function factsOf(findings: readonly Finding[]): Markup | undefined {
  const isAlone = findings.every(({ facts }) => !(facts.running && facts.tested));
  const facts = new Map(findings.flatMap((finding) => [...(isAlone ? digestsAmong(finding.facts) : []), ...Object.entries(finding.facts)]));
  const told = [...facts].filter(([name]) => !TOLD.includes(name) || (isAlone && name === 'running'));
  if (told.length === 0) return undefined;
  return markup`<details><summary>Facts (${told.length})</summary><dl>${told.map(([name, value]) => termOf(name, value))}</dl></details>`;
}

function likelyOf({ finding, report }: Card): Markup | undefined {
  const likely = tellLikely(finding, report);
  if (likely.length === 0) return undefined;
  return markup`<h4>Likely cause</h4><ul>${likely.map((cause) => markup`<li>${cause}</li>`)}</ul>`;
}

function whereOf({ finding, rowIds }: Card): Markup {
  const where = placesOf(finding);
  const link = (place: string) => {
    const id = rowIds.get(place);
    return id ? markup`<li><a href="#${id}">${place}</a></li>` : markup`<li>${place}</li>`;
  };
  const rest = where.slice(LISTED_PLACES);
  return markup`<h4>Where</h4><ul>${where.slice(0, LISTED_PLACES).map(link)}</ul>${
    rest.length > 0 && markup`<details><summary>And ${rest.length} places more</summary><ul>${rest.map(link)}</ul></details>`
  }`;
}

/** What the finding rests on, in the order of time; what happened is marked apart from what was only seen then. */
function timelineOf({ finding, report, told }: Card): Markup {
  const ids = [...new Set([finding, ...told].flatMap(({ evidence }) => evidence))];
  const facts = ids.flatMap((id) => report.evidence[id] ?? []);
  const inOrder = facts.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  const isLongLine = inOrder.length > STEPS_AT_ONCE;
  const shown = inOrder.filter(({ kind }) => !isLongLine || EVENTS.includes(kind));
  const seen = inOrder.filter(({ kind }) => isLongLine && !EVENTS.includes(kind));
  return markup`<h4>Timeline</h4>${shown.length > 0 && markup`<ol class="line">${shown.map(stepOf)}</ol>`}${
    seen.length > 0 && markup`<details><summary>And ${seen.length} things seen</summary><ol class="line">${seen.map(stepOf)}</ol></details>`
  }`;
}

function stepOf({ kind, at, origin, says }: Report['evidence'][string]): Markup {
  const isEvent = EVENTS.includes(kind);
  return markup`<li${isEvent && markup` class="event"`}>${timeOf(at)}${says} <span class="note">(${isEvent ? 'happened' : 'seen'}; ${origin.source}: ${origin.locator})</span></li>`;
}

function orderOf({ at, kind, says }: Report['evidence'][string]): string {
  return `${at} ${EVENTS.includes(kind) ? 0 : 1} ${says}`;
}

function timeOf(at: string): Markup {
  return markup`<time datetime="${at}">${at.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC')}</time>`;
}

/** A sentence with what stands between backquotes as code; after a line of code a full stop would begin the next. */
function withCode(text: string): readonly Markup[] {
  const parts = text.split('`');
  if (parts.length % 2 === 0) return [markup`${text}`];
  // Within brackets it stays in the sentence, however long it is.
  const isLine = (at: number) => (parts[at] ?? '').length > LONG_CODE && !/^[^(]*\)/.test(parts[at + 1] ?? '');
  return parts.map((part, at) => {
    if (at % 2 === 1) return markup`<code${isLine(at) && markup` class="command"`}>${part}</code>`;
    return markup`${at > 0 && isLine(at - 1) ? part.replace(/^[.,;] ?/, '') : part}`;
  });
}

function aboutOf({ tool, recordings, plan, effectiveAt, oldest, tally, only, code = [] }: Report): Markup {
  return markup`<footer class="page"><h2 id="about">About this report</h2><dl>
<dt>Written by</dt><dd>${tool.name} ${tool.version}</dd><dt>Effective at</dt><dd>${timeOf(effectiveAt)}</dd>
${oldest && markup`<dt>Oldest fact that can change</dt><dd>${timeOf(oldest)}</dd>`}${only.length > 0 && markup`<dt>Narrowed to</dt><dd>${only.join(', ')}</dd>`}
<dt>Verdicts of the rules</dt><dd>${tally.pass} pass, ${tally.drift} drift, ${tally.waived} waived, ${tally.unknown} unknown, ${tally.notApplicable} not applicable</dd>
<dt>Plan</dt><dd class="id">${plan}</dd>${code.map(
    ({ path, digest }) => markup`<dt>Judged by code of yours</dt><dd class="id">${path} ${digest}</dd>`,
  )}${recordings.map(
    ({ digest, takenAt }) => markup`<dt>Recording of ${timeOf(takenAt.from)} to ${timeOf(takenAt.to)}</dt><dd class="id">${digest}</dd>`,
  )}</dl>
<p class="note">Read-only: nothing was changed to make this report. The same recordings and plan give the same bytes.</p></footer>`;
}
