import { describe, expect, it } from 'vitest';
import { ciFrom, type Environment } from '../../src/cli/ci-environment.ts';

const COMMIT = 'c0ffee'.repeat(6).concat('beef');

const GITHUB: Environment = {
  CI: 'true',
  GITHUB_ACTIONS: 'true',
  GITHUB_RUN_ID: '18937328894',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'acme/payments',
  GITHUB_WORKFLOW: 'release',
  GITHUB_JOB: 'build',
  GITHUB_SHA: COMMIT,
  GITHUB_REF: 'refs/heads/main',
};
const GITLAB: Environment = {
  CI: 'true',
  GITLAB_CI: 'true',
  CI_PIPELINE_ID: '1212121',
  CI_PIPELINE_URL: 'https://gitlab.acme.test/acme/payments/-/pipelines/1212121',
  CI_JOB_URL: 'https://gitlab.acme.test/acme/payments/-/jobs/77',
  CI_JOB_NAME: 'build:image',
  CI_PROJECT_PATH: 'acme/payments',
  CI_REPOSITORY_URL: 'https://gitlab-ci-token:glcbt-hunter2hunter2@gitlab.acme.test/acme/payments.git',
  CI_COMMIT_SHA: COMMIT,
  CI_COMMIT_BRANCH: 'main',
};
const JENKINS: Environment = {
  JENKINS_URL: 'https://ci.acme.test/',
  BUILD_TAG: 'jenkins-acme-payments-main-17',
  BUILD_NUMBER: '17',
  BUILD_URL: 'https://ci.acme.test/job/acme/job/payments/job/main/17/',
  JOB_NAME: 'acme/payments/main',
  STAGE_NAME: 'Image',
  GIT_COMMIT: COMMIT,
  GIT_URL: 'https://bot:hunter2hunter2@github.com/acme/payments.git',
  GIT_BRANCH: 'origin/main',
  BRANCH_NAME: 'main',
};
const BUILDKITE: Environment = {
  BUILDKITE: 'true',
  BUILDKITE_BUILD_ID: '4735ba57-80d0-46e2-8fa0-b28223a86586',
  BUILDKITE_BUILD_NUMBER: '1514',
  BUILDKITE_BUILD_URL: 'https://buildkite.com/acme/payments/builds/1514',
  BUILDKITE_COMMIT: COMMIT,
  BUILDKITE_BRANCH: 'main',
  BUILDKITE_TAG: '',
  BUILDKITE_REPO: 'git@github.com:acme/payments.git',
  BUILDKITE_PIPELINE_SLUG: 'payments',
  BUILDKITE_STEP_KEY: 'image',
  BUILDKITE_RETRY_COUNT: '1',
};
const CIRCLECI: Environment = {
  CIRCLECI: 'true',
  CIRCLE_WORKFLOW_ID: 'f0e1d2c3-80d0-46e2-8fa0-b28223a86586',
  CIRCLE_BUILD_NUM: '123',
  CIRCLE_BUILD_URL: 'https://circleci.com/gh/acme/payments/123',
  CIRCLE_JOB: 'image',
  CIRCLE_SHA1: COMMIT,
  CIRCLE_REPOSITORY_URL: 'git@github.com:acme/payments.git',
  CIRCLE_TAG: 'v1.4.0',
};
const TEKTON: Environment = {
  TEKTON_PIPELINE_RUN_UID: '9a7f3f5a-2b6c-4b58-9a43-0a8a35f3b0ad',
  TEKTON_PIPELINE_NAME: 'release',
  TEKTON_TASK_NAME: 'kaniko',
  TEKTON_TASK_RUN_RETRY_COUNT: '0',
  TEKTON_REPOSITORY: 'https://github.com/acme/payments',
  TEKTON_COMMIT: COMMIT,
};

describe('the CI system of a step', () => {
  it('is GitHub Actions, and its attempt is told from its run', () => {
    expect(ciFrom(GITHUB)).toEqual({
      run: {
        platform: 'github-actions',
        id: '18937328894',
        attempt: 2,
        url: 'https://github.com/acme/payments/actions/runs/18937328894',
        repository: 'acme/payments',
        workflow: 'release',
        job: 'build',
      },
      commit: COMMIT,
      repository: 'acme/payments',
      ref: 'refs/heads/main',
    });
  });

  it('is GitLab, and the token of its job is read by nobody', () => {
    const ci = ciFrom(GITLAB);

    expect(ci).toEqual({
      run: {
        platform: 'gitlab-ci',
        id: '1212121',
        url: 'https://gitlab.acme.test/acme/payments/-/jobs/77',
        repository: 'acme/payments',
        job: 'build:image',
      },
      commit: COMMIT,
      repository: 'acme/payments',
      ref: 'refs/heads/main',
    });
    expect(JSON.stringify(ci)).not.toContain('hunter2');
  });

  it('is Jenkins, whose runs are counted job by job', () => {
    expect(ciFrom(JENKINS)).toEqual({
      run: {
        platform: 'jenkins',
        id: 'acme/payments/main#17',
        url: 'https://ci.acme.test/job/acme/job/payments/job/main/17/',
        repository: 'acme/payments',
        workflow: 'acme/payments/main',
        job: 'Image',
      },
      commit: COMMIT,
      repository: 'acme/payments',
      ref: 'refs/heads/main',
    });
  });

  it('is Jenkins too where nobody has told Jenkins its address', () => {
    const { JENKINS_URL: _, BUILD_URL: __, ...env } = JENKINS;

    expect(ciFrom(env)?.run).not.toHaveProperty('url');
    expect(ciFrom(env)?.run.id).toBe('acme/payments/main#17');
  });

  it('is Buildkite, where a retry is another attempt', () => {
    expect(ciFrom(BUILDKITE)).toEqual({
      run: {
        platform: 'buildkite',
        id: '4735ba57-80d0-46e2-8fa0-b28223a86586',
        attempt: 2,
        url: 'https://buildkite.com/acme/payments/builds/1514',
        repository: 'acme/payments',
        workflow: 'payments',
        job: 'image',
      },
      commit: COMMIT,
      repository: 'acme/payments',
      ref: 'refs/heads/main',
    });
  });

  it('is CircleCI', () => {
    expect(ciFrom(CIRCLECI)).toEqual({
      run: {
        platform: 'circleci',
        id: 'f0e1d2c3-80d0-46e2-8fa0-b28223a86586',
        url: 'https://circleci.com/gh/acme/payments/123',
        repository: 'acme/payments',
        job: 'image',
      },
      commit: COMMIT,
      repository: 'acme/payments',
      ref: 'refs/tags/v1.4.0',
    });
  });

  it('is Tekton where the step was given its names', () => {
    expect(ciFrom(TEKTON)).toEqual({
      run: {
        platform: 'tekton',
        id: '9a7f3f5a-2b6c-4b58-9a43-0a8a35f3b0ad',
        attempt: 1,
        repository: 'acme/payments',
        workflow: 'release',
        job: 'kaniko',
      },
      commit: COMMIT,
      repository: 'acme/payments',
    });
  });

  it('is nobody on a laptop', () => {
    expect(ciFrom({ SHELL: 'fish', CI: 'true' })).toBeUndefined();
  });

  it.each([
    ['the word HEAD', { ...BUILDKITE, BUILDKITE_COMMIT: 'HEAD' }],
    ['an abbreviation (C15)', { ...GITHUB, GITHUB_SHA: COMMIT.slice(0, 8) }],
    ['a hash in capitals (C15)', { ...GITLAB, CI_COMMIT_SHA: COMMIT.toUpperCase() }],
  ])('names no commit by %s', (_, env) => {
    expect(ciFrom(env)).not.toHaveProperty('commit');
  });

  it('names no branch for a change request of Jenkins, whose name is arbitrary', () => {
    expect(ciFrom({ ...JENKINS, BRANCH_NAME: 'PR-24', CHANGE_ID: '24' })).not.toHaveProperty('ref');
  });

  it('gives a run without an id to nobody', () => {
    expect(ciFrom({ ...GITHUB, GITHUB_RUN_ID: '' })).toBeUndefined();
  });

  it.each(['0', '-1', '1e3', 'two', '99999999999999999999'])('does not believe that it is attempt %s', (attempt) => {
    expect(ciFrom({ ...GITHUB, GITHUB_RUN_ATTEMPT: attempt })?.run).not.toHaveProperty('attempt');
  });

  it('keeps no login of an address, and no address that is a script', () => {
    expect(ciFrom({ ...JENKINS, BUILD_URL: 'https://bot:hunter2@ci.acme.test/17/?token=hunter2' })?.run.url).toBe(
      'https://ci.acme.test/17/',
    );
    expect(ciFrom({ ...JENKINS, BUILD_URL: 'javascript:alert(1)' })?.run).not.toHaveProperty('url');
  });
});
