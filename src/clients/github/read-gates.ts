import type { Seen } from '../../collect/define-source.ts';
import { inUtc } from '../../domain/record.ts';
import { unreadable } from '../../error.ts';
import type { Github } from '../github.ts';
import { type GateResult, type Gates, mayHold, resultsOf } from './gates.ts';
import { jobsOf, runsOn, type WorkflowRun } from './runs.ts';

/** A gate's result as a source yields it. */
export type TestFact = Omit<Extract<Seen, { kind: 'test' }>, 'kind'>;

const CLOCK_SKEW_MS = 5 * 60_000;

/** A commit of a repository. */
export type Commit = Readonly<{ repository: string; commit: string }>;

/** What counts as a gate, and the time after which nothing can have happened. */
export type Reading = Readonly<{ gates: Gates | undefined; now: Date }>;

/** What the gates came to that ran on a commit. */
export async function readGates(github: Github, { repository, commit }: Commit, { gates, now }: Reading): Promise<readonly TestFact[]> {
  const runs = (await runsOn(github, repository, commit)).filter((run) => isOwn(run) && mayHoldGate(run, gates));
  const found = await Promise.all(
    runs.map(async (run) => {
      const jobs = await jobsOf(github, repository, run);
      return resultsOf(run, jobs, gates).map((result) => factOf(result, run, { repository, commit }));
    }),
  );
  const future = found.flat().find(({ at }) => at !== undefined && Date.parse(at) > now.getTime() + CLOCK_SKEW_MS);
  if (future) throw unreadable('malformed', `${future.locator} ended in the future`, { hint: 'Set the clock of this machine.' });
  return found.flat();
}

/**
 * Whether a run counts: not that of a fork, where anybody chooses what is run, told by number since names can be taken over; nor that of a pull request, which
 * runs on a merge that nobody released. A fork that is gone was one.
 */
function isOwn({ event, repository, head_repository: head }: WorkflowRun): boolean {
  return head?.id === repository.id && !event.startsWith('pull_request');
}

function mayHoldGate(run: WorkflowRun, gates: Gates | undefined): boolean {
  return !gates || Object.values(gates).some(({ workflow }) => workflow === undefined || mayHold(workflow, run));
}

function factOf({ gate, attempt, result, legs, startedAt, at }: GateResult, run: WorkflowRun, { repository, commit }: Commit): TestFact {
  const [leg] = legs;
  const [workflow] = run.path.split('@');
  const url = legs.length === 1 && URL.canParse(leg?.html_url ?? '') ? leg?.html_url : undefined;
  return {
    locator: `${repository} run ${run.id} attempt ${attempt}: ${legs.map(({ id, name }) => `${name} (job ${id})`).join(', ')}`.slice(
      0,
      500,
    ),
    at: inUtc(at),
    gate,
    run: {
      platform: 'github-actions',
      repository,
      id: run.id,
      attempt,
      ...(workflow ? { workflow } : {}),
      ...(legs.length === 1 && leg ? { job: leg.name } : {}),
      ...(url ? { url } : {}),
    },
    subject: { commit },
    result,
    startedAt: inUtc(startedAt),
    trust: 'recorded',
  };
}
