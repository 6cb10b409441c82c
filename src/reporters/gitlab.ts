import { defineReporter, type Finding, formatPlace, isToMend, printable, printableJson, type Severity, tellCounting } from 'selfsame';

const SEVERITIES: Readonly<Record<Severity, string>> = { high: 'critical', medium: 'major', low: 'minor', info: 'info' };

export default defineReporter({
  id: 'gitlab',
  title: 'A Code Quality report for GitLab merge requests',
  mediaType: 'application/json',
  *render({ findings, coverage }) {
    yield '[';
    for (const [at, finding] of findings.filter(isToMend).entries())
      yield `${at === 0 ? '' : ','}\n  ${printableJson(JSON.stringify(issueOf(finding, coverage.length === 0)))}`;
    yield '\n]\n';
  },
});

/** The five members that GitLab reads (docs.gitlab.com, Code Quality, report format, 2026); a path may not begin with `./`. */
function issueOf(finding: Finding, isOfCheckout: boolean): object {
  const { rule, text, fix, fingerprint, severity, where, at, from } = finding;
  const [first = ''] = where;
  const more = where.length > 1 ? ` (${where.length} places)` : '';
  return {
    description: printable([...tellCounting(finding).map((why) => `(${why})`), `${text}${more} Fix: ${fix}`].join(' ')),
    check_name: printable(rule),
    fingerprint,
    severity: SEVERITIES[from ? 'info' : severity],
    location:
      at && isOfCheckout
        ? { path: printable(at.path), lines: { begin: at.line } }
        : { path: printable(formatPlace(first)).replace(/^[./]+/, ''), lines: { begin: 1 } },
  };
}
