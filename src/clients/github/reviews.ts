import { z } from 'zod';
import type { Seen } from '../../collect/define-source.ts';
import { inUtc } from '../../domain/record.ts';
import type { Github } from '../github.ts';
import { type Begun, toRun } from './deployments.ts';
import { namesOf, type WorkflowRun } from './runs.ts';

type Approval = Extract<Seen, { kind: 'approval' }>;

const Review = z.object({
  state: z.string(),
  environments: z.array(z.object({ name: z.string() })),
  // Null where the account is gone.
  user: z.object({ login: z.string() }).nullish(),
});
type Review = z.output<typeof Review>;

const MOST_REVIEWS = 1000;

/** Every review of the environments that a run asked to deploy to. */
export function reviewsOf(github: Github, repository: string, { id }: WorkflowRun): Promise<readonly Review[]> {
  return github.ask({
    what: `approvals of run ${id} of ${repository}`,
    permission: `Actions: read on ${repository}`,
    route: 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals',
    parameters: { ...namesOf(repository), run_id: id },
    schema: z.array(Review).max(MOST_REVIEWS),
  });
}

/**
 * The reviews of a run as approvals and rejections. GitHub dates none of them (rest-api-description, 2026): one was given after the run was made,
 * and before its job began that was waiting for it, or before the run was last touched where no deployment tells of the job.
 */
export function approvalsIn(
  reviews: readonly Review[],
  { repository, run, begun }: Readonly<{ repository: string; run: WorkflowRun; begun: readonly Begun[] }>,
): readonly Approval[] {
  const { created_at: created, updated_at: updated, actor, triggering_actor: triggering } = run;
  const requestedBy = [...new Set([actor, triggering].flatMap((account) => account?.login ?? []))];
  const each = reviews.flatMap((review) => review.environments.map(({ name }) => ({ ...review, environment: name })));
  return each.flatMap(({ state, user, environment }): Approval[] => {
    if (state !== 'approved' && state !== 'rejected') return [];
    const at = (state === 'approved' ? begunIn(begun, run, environment) : undefined) ?? (updated && inUtc(updated));
    return [
      {
        kind: 'approval',
        locator: `${repository} run ${run.id}: review for ${environment}`,
        ...(at ? { at } : {}),
        environment,
        repository,
        run: toRun(repository, run, attemptIn(begun, run, environment)),
        subject: { commit: run.head_sha },
        state,
        ...(user ? { by: user.login } : {}),
        requestedBy,
        ...(created ? { notBefore: inUtc(created) } : {}),
        trust: 'recorded',
      },
    ];
  });
}

/** What was deployed to an environment: its name is written in any case. */
function deployedTo(begun: readonly Begun[], environment: string): readonly Begun[] {
  return begun.filter(({ fact }) => fact.environment.toLowerCase() === environment.toLowerCase());
}

/** Of several deployments of one run the last: which of them an approval was for is not said. */
function begunIn(begun: readonly Begun[], { id }: WorkflowRun, environment: string): string | undefined {
  const ofIt = deployedTo(begun, environment).filter(({ fact }) => fact.run?.id === id);
  const times = ofIt.flatMap(({ begunAt }) => begunAt ?? []);
  return times.length < ofIt.length ? undefined : times.toSorted().at(-1);
}

/** The one attempt of a run that came so far as to deploy to an environment: no other asked for a review. */
function attemptIn(begun: readonly Begun[], { id }: WorkflowRun, environment: string): number | undefined {
  const there = deployedTo(begun, environment);
  // What is of no run that is known may be of another attempt.
  if (there.some(({ fact }) => !fact.run)) return undefined;
  const attempts = new Set(there.filter(({ fact }) => fact.run?.id === id).map(({ fact }) => fact.run?.attempt));
  const [only] = attempts;
  return attempts.size === 1 ? only : undefined;
}
