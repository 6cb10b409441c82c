import {
  defineReporter,
  escapeMarkup,
  type Finding,
  formatPlace,
  isOpen,
  placesOf,
  type Report,
  type ReportRow,
  tellCounting,
  tellWaiver,
} from 'selfsame';

export default defineReporter({
  id: 'junit',
  title: 'One test case a container, for CI systems that show JUnit results',
  mediaType: 'application/xml',
  *render(report) {
    const found = byPlace(report.findings);
    const suites = report.coverage.map(({ environment }) => ({
      environment,
      rows: report.rows.filter((row) => row.environment === environment),
    }));
    yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="selfsame">\n`;
    for (const { environment, rows } of suites) yield* tellSuite({ environment, rows, found, at: report.effectiveAt });
    yield* tellFiles(report, found);
    yield* tellGaps(report);
    yield '</testsuites>\n';
  },
});

type Found = ReadonlyMap<string, readonly Finding[]>;
type Suite = Readonly<{ environment: string; rows: readonly ReportRow[]; found: Found; at: string }>;

function byPlace(findings: readonly Finding[]): Found {
  const placed = findings.flatMap((finding) => finding.where.map((place) => ({ place, finding })));
  return new Map([...Map.groupBy(placed, ({ place }) => place)].map(([place, group]) => [place, group.map(({ finding }) => finding)]));
}

function* tellSuite({ environment, rows, found, at }: Suite): Iterable<string> {
  const results = rows.map((row) => ({ row, ...resultOf(row, found.get(row.where) ?? []) }));
  const count = (one: string) => results.filter(({ is }) => is === one).length;
  const totals = `tests="${rows.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
  yield `<testsuite name="${escapeMarkup(environment)}" ${totals} time="0" timestamp="${escapeMarkup(at.replace(/(?:\.\d+)?Z$/, ''))}">\n`;
  for (const { row, is, message, text } of results) {
    const name = `<testcase classname="${escapeMarkup(classOf(row))}" name="${escapeMarkup(row.where)}" time="0"`;
    yield is === 'pass'
      ? `${name}/>\n`
      : `${name}><${is} message="${escapeMarkup(message)}"${is === 'skipped' ? '' : ` type="${is}"`}>${escapeMarkup(text)}</${is}></testcase>\n`;
  }
  yield '</testsuite>\n';
}

/** One test case a part of a file: what no rule finds anything in passes. */
function* tellFiles({ files: all, effectiveAt, view }: Report, found: Found): Iterable<string> {
  const files = view ? all.filter(({ owner }) => owner === view.owner) : all;
  if (files.length === 0) return;
  // A file that was read at several commits is one case.
  const places = [...new Set(files.map(({ where }) => where))];
  const open = places.map((where) => ({ where, findings: (found.get(where) ?? []).filter(isOpen) }));
  const failures = open.filter(({ findings }) => findings.length > 0).length;
  const at = escapeMarkup(effectiveAt.replace(/(?:\.\d+)?Z$/, ''));
  yield `<testsuite name="files" tests="${places.length}" failures="${failures}" errors="0" skipped="0" time="0" timestamp="${at}">\n`;
  for (const { where, findings } of open) {
    const name = `<testcase classname="selfsame.files" name="${escapeMarkup(where)}" time="0"`;
    const told = findings.map(
      (finding) => `${finding.severity} ${finding.rule}: ${finding.text} Fix: ${finding.fix} At ${placesOf(finding).join(', ')}`,
    );
    yield told.length === 0
      ? `${name}/>\n`
      : `${name}><failure message="${escapeMarkup(told[0] ?? '')}" type="failure">${escapeMarkup(told.join(' | '))}</failure></testcase>\n`;
  }
  yield '</testsuite>\n';
}

type Result = Readonly<{ is: 'pass' | 'failure' | 'error' | 'skipped'; message: string; text: string }>;

/** Drift that counts is a failure; what could not be judged is an error; what was waived or is built elsewhere was skipped. */
function resultOf(row: ReportRow, findings: readonly Finding[]): Result {
  const open = findings.filter(isOpen);
  const [first] = open;
  if (first)
    return {
      is: 'failure',
      message: `${first.rule}: ${first.text}`,
      text: [
        ...open.map(({ severity, rule, text, fix }) => `${severity} ${rule}: ${text} Fix: ${fix}`),
        ...(row.owner ? [`Owner: ${row.owner}`] : []),
        ...(row.standing.is === 'unresolved' ? [`unresolved: ${row.text}`] : []),
      ].join(' | '),
    };
  if (row.standing.is === 'unresolved' && !row.waived)
    return {
      is: 'error',
      message: `unresolved: ${row.text}`,
      text: `${row.next ? `Next: ${row.next}` : row.text}${row.owner ? ` | Owner: ${row.owner}` : ''}`,
    };
  const waiver = row.waived ?? findings.find(({ waived }) => waived)?.waived;
  if (waiver) return { is: 'skipped', message: tellWaiver(waiver), text: row.text };
  const [quiet] = findings.filter(({ from, since, under }) => (from ?? since) && !under);
  if (quiet) return { is: 'skipped', message: `${quiet.rule}, ${tellCounting(quiet).join(', ')}: ${quiet.text}`, text: row.text };
  if (row.standing.is === 'vendor') return { is: 'skipped', message: 'built outside this audit', text: row.text };
  return { is: 'pass', message: '', text: '' };
}

/** Never with a standing in it: the case stays the same one when its result changes. */
function classOf({ where }: ReportRow): string {
  const [environment, ...rest] = formatPlace(where).split('/');
  return ['selfsame', environment, ...rest.slice(0, -2)].join('.');
}

/** What could not be read, and why an audit is inconclusive, are errors: a view of tests may not look clean where the audit is not. */
function* tellGaps({ gaps, effectiveAt, exitCode, because }: Report): Iterable<string> {
  const open = [
    ...(exitCode === 3 ? [{ name: 'complete', message: `exit 3: ${because.join('; ')}`, text: '' }] : []),
    ...gaps.map(({ of, because: why, origin, hint }) => ({
      name: `${of} ${origin.locator}`,
      message: `not every ${of} could be listed, ${why}`,
      text: hint ? `Next: ${hint}` : '',
    })),
  ];
  if (open.length === 0) return;
  const at = escapeMarkup(effectiveAt.replace(/(?:\.\d+)?Z$/, ''));
  yield `<testsuite name="gaps" tests="${open.length}" failures="0" errors="${open.length}" skipped="0" time="0" timestamp="${at}">\n`;
  for (const { name, message, text } of open)
    yield `<testcase classname="selfsame.gaps" name="${escapeMarkup(name)}" time="0"><error message="${escapeMarkup(message)}" type="error">${escapeMarkup(text)}</error></testcase>\n`;
  yield '</testsuite>\n';
}
