import {
  defineReporter,
  digestsAmong,
  escapeMarkdown,
  escapeMarkdownCode,
  type Finding,
  formatCoverage,
  formatFiles,
  formatGaps,
  formatOwner,
  formatPlace,
  groupGaps,
  listedRows,
  placesOf,
  type Report,
  shortDigest,
  tellClusters,
  tellCode,
  tellCounting,
  tellDormant,
  tellLikely,
  tellRegistries,
  tellUnknowns,
  tellUnowned,
  tellVendors,
  tellView,
  tellWaiver,
  tellWaivers,
  VERDICTS,
} from 'selfsame';

export default defineReporter({
  id: 'markdown',
  title: 'For job summaries, tickets and pull requests',
  mediaType: 'text/markdown',
  *render(report) {
    yield `# selfsame\n\n**${VERDICTS[report.exitCode]}** (exit ${report.exitCode}): ${escapeMarkdown(report.because.join('; '))}\n\n`;
    for (const coverage of report.coverage) yield `- ${escapeMarkdown(formatCoverage(coverage, report))}\n`;
    const files = formatFiles(report);
    if (files) yield `- ${escapeMarkdown(files)}\n`;
    yield '\n';
    for (const line of tellView(report)) yield `${escapeMarkdown(line)}\n\n`;
    const { rows, left } = listedRows(report.rows);
    if (rows.length > 0) yield '| standing | container | image | why |\n|---|---|---|---|\n';
    for (const { standing, where, image, digest, text, waived } of rows)
      yield `| ${standing.is}${waived ? ', waived' : ''} | ${escapeMarkdown(formatPlace(where))} | ${escapeMarkdown(image)}${digest ? `@${escapeMarkdown(shortDigest(digest))}` : ', no digest'} | ${escapeMarkdown(text)} |\n`;
    if (left > 0) yield `\nAnd ${left} rows more, all selfsame or equivalent.\n`;
    for (const { text } of report.baseMoves ?? []) yield `\n${escapeMarkdown(text)}\n`;
    for (const finding of report.findings.filter(({ under }) => !under)) yield tellFinding(finding, report);
    yield* tellOpen(report);
    yield* tellBeside(report);
  },
});

function tellFinding(finding: Finding, report: Report): string {
  const { severity, rule, confidence, text, cause, fix, facts, waived, owners = [] } = finding;
  const told = report.findings.filter(({ under, artifact }) => under === finding.fingerprint && artifact === finding.artifact);
  return [
    `\n## ${severity}: ${escapeMarkdown(rule)}\n\n${escapeMarkdown(text)}\n\n`,
    ...(waived ? [`- ${escapeMarkdown(tellWaiver(waived))}\n`] : []),
    ...tellCounting(finding).map((why) => `- ${escapeMarkdown(why)}\n`),
    `- confidence: ${confidence}\n`,
    ...(cause ? [`- cause: ${escapeMarkdown(cause.replaceAll('-', ' '))}\n`] : []),
    ...told.map((other) => `- ${escapeMarkdown(other.rule)}: ${escapeMarkdown(other.text)}\n`),
    ...tellLikely(finding, report).map((likely) => `- likely cause: ${escapeMarkdown(likely)}\n`),
    `- fix: ${escapeMarkdownCode(fix)}\n`,
    ...owners.map((owner) => `- owner: ${escapeMarkdown(formatOwner(owner, report))}\n`),
    ...placesOf(finding).map((place) => `- at ${escapeMarkdown(place)}\n`),
    ...digestsAmong(facts).map(([name, value]) => `- ${escapeMarkdown(name)}: ${escapeMarkdown(value)}\n`),
  ].join('');
}

function* tellOpen({ rows, gaps }: Report): Iterable<string> {
  const unresolved = rows.filter(({ standing, waived }) => standing.is === 'unresolved' && !waived);
  const reasons = new Map(unresolved.map((row) => [row.standing.reason, row]));
  if (reasons.size + gaps.length > 0) yield '\n## Not known\n\n';
  for (const [reason, row] of reasons) {
    const count = unresolved.filter(({ standing }) => standing.reason === reason).length;
    yield `- ${count} ${count === 1 ? 'row' : 'rows'} unresolved, ${escapeMarkdown(row.text)}${row.next ? `. Next: ${escapeMarkdown(row.next)}` : ''}\n`;
  }
  for (const group of groupGaps(gaps)) yield `- gap: ${escapeMarkdown(formatGaps(group))}\n`;
}

function* tellBeside(report: Report): Iterable<string> {
  const outside = report.outside
    .filter(({ ours }) => ours.length > 0)
    .map(({ cluster, namespace, ours }) => `outside scope: ${cluster}/${namespace} runs ${ours.join(', ')}`);
  const waivers = tellWaivers(report).map(({ head, text }) => `${head}: ${text}`);
  const lines = [
    ...waivers,
    ...tellUnowned(report),
    ...tellVendors(report),
    ...tellClusters(report),
    ...tellRegistries(report),
    ...tellCode(report),
    ...outside,
    ...tellDormant(report),
    ...tellUnknowns(report),
  ];
  if (lines.length > 0) yield '\n## Beside\n\n';
  for (const line of lines) yield `- ${escapeMarkdown(line)}\n`;
}
