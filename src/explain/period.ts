import { judgeSince, type Law } from '../audit.ts';
import { sortedBy } from '../domain/order.ts';
import { distinctRecordings, type Recording } from '../domain/recording.ts';
import type { Report, ReportRow } from '../domain/report.ts';

/** How a row came to be: it was there when the period began, it is new, or it is there again after it was not, or was not seen. */
export type Arrival = 'at the beginning' | 'new' | 'again';

/** One recording of a period: what an audit concluded then, by what was known then, and the rows that the recording before it did not have. */
export type Night = Readonly<{
  takenAt: Recording['takenAt'];
  report: Report;
  arrived: readonly Readonly<{ is: Arrival; row: ReportRow }>[];
}>;

/** Retells a period, recording by recording: what came later is not known to any of them. */
export function* nightsOf(recordings: readonly Recording[], law: Law): Iterable<Night> {
  const inOrder = sortedBy(distinctRecordings(recordings), ({ takenAt, digest }) => `${takenAt.to} ${digest}`);
  const ever = new Set<string>();
  let before: ReadonlyMap<string, readonly string[]> = new Map();
  for (const [at, { takenAt }] of inOrder.entries()) {
    const report = judgeSince(inOrder.slice(0, at + 1), law, undefined);
    const fresh = report.rows.filter(({ where, artifact }) => !before.get(where)?.includes(artifact));
    const isOf = (row: ReportRow): Arrival => (at === 0 ? 'at the beginning' : ever.has(keyOf(row)) ? 'again' : 'new');
    yield { takenAt, report, arrived: fresh.map((row) => ({ is: isOf(row), row })) };
    for (const row of report.rows) ever.add(keyOf(row));
    const now = [...Map.groupBy(report.rows, ({ where }) => where)].map(
      ([where, rows]) => [where, rows.map(({ artifact }) => artifact)] as const,
    );
    // Elsewhere than where it was narrowed to, nobody looked.
    before = new Map([...(report.only.length > 0 ? before : []), ...now]);
  }
}

/** A place and what runs there: another artifact in the place is a change, more instances of it are none. */
function keyOf({ where, artifact }: ReportRow): string {
  return `${where} ${artifact}`;
}
