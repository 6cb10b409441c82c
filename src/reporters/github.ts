import { defineReporter, type Finding, formatGaps, formatPlace, groupGaps, isToMend, printable, type Report, tellCounting } from 'selfsame';

const LEVELS = { high: 'error', medium: 'warning', low: 'notice', info: 'notice' } as const;
type Level = 'error' | 'warning' | 'notice';
type Annotation = Readonly<{ level: Level; title: string; message: string; at?: Finding['at'] }>;

/** GitHub shows ten annotations of a level for a step and drops the rest without a word (docs.github.com, Usage limits, 2026). */
const SHOWN_PER_LEVEL = 10;

export default defineReporter({
  id: 'github',
  title: 'Annotations for a GitHub Actions job',
  mediaType: 'text/plain',
  *render(report) {
    const all = [...report.findings.filter(isToMend).map((one) => annotationOf(one, report)), ...openOf(report)];
    for (const level of ['error', 'warning', 'notice'] as const) yield* tellLevel(level, all);
  },
});

function* tellLevel(level: Level, all: readonly Annotation[]): Iterable<string> {
  const ofLevel = all.filter((one) => one.level === level);
  const isCut = ofLevel.length > SHOWN_PER_LEVEL;
  const shown = isCut ? ofLevel.slice(0, SHOWN_PER_LEVEL - 1) : ofLevel;
  for (const one of shown) yield commandOf(one);
  if (isCut)
    yield commandOf({
      level,
      title: `selfsame: ${ofLevel.length - shown.length} more`,
      message: `GitHub shows ${SHOWN_PER_LEVEL} annotations of a level: ${ofLevel.length - shown.length} more are in the report. Write it with --report markdown=FILE or --report json=FILE.`,
    });
}

function annotationOf(finding: Finding, { coverage }: Report): Annotation {
  const { severity, rule, text, fix, where, at, from, since } = finding;
  const more = where.length > 1 ? ` (${where.length} places, the first is ${formatPlace(where[0] ?? '')})` : '';
  return {
    level: (from ?? since) ? 'notice' : LEVELS[severity],
    title: ['selfsame: ', [rule, ...tellCounting(finding)].join(', ')].join(''),
    message: `${text}${more} Fix: ${fix}`,
    ...(at && coverage.length === 0 ? { at } : {}),
  };
}

/** What is not known, once a reason, so that a job with gaps never looks clean. */
function openOf({ rows, gaps, exitCode, because }: Report): readonly Annotation[] {
  const unresolved = Map.groupBy(
    rows.filter(({ standing, waived }) => standing.is === 'unresolved' && !waived),
    ({ standing }) => standing.reason,
  );
  const doubt: Annotation = { level: 'warning', title: 'selfsame: inconclusive', message: `exit 3: ${because.join('; ')}` };
  return [
    ...(exitCode === 3 ? [doubt] : []),
    ...[...unresolved.values()].map((group): Annotation => {
      const next = group[0]?.next ? ` Next: ${group[0].next}` : '';
      return {
        level: 'warning',
        title: 'selfsame: unresolved',
        message: `${group.length} row${group.length === 1 ? '' : 's'} unresolved, ${group[0]?.text}.${next}`,
      };
    }),
    ...groupGaps(gaps).map((group): Annotation => ({ level: 'warning', title: 'selfsame: gap', message: `${formatGaps(group)}.` })),
  ];
}

/** A line of a file is shown beside that line: files alone are those of the job's own checkout. */
function commandOf({ level, title, message, at }: Annotation): string {
  const file = at ? `file=${escapeProperty(at.path)},line=${at.line},` : '';
  return `::${level} ${file}title=${escapeProperty(title)}::${escapeData(message)}\n`;
}

/** As the toolkit of GitHub's own actions escapes the text of a command (actions/toolkit, packages/core/src/command.ts). */
function escapeData(text: string): string {
  return printable(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
