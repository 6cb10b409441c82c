import Table from 'cli-table3';
import {
  defineReporter,
  digestsAmong,
  type Finding,
  formatCoverage,
  printable,
  type Report,
  type ReportRow,
  shortDigest,
  wrap,
} from 'selfsame';

const LISTED_PLACES = 10;

export default defineReporter({
  id: 'table',
  title: 'What a person reads first, in a terminal',
  mediaType: 'text/plain',
  *render(report, { width, color }) {
    const bold = (text: string) => (color ? `\u001b[1m${text}\u001b[22m` : text);
    for (const coverage of report.coverage) yield `${wrap(printable(formatCoverage(coverage, report)), width)}\n`;
    if (report.upstreamOnly > 0) yield `upstream only: ${report.upstreamOnly}\n`;
    yield `\n${tableOf(report.rows, width)}\n`;
    for (const finding of report.findings) yield `\n${tellFinding(finding, width, bold)}`;
    yield* tellUnresolved(report, width, bold);
    yield* tellGaps(report, width, bold);
    yield `\n${bold(`exit ${report.exitCode}`)}: ${wrap(printable(report.because.join('; ')), width - 8, '        ')}\n`;
  },
});

function tableOf(rows: readonly ReportRow[], width: number): string {
  const free = Math.max(40, width - 16 - 4);
  const place = Math.floor(free * 0.55);
  const table = new Table({
    head: ['standing', 'container', 'image'],
    colWidths: [14, place, free - place],
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    const [environment, , ...slot] = row.where.split('/');
    table.push([
      row.standing.is,
      printable(`${environment}/${slot.join('/')}`),
      printable(`${nameOf(row.image)}@${shortDigest(row.digest)}`),
    ]);
  }
  return table.toString();
}

function nameOf(line: string): string {
  return line.split('/').slice(1).join('/');
}

function tellFinding(finding: Finding, width: number, bold: (text: string) => string): string {
  const places = finding.where.slice(0, LISTED_PLACES).map((place) => `  at ${printable(place)}\n`);
  const more = finding.where.length - LISTED_PLACES;
  const digests = digestsAmong(finding.facts);
  return [
    `${bold(printable(`${finding.severity} ${finding.rule}`))} (confidence ${finding.confidence})\n`,
    `  ${wrap(printable(finding.text), width - 2, '  ')}\n`,
    ...(finding.cause ? [`  cause: ${printable(finding.cause.replaceAll('-', ' '))}\n`] : []),
    `  fix: ${wrap(printable(finding.fix), width - 7, '       ')}\n`,
    ...places,
    ...(more > 0 ? [`  … and ${more} more\n`] : []),
    ...digests.map(([name, value]) => `  ${printable(`${name} ${value}`)}\n`),
    `  about: rules/${printable(finding.rule)}.md\n`,
  ].join('');
}

function* tellUnresolved({ rows }: Report, width: number, bold: (text: string) => string): Iterable<string> {
  const unresolved = rows.filter(({ standing }) => standing.is === 'unresolved');
  for (const reason of new Set(unresolved.map(({ standing }) => standing.reason))) {
    const ofReason = unresolved.filter(({ standing }) => standing.reason === reason);
    const [first] = ofReason;
    yield `\n${bold(`unresolved: ${ofReason.length} rows`)}, ${wrap(printable(first?.text ?? ''), width - 22, '  ')}\n`;
    for (const { where } of ofReason.slice(0, LISTED_PLACES)) yield `  at ${printable(where)}\n`;
    if (ofReason.length > LISTED_PLACES) yield `  … and ${ofReason.length - LISTED_PLACES} more\n`;
    if (first?.next) yield `  next: ${wrap(printable(first.next), width - 8, '        ')}\n`;
  }
}

function* tellGaps({ gaps }: Report, width: number, bold: (text: string) => string): Iterable<string> {
  for (const { of, because, origin, hint, scope } of gaps) {
    const where = Object.entries(scope).map(([name, value]) => `${name} ${value}`);
    yield `\n${bold('gap')}: ${wrap(printable(`not every ${of} could be listed, ${because}: ${where.join(', ')} (${origin.locator})`), width - 5, '  ')}\n`;
    if (hint) yield `  next: ${wrap(printable(hint), width - 8, '        ')}\n`;
  }
}
