import Table from 'cli-table3';
import {
  defineReporter,
  digestsAmong,
  type Finding,
  fold,
  formatCoverage,
  formatFiles,
  formatOwner,
  formatPlace,
  groupGaps,
  listedRows,
  placesOf,
  printable,
  type Report,
  type ReportRow,
  shortDigest,
  tellClusters,
  tellCode,
  tellCounting,
  tellDormant,
  tellLikely,
  tellLocators,
  tellRegistries,
  tellUnknowns,
  tellUnowned,
  tellVendors,
  tellView,
  tellWaiver,
  tellWaivers,
  wrap,
} from 'selfsame';

const LISTED_PLACES = 10;
/** A table of more rows takes more than linear time. */
const ROWS_A_TABLE = 200;
const NARROW = 60;
type Style = Readonly<{ width: number; bold: (text: string) => string }>;

export default defineReporter({
  id: 'table',
  title: 'What a person reads first, in a terminal',
  mediaType: 'text/plain',
  *render(report, { width, color }) {
    const style: Style = { width, bold: (text) => (color ? `\u001b[1m${text}\u001b[22m` : text) };
    for (const coverage of report.coverage) yield `${wrap(printable(formatCoverage(coverage, report)), width)}\n`;
    const files = formatFiles(report);
    if (files) yield `${wrap(printable(files), width)}\n`;
    for (const line of tellView(report)) yield `${wrap(printable(line), width)}\n`;
    yield* tellRows(report.rows, style);
    for (const { text } of report.baseMoves ?? []) yield `\n${wrap(printable(text), width, '  ')}\n`;
    for (const finding of report.findings.filter(({ under }) => !under)) yield* tellFinding(finding, report, style);
    yield* tellUnresolved(report, style);
    yield* tellGaps(report, style);
    yield* listWaivers(report, style);
    yield* tellBeside(report, style);
    yield `\n${style.bold(`exit ${report.exitCode}`)}: ${wrap(printable(`${report.because.join('; ')} (as of ${report.effectiveAt})`), width - 8, '        ')}\n`;
  },
});

function* tellRows(all: readonly ReportRow[], { width }: Style): Iterable<string> {
  const { rows, left } = listedRows(all);
  const isOneEnvironment = new Set(all.map(({ environment }) => environment)).size === 1;
  const placeOf = ({ where }: ReportRow) => (isOneEnvironment ? formatPlace(where).replace(/^[^/]*\//, '') : formatPlace(where));
  if (rows.length === 0) return;
  const cells = rows.map((row) => [row.standing.is, placeOf(row), imageOf(row), whyOf(row)].map(printable));
  const columns = columnsOf(cells, width);
  for (let at = 0; at < cells.length; at += ROWS_A_TABLE) yield `\n${tableOf(cells.slice(at, at + ROWS_A_TABLE), columns, at === 0)}\n`;
  if (left > 0) yield `and ${left} rows more, all selfsame or equivalent: --report json lists them\n`;
}

const HEADS = ['standing', 'container', 'image', 'why'];

/** Columns as wide as what stands in them, where there is room; else each gives way down to its share. None where a table would be too narrow. */
function columnsOf(cells: readonly string[][], width: number): readonly number[] | undefined {
  if (width < NARROW) return undefined;
  const [standing = 0, place = 0, image = 0, why = 0] = HEADS.map((head, at) =>
    cells.reduce((widest, row) => Math.max(widest, (row[at] ?? '').length + 2), head.length + 2),
  );
  // Five borders.
  const free = width - standing - 5;
  const last = Math.min(why, Math.max(Math.floor(free * 0.22), free - place - image));
  const third = Math.min(image, Math.max(Math.ceil((free - last) * 0.46), free - last - place));
  return [standing, Math.min(place, free - last - third), third, last];
}

function tableOf(cells: readonly string[][], columns: readonly number[] | undefined, isFirst: boolean): string {
  if (!columns) return cells.map(([standing, ...rest]) => [standing, ...rest.map((cell) => `  ${cell}`)].join('\n')).join('\n');
  const table = new Table({
    head: isFirst ? HEADS : [],
    colWidths: [...columns],
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: { head: [], border: [], compact: true },
  });
  table.push(...cells.map((row) => row.map((cell, at) => fold(cell, (columns[at] ?? 0) - 2))));
  return table.toString();
}

function imageOf({ image, digest }: ReportRow): string {
  return `${image.split('/').slice(1).join('/')}${digest ? `@${shortDigest(digest)}` : ', no digest'}`;
}

function whyOf({ standing, waived, pending, published }: ReportRow): string {
  const doubt = standing.order === 'not-established' ? ', order not established' : '';
  const reason = standing.tier && standing.is === 'selfsame' ? `${standing.tier}${doubt}` : standing.reason.replaceAll('-', ' ');
  const phase = published ? ', published' : ', not started';
  return `${reason}${pending ? phase : ''}${waived ? ', waived' : ''}`;
}

function* tellFinding(finding: Finding, report: Report, { width, bold }: Style): Iterable<string> {
  const { severity, rule, confidence, waived } = finding;
  const waiver = waived ? `, ${tellWaiver(waived)}` : '';
  const head = printable(`${severity} ${rule}`);
  yield `\n${wrap(`${head} (${printable([`confidence ${confidence}`, ...tellCounting(finding)].join(', '))}${printable(waiver)})`, width, '  ').replace(head, bold(head))}\n`;
  yield `  ${wrap(printable(finding.text), width - 2, '  ')}\n`;
  if (finding.cause) yield `  cause: ${printable(finding.cause.replaceAll('-', ' '))}\n`;
  for (const told of report.findings.filter(({ under, artifact }) => under === finding.fingerprint && artifact === finding.artifact))
    yield `  ${wrap(printable(`${told.rule}: ${told.text}`), width - 4, '    ')}\n`;
  for (const cause of tellLikely(finding, report)) yield `  likely cause: ${wrap(printable(cause), width - 16, '    ')}\n`;
  yield `  fix: ${wrap(printable(finding.fix), width - 7, '       ')}\n`;
  yield* tellPlaces(placesOf(finding));
  // What a waiver calls it.
  if (finding.at) yield `  as ${printable(finding.where.join(', '))}\n`;
  if (finding.owners)
    yield `  owner: ${wrap(printable(finding.owners.map((owner) => formatOwner(owner, report)).join(', ')), width - 9, '         ')}\n`;
  for (const [name, value] of digestsAmong(finding.facts)) yield `  ${printable(`${name} ${value}`)}\n`;
  yield `  ${wrap(`about: selfsame rules ${printable(rule)}`, width - 2, '    ')}\n`;
}

function* tellPlaces(places: readonly string[]): Iterable<string> {
  for (const place of places.slice(0, LISTED_PLACES)) yield `  at ${printable(place)}\n`;
  if (places.length > LISTED_PLACES) yield `  … and ${places.length - LISTED_PLACES} more\n`;
}

function* tellUnresolved({ rows }: Report, { width, bold }: Style): Iterable<string> {
  const unresolved = rows.filter(({ standing, waived }) => standing.is === 'unresolved' && !waived);
  for (const reason of new Set(unresolved.map(({ standing }) => standing.reason))) {
    const ofReason = unresolved.filter(({ standing }) => standing.reason === reason);
    const [first] = ofReason;
    const head = `unresolved: ${ofReason.length} row${ofReason.length === 1 ? '' : 's'}`;
    yield `\n${bold(head)}, ${wrap(printable(first?.text ?? ''), width - head.length - 2, '  ')}\n`;
    yield* tellPlaces(ofReason.map(({ where }) => where));
    if (first?.next) yield `  next: ${wrap(printable(first.next), width - 8, '        ')}\n`;
  }
}

function* tellGaps({ gaps }: Report, { width, bold }: Style): Iterable<string> {
  for (const group of groupGaps(gaps)) {
    const { of, because, hint, scope, locators } = group;
    const told = `not every ${of} could be listed, ${because}: ${scope.join(', ')} (${tellLocators(group)})`;
    const head = locators.length > 1 ? `${locators.length} gaps` : 'gap';
    yield `\n${bold(head)}: ${wrap(printable(told), width - head.length - 2, '  ')}\n`;
    if (hint) yield `  next: ${wrap(printable(hint), width - 8, '        ')}\n`;
  }
}

function* listWaivers(report: Report, { width, bold }: Style): Iterable<string> {
  for (const { head, text } of tellWaivers(report)) yield `\n${bold(head)}: ${wrap(printable(text), width - 22, '  ')}\n`;
}

/** What is shown and never counted. */
function* tellBeside(report: Report, { width }: Style): Iterable<string> {
  const { outside, idle, pending, upstreamOnly } = report;
  const lines = [
    ...tellVendors(report),
    ...tellClusters(report),
    ...tellRegistries(report),
    ...tellCode(report),
    ...outside
      .filter(({ ours }) => ours.length > 0)
      .map(
        ({ cluster, namespace, ours }) =>
          `outside scope: ${cluster}/${namespace} runs ${ours.join(', ')}: put it into an environment, or name the lines under thirdParty`,
      ),
    ...tellUnowned(report),
    ...tellDormant(report),
    ...(idle.length > 0 ? [`idle: ${idle.length} declared and running nothing`] : []),
    ...(pending.length > 0 ? [`waiting to start: ${pending.map(formatPlace).join(', ')}`] : []),
    ...(upstreamOnly > 0 ? [`upstream only: ${upstreamOnly}`] : []),
    ...tellUnknowns(report),
  ];
  if (lines.length > 0) yield '\n';
  for (const line of lines) yield `${wrap(printable(line), width - 2, '  ')}\n`;
}
