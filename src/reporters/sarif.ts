import {
  defineReporter,
  type Finding,
  formatPlace,
  printable,
  printableJson,
  type Report,
  type ReportRow,
  type Severity,
  tellCounting,
  tellWaiver,
} from 'selfsame';

const LEVELS: Readonly<Record<Severity, string>> = { high: 'error', medium: 'warning', low: 'note', info: 'note' };
/** What GitHub sorts alerts by: a number from 0 to 10 (docs.github.com, SARIF support, 2026). */
const SCORES: Readonly<Record<Severity, string>> = { high: '8.0', medium: '5.0', low: '3.0', info: '0.1' };
/** GitHub refuses a run with more results, or a file above 10 MB when packed; so many characters of ours pack to less than that. */
const MOST_RESULTS = 25_000;
const MOST_CHARACTERS = 30_000_000;
const MOST_LOCATIONS = 1000;
const UNRESOLVED = 'unresolved';

export default defineReporter({
  id: 'sarif',
  title: 'SARIF 2.1.0, for code scanning and other viewers of results',
  mediaType: 'application/sarif+json',
  *render(report) {
    const rules = rulesOf(report);
    yield `{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{\n"tool":${print({ driver: driverOf(report, rules) })},\n`;
    yield `"automationDetails":${print({ id: 'selfsame/' })},\n"results":[`;
    const { told, all } = yield* tellResults(report, rules);
    yield `\n],\n"invocations":${print([invocationOf(report, told, all)])},\n"properties":${print({ exitCode: report.exitCode, recordings: report.recordings.map(({ digest }) => digest), plan: report.plan })}\n}]}\n`;
  },
});

function rulesOf({ findings, rows }: Report): readonly string[] {
  const hasOpen = rows.some(({ standing }) => standing.is === UNRESOLVED);
  return [...new Set(findings.map(({ rule }) => rule)), ...(hasOpen ? [UNRESOLVED] : [])];
}

function driverOf({ tool, findings }: Report, rules: readonly string[]): object {
  return { name: tool.name, version: tool.version, semanticVersion: tool.version, rules: rules.map((id) => ruleOf(id, findings)) };
}

function ruleOf(id: string, findings: readonly Finding[]): object {
  const found = findings.find(({ rule }) => rule === id);
  const severity = found ? severityOf(found) : 'medium';
  const isOpen = id === UNRESOLVED;
  const help = isOpen
    ? 'What was read does not decide whether this container runs what was rehearsed. Its message names the next step.'
    : `A rule of selfsame. \`selfsame rules ${id}\` tells what it catches, why it matters, when it cannot tell, and what to do.`;
  return {
    id: printable(id),
    shortDescription: { text: message(isOpen ? 'Not enough is known to judge it' : id.replaceAll('-', ' ')) },
    help: { text: printable(help) },
    defaultConfiguration: { level: isOpen ? 'none' : LEVELS[severity] },
    properties: { tags: ['drift', 'supply-chain'], ...(isOpen ? {} : { 'security-severity': SCORES[severity] }) },
  };
}

/** Worst first, so that a limit cuts what matters least. */
function* tellResults(report: Report, rules: readonly string[]): Generator<string, { told: number; all: number }> {
  const open = report.rows.filter(({ standing }) => standing.is === UNRESOLVED);
  const all = report.findings.length + open.length;
  let [told, characters] = [0, 0];
  for (const result of resultsOf(report, open, rules)) {
    const text = print(result);
    characters += text.length;
    if (told === MOST_RESULTS || characters > MOST_CHARACTERS) break;
    yield `${told === 0 ? '' : ','}\n${text}`;
    told += 1;
  }
  return { told, all };
}

/** Files alone are those of the checkout that the run is about. */
function* resultsOf({ findings, coverage, against }: Report, open: readonly ReportRow[], rules: readonly string[]): Iterable<object> {
  const isOfCheckout = coverage.length === 0;
  const indexes = new Map(rules.map((rule, at) => [rule, at]));
  for (const finding of findings)
    yield { ...findingResult(finding, isOfCheckout), ...baselineOf(finding, against), ruleIndex: indexes.get(finding.rule) };
  for (const row of open) yield { ...openResult(row), ruleIndex: indexes.get(UNRESOLVED) };
}

function findingResult(finding: Finding, isOfCheckout: boolean): object {
  const { rule, text, fix, where, fingerprint, waived, confidence, cause, facts, at, owners = [] } = finding;
  const more = where.length > MOST_LOCATIONS ? ` The first ${MOST_LOCATIONS} of ${where.length} places are listed.` : '';
  return {
    ruleId: printable(rule),
    kind: 'fail',
    level: LEVELS[severityOf(finding)],
    message: { text: message([...tellCounting(finding).map((why) => `(${why})`), `${text} Fix: ${fix}${more}`].join(' ')) },
    locations: at && isOfCheckout ? [lineOf(at)] : where.slice(0, MOST_LOCATIONS).map(locationOf),
    partialFingerprints: { 'selfsame/v1': fingerprint },
    properties: {
      ...printed({ confidence, ...(cause ? { cause } : {}), ...(owners.length > 0 ? { owner: owners.join(', ') } : {}) }),
      facts: printed(facts),
    },
    ...suppressed(waived),
  };
}

/** SARIF 2.1.0 has it only where the run was compared with another. */
function baselineOf({ since }: Finding, against: string | undefined): object {
  return against === undefined ? {} : { baselineState: since ? 'unchanged' : 'new' };
}

/** What does not count yet is no error yet. */
function severityOf({ severity, from }: Finding): Severity {
  return from ? 'info' : severity;
}

function openResult({ where, text, next, waived, standing, owner }: ReportRow): object {
  return {
    ruleId: UNRESOLVED,
    kind: 'open',
    level: 'none',
    message: { text: message(`${formatPlace(where)}: ${text}.${next ? ` Next: ${next}` : ''}`) },
    locations: [locationOf(where)],
    partialFingerprints: { 'selfsame/v1': printable(`unresolved ${standing.reason} ${where}`) },
    ...(owner ? { properties: printed({ owner }) } : {}),
    ...suppressed(waived),
  };
}

function suppressed(waived: Finding['waived']): object {
  if (!waived) return {};
  const justification = printable(tellWaiver(waived));
  return { suppressions: [{ kind: 'external', status: 'accepted', justification }] };
}

/** Code scanning wants a file: the place of a container stands for one, as a path under `runtime`. */
function locationOf(where: string): object {
  return {
    physicalLocation: { artifactLocation: { uri: `runtime/${where.split('/').map(encodeSegment).join('/')}` }, region: { startLine: 1 } },
    logicalLocations: [{ fullyQualifiedName: printable(where), kind: 'resource' }],
  };
}

/** A file of the repository itself, by its own path. */
function lineOf({ path, line }: NonNullable<Finding['at']>): object {
  const uri = path.split('/').map(encodeSegment).join('/');
  return { physicalLocation: { artifactLocation: { uri }, region: { startLine: line } } };
}

function encodeSegment(segment: string): string {
  const encoded = encodeURIComponent(segment.toWellFormed()).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return encoded.replace(/^\.+$/, (dots) => dots.replaceAll('.', '%2E'));
}

/** An audit with gaps did not succeed; what a limit cut is said as loudly. */
function invocationOf({ gaps, exitCode, because }: Report, told: number, all: number): object {
  const cut =
    told < all
      ? [
          `Only ${told} of ${all} results are here: GitHub takes ${MOST_RESULTS} results and 10 MB. Write all of them with --report json=FILE.`,
        ]
      : [];
  const shut = gaps.map(
    ({ of, because: why, origin, hint }) => `Not every ${of} could be listed, ${why} (${origin.locator}).${hint ? ` Next: ${hint}` : ''}`,
  );
  return {
    executionSuccessful: gaps.length + cut.length === 0,
    exitCode,
    exitCodeDescription: printable(because.join('; ')),
    toolExecutionNotifications: [...cut, ...shut].map((text) => ({ level: 'error', message: { text: message(text) } })),
  };
}

/** In a message braces are placeholders, and brackets before a parenthesis are links (SARIF 2.1.0, 3.11.5 and 3.11.6). */
function message(text: string): string {
  return printable(text)
    .replace(/[{}]/g, '$&$&')
    .replace(/\[(?=[^\]]*\]\()/g, '\\[');
}

function printed(facts: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [printable(name), printable(value)]));
}

function print(value: unknown): string {
  return printableJson(JSON.stringify(value));
}
