import { z } from 'zod';
import type { Seen } from '../../collect/define-source.ts';
import type { Github } from '../github.ts';
import { namesOf, pagesOf } from './runs.ts';

type Protected = Extract<Seen, { kind: 'protection' }>;

// Kinds of rules are added without notice: of each only that is read which the known ones have.
const Rule = z.object({
  type: z.string(),
  wait_timer: z.int().nonnegative().nullish(),
  prevent_self_review: z.boolean().nullish(),
  reviewers: z.array(z.unknown()).nullish(),
});
const Environment = z.object({
  name: z.string(),
  protection_rules: z.array(Rule).nullish(),
  deployment_branch_policy: z.object({ protected_branches: z.boolean() }).nullish(),
});

const PER_PAGE = 100;
const MOST_ENVIRONMENTS = 1000;

/** What the environments of a repository ask for now. */
export async function protectionsOf(github: Github, repository: string): Promise<readonly Protected[]> {
  const what = `environments of ${repository}`;
  const schema = z.object({ total_count: z.int(), environments: z.array(Environment).max(PER_PAGE) });
  const found = await pagesOf(MOST_ENVIRONMENTS, what, async (page) => {
    const parameters = { ...namesOf(repository), per_page: PER_PAGE, page };
    const question = { what, permission: `Actions: read on ${repository}`, route: 'GET /repos/{owner}/{repo}/environments' };
    const { total_count: total, environments: items } = await github.ask({ ...question, parameters, schema });
    return { total, items };
  });
  return found.map((environment) => toProtected(repository, environment));
}

function toProtected(
  repository: string,
  { name, protection_rules: rules, deployment_branch_policy: branches }: z.output<typeof Environment>,
): Protected {
  const all = rules ?? [];
  return {
    kind: 'protection',
    locator: `${repository} environment ${name}`,
    environment: name,
    repository,
    reviewers: all.reduce((sum, { reviewers }) => sum + (reviewers?.length ?? 0), 0),
    preventsSelfReview: all.some(({ prevent_self_review: prevents }) => prevents === true),
    waitMinutes: Math.max(0, ...all.map(({ wait_timer: minutes }) => minutes ?? 0)),
    branches: branchesOf(branches),
  };
}

function branchesOf(policy: Readonly<{ protected_branches: boolean }> | null | undefined): Protected['branches'] {
  if (!policy) return 'any';
  return policy.protected_branches ? 'protected' : 'chosen';
}
