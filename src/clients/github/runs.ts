import { z } from 'zod';
import { unreadable } from '../../error.ts';
import type { Github } from '../github.ts';

/** A number of GitHub as text: they outgrow what a number of JavaScript holds. */
export const Id = z.union([z.int(), z.bigint()]).transform(String);
const Owned = z.object({ id: Id, full_name: z.string() });

const Account = z.object({ login: z.string() });

const Run = z.object({
  id: Id,
  name: z.string().nullish(),
  path: z.string().default(''),
  head_sha: z.string(),
  event: z.string(),
  status: z.string().nullish(),
  conclusion: z.string().nullish(),
  run_attempt: z.int().positive().nullish(),
  repository: Owned,
  // Null where the fork is gone.
  head_repository: Owned.nullish(),
  // Who set it going at first, and in its last attempt.
  actor: Account.nullish(),
  triggering_actor: Account.nullish(),
  created_at: z.iso.datetime({ offset: true }).nullish(),
  updated_at: z.iso.datetime({ offset: true }).nullish(),
  html_url: z.string().nullish(),
});

/** One execution of a workflow, over all its attempts. */
export type WorkflowRun = z.output<typeof Run>;

const Job = z.object({
  id: Id,
  run_id: Id,
  run_attempt: z.int().positive().default(1),
  head_sha: z.string(),
  name: z.string(),
  conclusion: z.string().nullish(),
  started_at: z.string().nullish(),
  completed_at: z.string().nullish(),
  html_url: z.string().nullish(),
  steps: z.array(z.object({ name: z.string() })).nullish(),
});

/** One execution of a job in one attempt of a run. */
export type Job = z.output<typeof Job>;

const PER_PAGE = 100;
// A search of runs answers with a thousand at most (docs.github.com/rest/actions/workflow-runs, 2026).
const MOST_RUNS = 1000;
const MOST_JOBS = 5000;

/** The runs on a commit of a repository. */
export async function runsOn(github: Github, repository: string, commit: string): Promise<readonly WorkflowRun[]> {
  const schema = z.object({ total_count: z.int(), workflow_runs: z.array(Run).max(PER_PAGE) });
  const runs = await pagesOf(MOST_RUNS, `runs on ${commit} of ${repository}`, async (page) => {
    const parameters = { ...namesOf(repository), head_sha: commit, exclude_pull_requests: 'true', per_page: PER_PAGE, page };
    const question = { what: `runs of ${repository}`, permission: `Actions: read on ${repository}`, schema, parameters };
    const { total_count: total, workflow_runs: items } = await github.ask({ ...question, route: 'GET /repos/{owner}/{repo}/actions/runs' });
    return { total, items };
  });
  const other = runs.find(({ head_sha }) => head_sha !== commit);
  if (other) throw unreadable('untrusted', `GitHub answers with run ${other.id} of another commit than ${commit} of ${repository}`);
  return distinct(runs);
}

/**
 * Whether a run counts: not that of a fork, where anybody chooses what is run, told by number since names can be taken over; nor that of a pull
 * request, which runs on a merge that nobody released. A fork that is gone was one.
 */
export function isOwn({ event, repository, head_repository: head }: WorkflowRun): boolean {
  return head?.id === repository.id && !event.startsWith('pull_request');
}

/** Every execution of every job of a run, of all its attempts. */
export async function jobsOf(github: Github, repository: string, run: WorkflowRun): Promise<readonly Job[]> {
  const schema = z.object({ total_count: z.int(), jobs: z.array(Job).max(PER_PAGE) });
  const what = `jobs of run ${run.id} of ${repository}`;
  // Whoever executes a run again touches it.
  const since = run.status === 'completed' ? (run.updated_at ?? undefined) : undefined;
  const jobs = await pagesOf(MOST_JOBS, what, async (page) => {
    const parameters = { ...namesOf(repository), run_id: run.id, filter: 'all', per_page: PER_PAGE, page };
    const question = { what, permission: `Actions: read on ${repository}`, schema, parameters };
    const isWhole = ({ total_count: total, jobs: items }: z.output<typeof schema>) =>
      items.length === Math.min(PER_PAGE, total - (page - 1) * PER_PAGE) &&
      items.every((job) => job.run_id === run.id && Boolean(job.conclusion));
    const { total_count: total, jobs: items } = await github.ask({
      ...question,
      lasting: since === undefined ? undefined : { since, isWhole },
      route: 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs',
    });
    return { total, items };
  });
  const other = jobs.find(({ run_id }) => run_id !== run.id);
  if (other) throw unreadable('untrusted', `GitHub answers with job ${other.id} of another run than ${run.id} of ${repository}`);
  return distinct(jobs);
}

/** Owner and name, as routes have them. */
export function namesOf(repository: string): Readonly<{ owner: string; repo: string }> {
  const [owner = '', repo = ''] = repository.split('/');
  return { owner, repo };
}

type Page<T> = Readonly<{ total: number; items: readonly T[] }>;

/** Everything of a list, or nothing: a part would look like all of it. */
export async function pagesOf<T>(most: number, what: string, ask: (page: number) => Promise<Page<T>>): Promise<readonly T[]> {
  const found: T[] = [];
  for (let page = 1; ; page++) {
    const { total, items } = await ask(page);
    if (total > most) throw tooMany(what, total, most);
    found.push(...items);
    if (found.length >= total) return found;
    if (items.length < PER_PAGE)
      throw unreadable('incomplete', `${what}: GitHub says ${total}, and lists ${found.length}`, { hint: 'Scan again.' });
  }
}

function tooMany(what: string, total: number, most: number): Error {
  return unreadable('too-large', `${what}: ${total}, and GitHub lists ${most} at most`, {
    hint: 'See what runs so often on one commit: a part of it would look like all of it.',
  });
}

/** A list that grows while it is read shows what moved to the next page twice. */
function distinct<T extends Readonly<{ id: string }>>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}
