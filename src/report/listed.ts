import type { ReportRow } from '../domain/report.ts';
import type { StandingWord } from '../domain/standing.ts';

/** More rows than anybody reads: beyond it only those that were not acquitted are listed. */
const MOST_ROWS = 200;
const ATTENTION: readonly StandingWord[] = ['rebuilt', 'foreign', 'untested', 'unresolved', 'equivalent', 'selfsame'];

/** The rows that a person is shown, what needs attention first, and how many acquitted ones are left out; vendors have a list of their own. */
export function listedRows(rows: readonly ReportRow[]): Readonly<{ rows: readonly ReportRow[]; left: number }> {
  const judged = rows.filter(({ standing }) => standing.is !== 'vendor');
  const isOpen = ({ standing }: ReportRow) => standing.is !== 'selfsame' && standing.is !== 'equivalent';
  const listed = judged.length > MOST_ROWS ? judged.filter(isOpen) : judged;
  return { rows: ATTENTION.flatMap((word) => listed.filter(({ standing }) => standing.is === word)), left: judged.length - listed.length };
}
