import {
  defineReporter,
  digestsAmong,
  escapeMarkdown,
  type Finding,
  formatCoverage,
  formatGaps,
  groupGaps,
  placesOf,
  type Report,
  tellLikely,
} from 'selfsame';

type Event = Report['evidence'][string];

/** Kinds that say that something happened or was so at a time, as they follow each other at one time; the others say what something is made of. */
const DATED = ['build', 'test', 'approval', 'deployment', 'tag', 'declared-image', 'running-image'];

/** Those of them that happened at their time. */
const EVENTS = ['build', 'test', 'approval', 'deployment'];

export default defineReporter({
  id: 'timeline',
  title: 'Every incident told in the order of its events, for a postmortem',
  mediaType: 'text/markdown',
  *render(report) {
    yield `# What happened, as of ${report.effectiveAt}\n\n`;
    for (const coverage of report.coverage) yield `- ${escapeMarkdown(formatCoverage(coverage, report))}\n`;
    yield `- **exit ${report.exitCode}**: ${escapeMarkdown(report.because.join('; '))}\n`;
    const incidents = report.findings.filter(({ under }) => !under);
    if (incidents.length === 0) yield '\nNo finding, so there is nothing to tell in order.\n';
    for (const finding of incidents) yield* tellIncident(finding, report);
    yield* tellUnread(report);
  },
});

function* tellIncident(finding: Finding, report: Report): Iterable<string> {
  const { severity, rule, text, fix, cause, facts, waived } = finding;
  const told = report.findings.filter(({ under, artifact }) => under === finding.fingerprint && artifact === finding.artifact);
  const cited = eventsOf([finding, ...told], report);
  yield `\n## ${severity}: ${escapeMarkdown(rule)}\n\n${escapeMarkdown(text)}\n\n`;
  yield '| when (UTC) | what | read from |\n|---|---|---|\n';
  for (const event of cited.filter(({ kind }) => DATED.includes(kind))) yield row(whenOf(event), event.says, placeOf(event));
  yield row(report.effectiveAt, 'this audit', report.recordings.map(({ digest }) => digest).join(', '));
  yield '\n';
  if (waived)
    yield `- waived until ${escapeMarkdown(waived.until)} by ${escapeMarkdown(waived.owner)}: ${escapeMarkdown(waived.because)}\n`;
  if (cause) yield `- cause: ${escapeMarkdown(cause.replaceAll('-', ' '))}\n`;
  for (const likely of tellLikely(finding, report)) yield `- likely cause: ${escapeMarkdown(likely)}\n`;
  for (const other of told) yield `- ${escapeMarkdown(other.rule)}: ${escapeMarkdown(other.text)}\n`;
  yield `- fix: ${escapeMarkdown(fix)}\n`;
  for (const place of placesOf(finding)) yield `- at ${escapeMarkdown(place)}\n`;
  for (const [name, digest] of digestsAmong(facts)) yield `- ${escapeMarkdown(name)}: ${escapeMarkdown(digest)}\n`;
  for (const event of cited.filter(({ kind }) => !DATED.includes(kind)))
    yield `- read: ${escapeMarkdown(event.says)} (${escapeMarkdown(placeOf(event))})\n`;
}

/** In the order of their times. */
function eventsOf(findings: readonly Finding[], { evidence }: Report): readonly Event[] {
  const ids = new Set(findings.flatMap((finding) => finding.evidence));
  const keyOf = (event: Event) => `${event.since ?? event.at} ${DATED.indexOf(event.kind)} ${event.says}`;
  return [...ids].flatMap((id) => evidence[id] ?? []).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** A state began before it was seen: both times are told, where both are known. */
function whenOf({ kind, at, since }: Event): string {
  if (EVENTS.includes(kind)) return at;
  if (since === undefined) return `seen ${at}`;
  return since === at ? at : `${since}, seen ${at}`;
}

function placeOf({ origin }: Event): string {
  return `${origin.source}: ${origin.locator}${origin.bytes ? `, kept as ${origin.bytes}` : ''}`;
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map(escapeMarkdown).join(' | ')} |\n`;
}

function* tellUnread({ gaps, rows }: Report): Iterable<string> {
  const unresolved = rows.filter(({ standing, waived }) => standing.is === 'unresolved' && !waived);
  if (gaps.length + unresolved.length > 0) yield '\n## What could not be told\n\n';
  for (const { where, text, next } of unresolved)
    yield `- ${escapeMarkdown(where)}: ${escapeMarkdown(text)}${next ? `. Next: ${escapeMarkdown(next)}` : ''}\n`;
  for (const group of groupGaps(gaps)) yield `- ${escapeMarkdown(formatGaps(group))}\n`;
}
