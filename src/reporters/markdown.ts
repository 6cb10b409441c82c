import {
  defineReporter,
  digestsAmong,
  type Finding,
  formatCoverage,
  formatPlace,
  listedRows,
  printable,
  type Report,
  shortDigest,
  tellClusters,
  tellVendors,
} from 'selfsame';

export default defineReporter({
  id: 'markdown',
  title: 'For job summaries, tickets and pull requests',
  mediaType: 'text/markdown',
  *render(report) {
    yield '# selfsame\n\n';
    for (const coverage of report.coverage) yield `- ${escape(formatCoverage(coverage, report))}\n`;
    yield `- **exit ${report.exitCode}**: ${escape(report.because.join('; '))}\n\n`;
    const { rows, left } = listedRows(report.rows);
    yield '| standing | container | image | why |\n|---|---|---|---|\n';
    for (const { standing, where, image, digest, text, waived } of rows)
      yield `| ${standing.is}${waived ? ', waived' : ''} | ${escape(formatPlace(where))} | ${escape(image)}@${escape(shortDigest(digest))} | ${escape(text)} |\n`;
    if (left > 0) yield `\nAnd ${left} rows more, all selfsame or equivalent.\n`;
    for (const finding of report.findings.filter(({ under }) => !under)) yield tellFinding(finding, report);
    yield* tellOpen(report);
    yield* tellBeside(report);
  },
});

function tellFinding(finding: Finding, { findings }: Report): string {
  const { severity, rule, confidence, text, cause, fix, where, facts, waived } = finding;
  const told = findings.filter(({ under, artifact }) => under === finding.fingerprint && artifact === finding.artifact);
  return [
    `\n## ${severity}: ${escape(rule)}\n\n${escape(text)}\n\n`,
    ...(waived ? [`- waived until ${escape(waived.until)} by ${escape(waived.owner)}: ${escape(waived.because)}\n`] : []),
    `- confidence: ${confidence}\n`,
    ...(cause ? [`- cause: ${escape(cause.replaceAll('-', ' '))}\n`] : []),
    ...told.map((other) => `- ${escape(other.rule)}: ${escape(other.text)}\n`),
    `- fix: ${escape(fix)}\n`,
    ...where.map((place) => `- at ${escape(place)}\n`),
    ...digestsAmong(facts).map(([name, value]) => `- ${escape(name)}: ${escape(value)}\n`),
  ].join('');
}

function* tellOpen({ rows, gaps }: Report): Iterable<string> {
  const unresolved = rows.filter(({ standing, waived }) => standing.is === 'unresolved' && !waived);
  const reasons = new Map(unresolved.map((row) => [row.standing.reason, row]));
  if (reasons.size + gaps.length > 0) yield '\n## Not known\n\n';
  for (const [reason, row] of reasons) {
    const count = unresolved.filter(({ standing }) => standing.reason === reason).length;
    yield `- ${count} rows unresolved, ${escape(row.text)}${row.next ? `. Next: ${escape(row.next)}` : ''}\n`;
  }
  for (const { of, because, origin, hint } of gaps)
    yield `- gap: not every ${of} could be listed, ${because} (${escape(origin.locator)})${hint ? `. Next: ${escape(hint)}` : ''}\n`;
}

function* tellBeside(report: Report): Iterable<string> {
  const outside = report.outside
    .filter(({ ours }) => ours.length > 0)
    .map(({ cluster, namespace, ours }) => `outside scope: ${cluster}/${namespace} runs ${ours.join(', ')}`);
  const waivers = report.waivers
    .filter(({ state }) => state !== 'applied')
    .map(({ about, where, state, why }) => `waiver ${state.replaceAll('-', ' ')}: ${about} at ${where}: ${why}`);
  const lines = [...waivers, ...tellVendors(report), ...tellClusters(report), ...outside];
  if (lines.length > 0) yield '\n## Beside\n\n';
  for (const line of lines) yield `- ${escape(line)}\n`;
}

/** Nothing of an image's name or label may become markup: what Markdown or HTML would read is written as character references. */
function escape(text: string): string {
  return printable(text).replace(/[\\`*_{}[\]<>()#+!|&@~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
