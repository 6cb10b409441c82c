import type { Finding } from '../domain/finding.ts';
import { byText, groupBy } from '../domain/order.ts';
import { formatPlace, isInFile } from '../domain/place.ts';
import type { Plan } from '../domain/plan.ts';
import type { Report, ReportRow } from '../domain/report.ts';
import { ownerOfFile } from '../judge/owners.ts';
import { countOf } from './count-of.ts';

const LISTED_PLACES = 10;

/** The teams of a plan, and findings with those that own their rows; nothing else of them depends on it. */
export function owned(findings: readonly Finding[], rows: readonly ReportRow[], plan: Plan): Pick<Report, 'teams' | 'findings'> {
  const teams = plan.teams.map(({ name, contact }) => ({ name, ...(contact ? { contact } : {}) }));
  const byPlace = groupBy(rows, ({ where, artifact }) => `${where} ${artifact}`);
  const told = findings.map((finding) => {
    const of = finding.where.flatMap((place) => byPlace.get(`${place} ${finding.artifact}`) ?? []);
    const names = [
      ...of.flatMap(({ owner }) => owner ?? []),
      ...finding.where.filter(isInFile).flatMap((place) => ownerOfFile(place, plan).owner ?? []),
    ];
    const owners = [...new Set(names)].toSorted(byText);
    return owners.length > 0 ? { ...finding, owners } : finding;
  });
  return { teams, findings: told };
}

/** A team as it is told to whoever looks for it: with its contact, where it has one. */
export function formatOwner(name: string, { teams }: Report): string {
  const contact = teams.find((team) => team.name === name)?.contact;
  return contact ? `${name} (${contact})` : name;
}

/** Where a report has teams: the first-party containers that none of them owns, in one line. */
export function tellUnowned({ teams, rows, view }: Report): string[] {
  if (teams.length === 0 || view) return [];
  const places = rows
    .filter(({ owner, standing }) => owner === undefined && standing.is !== 'vendor')
    .map(({ where }) => formatPlace(where));
  if (places.length === 0) return [];
  const rest = places.length > LISTED_PLACES ? `, and ${places.length - LISTED_PLACES} more` : '';
  return [`nobody owns ${countOf(places.length, 'container')}: ${places.slice(0, LISTED_PLACES).join(', ')}${rest}`];
}

/** What a report of one team says of itself before everything else; nothing where the whole is shown. */
export function tellView(report: Report): string[] {
  const { view, rows } = report;
  if (!view) return [];
  return [
    `VIEW of ${formatOwner(view.owner, report)}: ${rows.length} of ${countOf(view.rows, 'container')}; coverage, gaps and exit code are of them all`,
  ];
}
