import { DAY_MS } from '../../domain/day.ts';
import { unreadable } from '../../error.ts';
import type { Left } from './read-attested.ts';
import type { Job, WorkflowRun } from './runs.ts';

type ReadRun = Readonly<{ repository: string; run: WorkflowRun; jobs: readonly Job[] }>;

// Ten days later they are deleted, of runs that stay listed (docs.github.com, retention of checks data, 2023); a server of one's own keeps them
// for as long as its administrators say.
const KEPT_DAYS = 400;

/** The runs that executed jobs which GitHub does not list any more: what their gates came to is not unknown, it is gone. */
export function expiredJobs(read: readonly ReadRun[], now: Date): readonly Left[] {
  return read
    .filter(({ run, jobs }) => jobs.length === 0 && hadJobs(run, now))
    .map(({ repository, run }) => ({ of: 'test', locator: `${repository} run ${run.id}`, error: expired(run) }));
}

/** A run that no job made a success of is none; one that failed may have been a file that nobody could read, unless it is that old. */
function hadJobs({ conclusion, created_at: created }: WorkflowRun, now: Date): boolean {
  const isOld = now.getTime() - Date.parse(created ?? '') > KEPT_DAYS * DAY_MS;
  return conclusion === 'success' || (conclusion === 'failure' && isOld);
}

function expired({ id }: WorkflowRun): Left['error'] {
  return unreadable('expired', `the jobs of run ${id} are not kept any more`, {
    hint: 'Keep the folder `cache` from scan to scan: what jobs came to is read from it when GitHub has deleted them, which it does after 400 days.',
  });
}
