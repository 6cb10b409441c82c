import type { Seen } from '../../collect/define-source.ts';
import { AuditError } from '../../error.ts';
import { type Begun, deploymentsOf } from './deployments.ts';
import type { Left } from './read-attested.ts';
import type { Commit } from './read-commit.ts';
import { approvalsIn, reviewsOf } from './reviews.ts';
import { isOwn, jobsOf, runsOn, type WorkflowRun } from './runs.ts';
import type { Session } from './session.ts';

/** Deployments of a commit and approvals of its runs, what of them was listed, and what could not be read. */
export type Moves = Readonly<{ facts: readonly Seen[]; left: readonly (Left & Readonly<{ run?: string }>)[] }>;

/** What was deployed of a commit, and who approved it: a request for its deployments, one for each of them, and one for each of its runs. */
export async function readMoves({ github }: Session, commit: Commit): Promise<Moves> {
  const { repository } = commit;
  const runs = (await runsOn(github, repository, commit.commit)).filter(isOwn);
  const deployed = await orLeft(
    async () => deploymentsOf(github, commit, { runs, attempts: await attemptsIn(github, repository, runs) }),
    (error): Left => ({ of: 'deployment', locator: github.locate(`repos/${repository}/deployments?sha=${commit.commit}`), error }),
  );
  const begun = 'error' in deployed ? [] : deployed;
  const approved = await Promise.all(runs.map((run) => readApprovals({ github }, { repository, run, begun })));
  return {
    facts: [...begun.map(({ fact }) => fact), ...approved.flatMap(({ facts }) => facts)],
    left: [...('error' in deployed ? [deployed] : []), ...approved.flatMap(({ left }) => left)],
  };
}

/** The attempts of jobs, of runs that had several: one request more for each of those, unless its jobs were read for its gates. */
async function attemptsIn(
  github: Session['github'],
  repository: string,
  runs: readonly WorkflowRun[],
): Promise<ReadonlyMap<string, number>> {
  const again = runs.filter(({ run_attempt: last }) => (last ?? 1) > 1);
  const jobs = await Promise.all(again.map((run) => jobsOf(github, repository, run)));
  return new Map(jobs.flat().map(({ id, run_attempt: attempt }) => [id, attempt]));
}

type OfRun = Readonly<{ repository: string; run: WorkflowRun; begun: readonly Begun[] }>;

/** Of a run every approval is listed or none is: a promise that holds for this run, and for no other. */
async function readApprovals({ github }: Pick<Session, 'github'>, of: OfRun): Promise<Moves> {
  const { repository, run } = of;
  const locator = github.locate(`repos/${repository}/actions/runs/${run.id}/approvals`);
  const promise = { of: 'approval', scope: { project: repository, run: run.id }, locator } as const;
  const reviews = await orLeft(
    () => reviewsOf(github, repository, run),
    (error): Left => ({ of: 'approval', locator, error }),
  );
  if ('error' in reviews) return { facts: [{ kind: 'expected', ...promise }], left: [{ ...reviews, run: run.id }] };
  return { facts: [{ kind: 'expected', ...promise }, { kind: 'coverage', ...promise }, ...approvalsIn(reviews, of)], left: [] };
}

async function orLeft<T extends object>(job: () => Promise<T>, leave: (error: AuditError) => Left): Promise<T | Left> {
  try {
    return await job();
  } catch (error) {
    if (!(error instanceof AuditError) || error.exitCode === 2) throw error;
    return leave(error);
  }
}
