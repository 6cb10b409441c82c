import { z } from 'zod';
import type { Seen } from '../../collect/define-source.ts';
import { Digest } from '../../domain/digest.ts';
import { inUtc } from '../../domain/record.ts';
import { unreadable } from '../../error.ts';
import type { Github } from '../github.ts';
import { Id, namesOf, type WorkflowRun } from './runs.ts';

type Deployed = Extract<Seen, { kind: 'deployment' }>;

const time = z.iso.datetime({ offset: true });
const Deployment = z.object({
  id: Id,
  sha: z.string(),
  environment: z.string(),
  payload: z.unknown(),
  creator: z.object({ login: z.string() }).nullish(),
  created_at: time,
});
const Status = z.object({ state: z.string(), created_at: time, log_url: z.string().nullish() });
type Status = z.output<typeof Status>;

/** A deployment as it is told, with the time by which its job had begun. */
export type Begun = Readonly<{ fact: Deployed; begunAt: string | undefined }>;

/** The runs of a commit, and the attempts that their jobs are of, where there were several. */
export type Runs = Readonly<{ runs: readonly WorkflowRun[]; attempts: ReadonlyMap<string, number> }>;

const PER_PAGE = 100;
const LONGEST_PAYLOAD = 64 * 1024;
const DIGESTS = /sha256:[0-9a-f]{64}(?![0-9a-f])/g;

/** What was deployed of a commit, with the run that did it where GitHub names one: one request, and one more for each deployment. */
export async function deploymentsOf(
  github: Github,
  { repository, commit }: Readonly<{ repository: string; commit: string }>,
  runs: Runs,
): Promise<readonly Begun[]> {
  const what = `deployments of ${commit} of ${repository}`;
  const route = 'GET /repos/{owner}/{repo}/deployments';
  const parameters = { ...namesOf(repository), sha: commit, per_page: PER_PAGE };
  const found = await github.ask({ what, permission: permissionOn(repository), route, parameters, schema: wholeList(Deployment, what) });
  const other = found.find(({ sha }) => sha !== commit);
  if (other) throw unreadable('untrusted', `GitHub answers with deployment ${other.id} of another commit than ${commit} of ${repository}`);
  return Promise.all(
    found.map(async (deployment) =>
      toDeployed({ repository, deployment, runs, statuses: await statusesOf(github, repository, deployment.id) }),
    ),
  );
}

function statusesOf(github: Github, repository: string, id: string): Promise<readonly Status[]> {
  const what = `statuses of deployment ${id} of ${repository}`;
  const route = 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses';
  const parameters = { ...namesOf(repository), deployment_id: id, per_page: PER_PAGE };
  return github.ask({ what, permission: permissionOn(repository), route, parameters, schema: wholeList(Status, what) });
}

function permissionOn(repository: string): string {
  return `Deployments: read on ${repository}`;
}

/** GitHub does not say how many there are: a full page may be a part, and a part would look like all of it. */
function wholeList<T extends z.ZodType>(item: T, what: string) {
  return z.array(item).transform((items) => {
    if (items.length < PER_PAGE) return items;
    throw unreadable('too-large', `${what}: ${PER_PAGE} or more`, {
      hint: 'See what deploys one commit so often: a part of it would look like all of it.',
    });
  });
}

type Told = Readonly<{
  repository: string;
  deployment: z.output<typeof Deployment>;
  runs: Runs;
  statuses: readonly Status[];
}>;

/** What an environment of a job leaves behind names a commit and no digest; who makes deployments himself may write one into the payload. */
function toDeployed({ repository, deployment, runs, statuses }: Told): Begun {
  const { id, sha, environment, payload, creator, created_at: created } = deployment;
  const run = runOf(repository, statuses, runs);
  const digest = digestIn(payload);
  const earliest = (states: readonly string[]) =>
    statuses
      .filter(({ state }) => states.includes(state))
      .map(({ created_at: at }) => inUtc(at))
      .toSorted()[0];
  const [succeeded, failed] = [earliest(['success']), earliest(['failure', 'error'])];
  const fact: Deployed = {
    kind: 'deployment',
    locator: `${repository} deployment ${id}`,
    at: succeeded ?? failed ?? inUtc(created),
    environment,
    repository,
    ...(run ? { run } : {}),
    subject: { commit: sha, ...(digest ? { digest } : {}) },
    result: resultOf(succeeded, failed),
    ...(creator ? { by: creator.login } : {}),
    // Whoever may deploy chooses what he writes into a payload.
    trust: digest ? 'declared' : 'recorded',
  };
  return { fact, begunAt: earliest(['in_progress']) ?? succeeded };
}

function resultOf(succeeded: string | undefined, failed: string | undefined): Deployed['result'] {
  if (succeeded) return 'succeeded';
  return failed ? 'failed' : 'pending';
}

const JOB = /\/(?<repository>[\w.-]+\/[\w.-]+)\/actions\/runs\/(?<id>\d+)(?:\/jobs?\/(?<job>\d+))?(?:\/|$)/;

/** Only the address of the log leads from a deployment to its run; it counts where that run is one of the commit. */
function runOf(repository: string, statuses: readonly Status[], { runs, attempts }: Runs): Deployed['run'] {
  const named = statuses.flatMap(({ log_url: address }) => {
    const { repository: of, id, job } = JOB.exec(address ?? '')?.groups ?? {};
    return id !== undefined && of?.toLowerCase() === repository.toLowerCase() ? [{ id, job }] : [];
  });
  const run = runs.find(({ id }) => named.some((one) => one.id === id));
  const ofRun = new Set(named.filter(({ id }) => id === run?.id).map(({ job }) => attempts.get(job ?? '')));
  const [attempt] = ofRun;
  return run && toRun(repository, run, ofRun.size === 1 ? attempt : undefined);
}

/** A run as facts name it; its attempt where that is told, or where there was but one. */
export function toRun(repository: string, run: WorkflowRun, told?: number): NonNullable<Deployed['run']> {
  const { id, path, run_attempt: last, html_url: url } = run;
  const [workflow] = path.split('@');
  const attempt = (last ?? 1) === 1 ? 1 : told;
  return {
    platform: 'github-actions',
    repository,
    id,
    ...(attempt ? { attempt } : {}),
    ...(workflow ? { workflow } : {}),
    ...(url && URL.canParse(url) ? { url } : {}),
  };
}

function digestIn(payload: unknown): Digest | undefined {
  const text = JSON.stringify(payload ?? '');
  const found = new Set(text.length > LONGEST_PAYLOAD ? [] : text.match(DIGESTS));
  const [only] = found;
  return only !== undefined && found.size === 1 ? Digest.parse(only) : undefined;
}
