import { isPlacedIn } from '../domain/place.ts';
import type { Report } from '../domain/report.ts';
import { baseMovesOf } from './base-moves.ts';
import { countInFiles } from './coverage-line.ts';

/** What of a report is one team's: rows, findings, waivers and open questions are narrowed, and no verdict is: the rest stays the whole estate's. */
export function viewOf(report: Report, owner: string): Report {
  const rows = report.rows.filter((row) => row.owner === owner);
  const files = report.files.filter((file) => file.owner === owner);
  const places = new Set([...rows, ...files].map(({ where }) => where));
  const isHere = (place: string) => places.has(place);
  const findings = report.findings
    .filter(({ owners }) => owners?.includes(owner))
    .map((finding) => ({ ...finding, where: finding.where.filter(isHere) }));
  const cited = new Set(findings.flatMap(({ evidence }) => evidence));
  const { baseMoves: _, ...rest } = report;
  return {
    ...rest,
    view: { owner, rows: report.rows.length, fileFindings: countInFiles(report) },
    rows,
    findings,
    ...baseMovesOf(findings, rows),
    unknowns: report.unknowns.map((one) => ({ ...one, where: one.where.filter(isHere) })).filter(({ where }) => where.length > 0),
    waivers: report.waivers.filter((waiver) => waiver.owner === owner || rows.some(({ where }) => isPlacedIn(where, waiver.where))),
    evidence: Object.fromEntries(Object.entries(report.evidence).filter(([id]) => cited.has(id))),
  };
}
