import { defineReporter, digestsAmong, type Finding, formatCoverage, printable, type Report, shortDigest } from 'selfsame';

export default defineReporter({
  id: 'markdown',
  title: 'For job summaries, tickets and pull requests',
  mediaType: 'text/markdown',
  *render(report) {
    yield '# selfsame\n\n';
    for (const coverage of report.coverage) yield `- ${escape(formatCoverage(coverage, report))}\n`;
    yield `- **exit ${report.exitCode}**: ${escape(report.because.join('; '))}\n\n`;
    yield '| standing | container | image | why |\n|---|---|---|---|\n';
    for (const { standing, where, image, digest, text } of report.rows)
      yield `| ${standing.is} | ${escape(where)} | ${escape(image)}@${escape(shortDigest(digest))} | ${escape(text)} |\n`;
    for (const finding of report.findings) yield tellFinding(finding);
    yield* tellOpen(report);
  },
});

function tellFinding({ severity, rule, confidence, text, cause, fix, where, facts }: Finding): string {
  const digests = digestsAmong(facts);
  return [
    `\n## ${severity}: ${escape(rule)}\n\n${escape(text)}\n\n`,
    `- confidence: ${confidence}\n`,
    ...(cause ? [`- cause: ${escape(cause.replaceAll('-', ' '))}\n`] : []),
    `- fix: ${escape(fix)}\n`,
    ...where.map((place) => `- at ${escape(place)}\n`),
    ...digests.map(([name, value]) => `- ${escape(name)}: ${escape(value)}\n`),
  ].join('');
}

function* tellOpen({ rows, gaps }: Report): Iterable<string> {
  const unresolved = rows.filter(({ standing }) => standing.is === 'unresolved');
  const reasons = new Map(unresolved.map((row) => [row.standing.reason, row]));
  if (reasons.size + gaps.length > 0) yield '\n## Not known\n\n';
  for (const [reason, row] of reasons) {
    const count = unresolved.filter(({ standing }) => standing.reason === reason).length;
    yield `- ${count} rows unresolved, ${escape(row.text)}${row.next ? `. Next: ${escape(row.next)}` : ''}\n`;
  }
  for (const { of, because, origin, hint } of gaps)
    yield `- gap: not every ${of} could be listed, ${because} (${escape(origin.locator)})${hint ? `. Next: ${escape(hint)}` : ''}\n`;
}

/** Nothing of an image's name or label may become markup: what Markdown or HTML would read is written as character references. */
function escape(text: string): string {
  return printable(text).replace(/[\\`*_{}[\]<>()#+!|&@~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
