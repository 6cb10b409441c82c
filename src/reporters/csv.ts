import { defineReporter, printable, type ReportRow } from 'selfsame';

/** What a line has, in the order of the columns. */
const COLUMNS: Readonly<Record<string, (row: ReportRow) => string | undefined>> = {
  environment: (row) => row.environment,
  place: (row) => row.where,
  image: (row) => row.image,
  digest: (row) => row.digest,
  platform: (row) => row.platform,
  owner: (row) => row.owner,
  instances: (row) => String(row.instances),
  standing: (row) => row.standing.is,
  reason: (row) => row.standing.reason,
  tier: (row) => row.standing.tier,
  confidence: (row) => row.standing.confidence,
  counterpart: (row) => row.counterpart,
  parity: (row) => row.parity,
  'waived by': (row) => row.waived?.owner,
  'waived until': (row) => row.waived?.until,
  'waiver approved by': (row) => row.waived?.approver,
  'waiver ticket': (row) => row.waived?.ticket,
  'waived because': (row) => row.waived?.because,
  why: (row) => row.text,
  next: (row) => row.next,
};

export default defineReporter({
  id: 'csv',
  title: 'The whole population, one container a line, for spreadsheets and auditors',
  mediaType: 'text/csv',
  *render({ rows, findings }) {
    const found = Map.groupBy(
      findings.flatMap(({ rule, where }) => where.map((place) => ({ rule, place }))),
      ({ place }) => place,
    );
    const rulesAt = (where: string) => [...new Set(found.get(where)?.map(({ rule }) => rule))].join(' ');
    yield lineOf([...Object.keys(COLUMNS), 'findings']);
    for (const row of rows) yield lineOf([...Object.values(COLUMNS).map((cellOf) => cellOf(row) ?? ''), rulesAt(row.where)]);
  },
});

/** RFC 4180: every field in quotes, lines ended by CR LF. */
function lineOf(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${harmless(cell).replaceAll('"', '""')}"`).join(',')}\r\n`;
}

/** A spreadsheet calculates what begins like a formula, full-width signs too; an apostrophe before it makes it text (OWASP, CSV Injection). */
function harmless(cell: string): string {
  const text = printable(cell);
  return /^[\t\r]/.test(cell) || /^[=+\-@＝＋－＠]/.test(text) ? `'${text}` : text;
}
