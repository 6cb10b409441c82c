import { projectOf } from '../domain/project.ts';
import type { BuildLine } from '../domain/record.ts';

/** The variables of a process, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a CI system tells of itself: the run, and what its job checked out. */
export type Ci = Readonly<{
  run: NonNullable<BuildLine['run']>;
  commit?: string | undefined;
  repository?: string | undefined;
  ref?: string | undefined;
}>;

type Text = string | undefined;
type ToldRun = Readonly<{ id: Text; url?: Text; repository: Text; workflow?: Text; job: Text; attempt?: number | undefined }>;
type Told = Readonly<{ run: ToldRun; commit: Text; ref?: Text }>;
type System = Readonly<{ platform: string; isHere(env: Environment): boolean; tell(env: Environment): Told }>;

/** What the variables of a process say of the CI run that it is a step of; undefined outside of every CI system that is known here. */
export function ciFrom(env: Environment): Ci | undefined {
  const system = SYSTEMS.find(({ isHere }) => isHere(env));
  if (!system) return undefined;
  const { run, commit, ref } = system.tell(env);
  const { id, attempt, url, repository: from, workflow, job } = run;
  // A run that has no id cannot be told from another one.
  if (!id) return undefined;
  const repository = from ? projectOf(from) : undefined;
  const about = present({ attempt, url: addressOf(url), repository, workflow, job });
  return { run: { platform: system.platform, id, ...about }, ...present({ commit: wholeHash(commit), repository, ref }) };
}

const SYSTEMS: readonly System[] = [
  {
    // docs.github.com/en/actions/reference/variables-reference, 2026-11: GITHUB_RUN_ID stays in a re-run, GITHUB_RUN_ATTEMPT counts it.
    platform: 'github-actions',
    isHere: (env) => env.GITHUB_ACTIONS === 'true',
    tell: (env) => ({
      run: {
        id: env.GITHUB_RUN_ID,
        attempt: counted(env.GITHUB_RUN_ATTEMPT),
        url: joined(env.GITHUB_SERVER_URL, env.GITHUB_REPOSITORY, 'actions/runs', env.GITHUB_RUN_ID),
        repository: env.GITHUB_REPOSITORY,
        workflow: env.GITHUB_WORKFLOW,
        job: env.GITHUB_JOB,
      },
      commit: env.GITHUB_SHA,
      ref: env.GITHUB_REF,
    }),
  },
  {
    // docs.gitlab.com/ci/variables/predefined_variables, 2026-11. CI_REPOSITORY_URL holds the job's token and is left alone. A job
    // that is retried keeps its pipeline's id and no variable counts it: its own address, which is new, tells them apart.
    platform: 'gitlab-ci',
    isHere: (env) => env.GITLAB_CI === 'true',
    tell: (env) => ({
      run: {
        id: env.CI_PIPELINE_ID,
        url: env.CI_JOB_URL ?? env.CI_PIPELINE_URL,
        repository: env.CI_PROJECT_PATH,
        job: env.CI_JOB_NAME,
      },
      commit: env.CI_COMMIT_SHA,
      ref: refOf(env.CI_COMMIT_BRANCH, env.CI_COMMIT_TAG) ?? env.CI_MERGE_REQUEST_REF_PATH,
    }),
  },
  {
    // buildkite.com/docs/pipelines/configure/environment-variables, 2026-11: BUILDKITE_COMMIT may be the word HEAD.
    platform: 'buildkite',
    isHere: (env) => env.BUILDKITE === 'true',
    tell: (env) => ({
      run: {
        id: env.BUILDKITE_BUILD_ID,
        attempt: after(env.BUILDKITE_RETRY_COUNT),
        url: env.BUILDKITE_BUILD_URL,
        repository: env.BUILDKITE_REPO,
        workflow: env.BUILDKITE_PIPELINE_SLUG,
        job: env.BUILDKITE_STEP_KEY ?? env.BUILDKITE_LABEL,
      },
      commit: env.BUILDKITE_COMMIT,
      ref: refOf(env.BUILDKITE_BRANCH, env.BUILDKITE_TAG),
    }),
  },
  {
    // circleci.com/docs/reference/variables, 2026-09: every re-run is a workflow with an id of its own. CIRCLE_REPOSITORY_URL is not
    // set for GitLab and GitHub App projects.
    platform: 'circleci',
    isHere: (env) => env.CIRCLECI === 'true',
    tell: (env) => ({
      run: {
        id: env.CIRCLE_WORKFLOW_ID,
        url: env.CIRCLE_BUILD_URL,
        repository: env.CIRCLE_REPOSITORY_URL ?? joined(env.CIRCLE_PROJECT_USERNAME, env.CIRCLE_PROJECT_REPONAME),
        job: env.CIRCLE_JOB,
      },
      commit: env.CIRCLE_SHA1,
      ref: refOf(env.CIRCLE_BRANCH, env.CIRCLE_TAG),
    }),
  },
  {
    // www.jenkins.io/doc/book/pipeline/jenkinsfile and plugins.jenkins.io/git, 2026-11: BUILD_NUMBER counts the builds of one job;
    // JENKINS_URL and BUILD_URL need the address in the system configuration, GIT_* the git plugin, BRANCH_NAME a multibranch job.
    platform: 'jenkins',
    isHere: (env) => env.BUILD_TAG?.startsWith('jenkins-') === true || Boolean(env.JENKINS_URL && env.BUILD_NUMBER),
    tell: (env) => ({
      run: {
        id: env.JOB_NAME && env.BUILD_NUMBER && `${env.JOB_NAME}#${env.BUILD_NUMBER}`,
        url: env.BUILD_URL,
        repository: env.GIT_URL,
        workflow: env.JOB_NAME,
        job: env.STAGE_NAME,
      },
      commit: env.GIT_COMMIT,
      ref: env.CHANGE_ID ? undefined : refOf(env.BRANCH_NAME, env.TAG_NAME),
    }),
  },
  {
    // tekton.dev/docs/pipelines/variables, 2026-11: Tekton sets no variable by itself; the step gives these, each from the
    // substitution of the same name: TEKTON_PIPELINE_RUN_UID from $(context.pipelineRun.uid).
    platform: 'tekton',
    isHere: (env) => Boolean(env.TEKTON_PIPELINE_RUN_UID ?? env.TEKTON_TASK_RUN_UID),
    tell: (env) => ({
      run: {
        id: env.TEKTON_PIPELINE_RUN_UID ?? env.TEKTON_TASK_RUN_UID,
        attempt: after(env.TEKTON_TASK_RUN_RETRY_COUNT),
        repository: env.TEKTON_REPOSITORY,
        workflow: env.TEKTON_PIPELINE_NAME,
        job: env.TEKTON_TASK_NAME,
      },
      commit: env.TEKTON_COMMIT,
    }),
  },
];

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(values: T): Given<T> {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  // Its keys are those of the values, less those that have none.
  return Object.fromEntries(given) as Given<T>;
}

/** Only the whole of a hash names a commit: `HEAD` and abbreviations name another one tomorrow. */
function wholeHash(commit: string | undefined): string | undefined {
  return commit && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit) ? commit : undefined;
}

function counted(text: string | undefined): number | undefined {
  return text && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

/** Retries are counted from none, attempts from one. */
function after(retries: string | undefined): number | undefined {
  return retries && /^\d{1,8}$/.test(retries) ? Number(retries) + 1 : undefined;
}

function refOf(branch: string | undefined, tag: string | undefined): string | undefined {
  if (tag) return `refs/tags/${tag}`;
  return branch ? `refs/heads/${branch}` : undefined;
}

function joined(...parts: readonly (string | undefined)[]): string | undefined {
  return parts.every(Boolean) ? parts.join('/') : undefined;
}

/** An address without login and query, as it may be written down for others. */
function addressOf(url: string | undefined): string | undefined {
  if (!url || !URL.canParse(url)) return undefined;
  const { protocol, origin, pathname } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? `${origin}${pathname}` : undefined;
}
