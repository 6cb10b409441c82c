import { didYouMean } from '../config/did-you-mean.ts';
import type { Plan } from '../domain/plan.ts';
import type { Report } from '../domain/report.ts';
import { AuditError } from '../error.ts';
import { viewOf } from '../report/view-of.ts';

/** Refuses an owner that is no team: an empty view would look like a team without findings. */
export function refuseUnknownOwner(owner: string | undefined, teams: readonly Pick<Plan['teams'][number], 'name'>[]): void {
  const names = teams.map(({ name }) => name);
  if (owner === undefined || names.includes(owner)) return;
  const known =
    names.length > 0 ? `The teams are: ${names.join(', ')}.` : 'Name the teams and what they own under `teams` of the configuration.';
  throw new AuditError('USAGE', `--owner "${owner}" is no team`, { hint: `${didYouMean(owner, names)} ${known}`.trim() });
}

/** What an owner is shown of a report; all of it, where no owner was named. */
export function shownTo(owner: string | undefined, report: Report): Report {
  refuseUnknownOwner(owner, report.teams);
  return owner === undefined ? report : viewOf(report, owner);
}
