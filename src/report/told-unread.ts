import { groupBy } from '../domain/order.ts';
import { formatPlace } from '../domain/place.ts';
import type { Report } from '../domain/report.ts';
import { countOf } from './count-of.ts';

const NAMED = 8;

/** What jobs run that nobody read, each with the job or the number of jobs, those of the most jobs first; nothing where that leaves no rule in doubt. */
export function tellUnread({ files, unknowns }: Pick<Report, 'files' | 'unknowns'>): readonly string[] {
  const doubted = new Set(unknowns.filter(({ because }) => because.endsWith('calls-what-was-not-read')).flatMap(({ where }) => where));
  const all = files.filter(({ where }) => doubted.has(where)).flatMap(({ where, unread = [] }) => unread.map((what) => ({ what, where })));
  const things = [...groupBy(all, ({ what }) => what)].map(([what, group]) => {
    return { what, jobs: [...new Set(group.map(({ where }) => formatPlace(where)))] };
  });
  const told = things.toSorted((a, b) => b.jobs.length - a.jobs.length).slice(0, NAMED);
  const lines = told.map(({ what, jobs }) => `${what} in ${jobs.length === 1 ? jobs[0] : countOf(jobs.length, 'job')}`);
  const more = things.length > NAMED ? [`${things.length - NAMED} more`] : [];
  return lines.length > 0 ? [`not read, and might do anything: ${[...lines, ...more].join('; ')}`] : [];
}
