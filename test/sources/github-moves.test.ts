import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import { sha256 } from '../../src/domain/identify.ts';
import { type Answer, type FakeGithub, lookUpGithub, startGithub } from '../fakes/github.ts';

const COMMIT = 'c0ffee'.padEnd(40, '0');
const PAYMENTS = { repository: 'acme/payments', commit: COMMIT };
const DIGEST = `sha256:${sha256('payments@A')}`;
const BEGUN = '2026-03-01T10:05:00Z';
const DONE = '2026-03-01T10:07:00Z';

let fake: FakeGithub;

beforeEach(async () => {
  fake = await startGithub();
});
afterEach(() => fake.stop());

const ofKind = <K extends Seen['kind']>(facts: readonly Seen[], kind: K) =>
  facts.filter((fact): fact is Extract<Seen, { kind: K }> => fact.kind === kind);
const run = ({ id = 57, ...fields }: Readonly<{ id?: number }> & Readonly<Record<string, unknown>> = {}) => {
  fake.job('acme/payments', { id: 1000 + id, run_id: id, name: 'deploy' });
  fake.run('acme/payments', {
    id,
    head_sha: COMMIT,
    updated_at: '2026-03-01T10:30:00Z',
    actor: { login: 'ada' },
    triggering_actor: { login: 'ada' },
    ...fields,
  });
};
const deployed = (fields: object = {}) =>
  fake.deployment(
    { id: 3, sha: COMMIT, run: 57, ...fields },
    ['waiting', '2026-03-01T10:00:00Z'],
    ['in_progress', BEGUN],
    ['success', DONE],
  );
const moves = (config: object = {}) => lookUpGithub(fake, { commits: [PAYMENTS] }, { deployments: 'true', ...config });

/** Lets GitHub refuse whatever has a path that ends so. */
function refusing(end: string, answer: Answer): void {
  fake.reply(({ path }) => (path.endsWith(end) ? answer : undefined));
}

describe('an approval of GitHub', () => {
  it('names who gave it and who asked, and is dated between the making of its run and the beginning of its job', async () => {
    run();
    fake.review(57, 'grace', 'prod');
    deployed();

    const [approval, ...others] = ofKind(await moves(), 'approval');

    expect(others).toEqual([]);
    expect(approval).toMatchObject({
      environment: 'prod',
      state: 'approved',
      by: 'grace',
      requestedBy: ['ada'],
      notBefore: '2026-03-01T09:00:00Z',
      at: BEGUN,
      run: { platform: 'github-actions', repository: 'acme/payments', id: '57', attempt: 1 },
      subject: { commit: COMMIT },
      trust: 'recorded',
    });
  });

  it('may have been given until its run was last touched, where no deployment tells when the job began', async () => {
    run();
    fake.review(57, 'grace', 'prod');

    expect(ofKind(await moves(), 'approval')).toMatchObject([{ at: '2026-03-01T10:30:00Z' }]);
  });

  it('is of no attempt that is known where its run was executed again, whoever did that having asked for it too', async () => {
    run({ run_attempt: 2, triggering_actor: { login: 'linus' } });
    fake.review(57, 'grace', 'prod');

    const [approval] = ofKind(await moves(), 'approval');

    expect(approval?.run).not.toHaveProperty('attempt');
    expect(approval?.requestedBy).toEqual(['ada', 'linus']);
  });

  it('is of the one attempt that came so far as to deploy', async () => {
    run({ run_attempt: 2 });
    fake.job('acme/payments', { id: 6, run_id: 57, run_attempt: 1, name: 'e2e', conclusion: 'failure' });
    fake.job('acme/payments', { id: 8, run_id: 57, run_attempt: 2, name: 'deploy' });
    fake.review(57, 'grace', 'prod');
    deployed({ job: 8, environment: 'Prod' });

    const facts = await moves();

    const runs = [...ofKind(facts, 'approval'), ...ofKind(facts, 'deployment')].map(({ run: of }) => of?.attempt);
    expect(runs).toEqual([2, 2]);
  });

  it.each([
    ['both attempts did', () => deployed({ id: 4, job: 6 })],
    ['a deployment leads to no run', () => deployed({ id: 4, run: undefined })],
    ['a deployment leads to a job that GitHub does not list', () => deployed({ id: 4, job: 99 })],
  ])('is of no attempt that is known where %s', async (_, also) => {
    run({ run_attempt: 2 });
    fake.job('acme/payments', { id: 6, run_id: 57, run_attempt: 1, name: 'deploy', conclusion: 'failure' });
    fake.job('acme/payments', { id: 8, run_id: 57, run_attempt: 2, name: 'deploy' });
    fake.review(57, 'grace', 'prod');
    deployed({ job: 8 });
    also();

    expect(ofKind(await moves(), 'approval')[0]?.run).not.toHaveProperty('attempt');
  });

  it.each([
    ['a rejection', 'rejected' as const, ['grace rejected']],
    ['a review that is still to come', 'pending' as const, []],
  ])('is not %s', async (_, state, told) => {
    run();
    fake.review(57, 'grace', 'prod', state);

    expect(ofKind(await moves(), 'approval').map(({ by, state: is }) => `${by} ${is}`)).toEqual(told);
  });

  it('by an account that is gone names nobody', async () => {
    run();
    fake.review(57, null, 'prod');

    expect(ofKind(await moves(), 'approval')[0]).not.toHaveProperty('by');
  });

  it('is listed run by run: a run without one is known to have none, and a run of a fork is not asked', async () => {
    run();
    run({ id: 58, head_repository: { id: 1, full_name: 'mallory/payments' } });

    const facts = await moves();

    const scope = { project: 'acme/payments', run: '57' };
    expect(ofKind(facts, 'expected')).toMatchObject([{ of: 'approval', scope }]);
    expect(ofKind(facts, 'coverage')).toMatchObject([{ of: 'approval', scope }]);
  });
});

describe('a deployment of GitHub', () => {
  it('is of a commit, and of the run that its log leads to', async () => {
    run();
    deployed();

    const [deployment] = ofKind(await moves(), 'deployment');

    expect(deployment).toMatchObject({ environment: 'prod', result: 'succeeded', at: DONE, run: { id: '57' }, trust: 'recorded' });
    expect(deployment?.subject).toEqual({ commit: COMMIT });
  });

  it.each([
    ['an object', { image: `ghcr.io/acme/payments@${DIGEST}` }],
    ['a text', `{"digest":"${DIGEST}"}`],
  ])('whose payload is %s with a digest claims it', async (_, payload) => {
    run();
    deployed({ payload });

    expect(ofKind(await moves(), 'deployment')).toMatchObject([{ subject: { digest: DIGEST }, trust: 'declared' }]);
  });

  it('whose payload names several digests claims none', async () => {
    run();
    deployed({ payload: { digests: [DIGEST, `sha256:${sha256('payments@B')}`] } });

    expect(ofKind(await moves(), 'deployment')[0]?.subject).toEqual({ commit: COMMIT });
  });

  it('whose log leads to a run of another commit is of no run', async () => {
    run();
    deployed({ run: 99 });

    expect(ofKind(await moves(), 'deployment')[0]).not.toHaveProperty('run');
  });

  it('succeeded though another has taken its place since', async () => {
    run();
    fake.deployment({ id: 3, sha: COMMIT, run: 57 }, ['success', DONE], ['inactive', '2026-03-01T12:00:00Z']);

    expect(ofKind(await moves(), 'deployment')).toMatchObject([{ result: 'succeeded', at: DONE }]);
  });

  it.each([
    [
      'failed',
      [
        ['in_progress', BEGUN],
        ['failure', DONE],
      ] as const,
      'failed',
    ],
    ['waits for a review', [['waiting', BEGUN]] as const, 'pending'],
  ])('that %s did not succeed', async (_, statuses, result) => {
    run();
    fake.deployment({ id: 3, sha: COMMIT, run: 57 }, ...statuses);

    expect(ofKind(await moves(), 'deployment')).toMatchObject([{ result }]);
  });
});

describe('an environment of GitHub', () => {
  const rules = [
    { id: 1, type: 'wait_timer', wait_timer: 30 },
    { id: 2, type: 'required_reviewers', prevent_self_review: true, reviewers: [{ type: 'User' }, { type: 'Team' }] },
    { id: 3, type: 'branch_policy' },
  ];

  it.each([
    ['nothing', {}, { reviewers: 0, preventsSelfReview: false, waitMinutes: 0, branches: 'any' }],
    [
      'two reviewers, none of whom may have asked, and half an hour',
      { protection_rules: rules, deployment_branch_policy: { protected_branches: true, custom_branch_policies: false } },
      { reviewers: 2, preventsSelfReview: true, waitMinutes: 30, branches: 'protected' },
    ],
    [
      'what an app decides, which is no review',
      {
        protection_rules: [{ id: 4, type: 'gatekeeper' }],
        deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
      },
      { reviewers: 0, preventsSelfReview: false, waitMinutes: 0, branches: 'chosen' },
    ],
  ])('asks for %s', async (_, fields, asked) => {
    run();
    fake.environment({ name: 'prod', ...fields });

    expect(ofKind(await moves(), 'protection')).toMatchObject([{ environment: 'prod', repository: 'acme/payments', ...asked }]);
  });
});

describe('what the token may not read', () => {
  const forbidden = { status: 403, body: { message: 'Resource not accessible by personal access token' } };
  const gaps = (facts: readonly Seen[]) => ofKind(facts, 'gap').map(({ of, because, scope, hint }) => ({ of, because, scope, hint }));

  it('of deployments is a gap with the permission, and the approvals are told all the same', async () => {
    run();
    fake.review(57, 'grace', 'prod');
    refusing('/deployments', forbidden);

    const facts = await moves();

    const hint = 'Grant the token Deployments: read on acme/payments.';
    expect(gaps(facts)).toEqual([{ of: 'deployment', because: 'forbidden', scope: { project: 'acme/payments' }, hint }]);
    expect(ofKind(facts, 'approval')).toHaveLength(1);
  });

  it('of approvals is a gap in that run alone', async () => {
    run();
    refusing('/approvals', { status: 404, body: { message: 'Not Found' } });

    const facts = await moves();

    expect(gaps(facts)).toMatchObject([
      {
        of: 'approval',
        because: 'not-found',
        scope: { project: 'acme/payments', run: '57' },
        hint: expect.stringContaining('Actions: read'),
      },
    ]);
    expect(ofKind(facts, 'coverage')).toEqual([]);
  });

  it('of environments is a gap, and all else is told', async () => {
    run();
    deployed();
    refusing('/environments', forbidden);

    const facts = await moves();

    expect(gaps(facts)).toMatchObject([
      { of: 'deployment', because: 'forbidden', hint: 'Grant the token Actions: read on acme/payments.' },
    ]);
    expect(ofKind(facts, 'deployment')).toHaveLength(1);
  });

  it.each([
    ['the runs of the commit', '/actions/runs'],
    ['anything at all', ''],
  ])('where it is %s leaves deployments and approvals open', async (_, end) => {
    run();
    refusing(end, forbidden);

    expect(gaps(await moves()).map(({ of }) => of)).toEqual(expect.arrayContaining(['deployment', 'approval']));
  });

  it('of a commit that is deployed all the time is a gap: a part would look like all of it', async () => {
    run();
    for (let id = 1; id <= 100; id++) fake.deployment({ id, sha: COMMIT });

    expect(gaps(await moves())).toMatchObject([{ of: 'deployment', because: 'too-large' }]);
  });
});

describe('what it takes', () => {
  it('is nothing where nobody asks for it', async () => {
    run();
    deployed();

    await moves({ deployments: 'false' });

    expect(fake.calls.filter(({ path }) => /deployments|approvals|environments/.test(path))).toEqual([]);
  });

  it('is one request for the environments of a repository, one for the deployments of a commit, one for each of them, and one for each run', async () => {
    run();
    run({ id: 58 });
    deployed();
    deployed({ id: 4 });

    await moves();

    const asked = fake.calls
      .map(({ path }) => path.replace('/repos/acme/payments/', ''))
      .filter((path) => /deployments|approvals|environments/.test(path));
    expect(asked.toSorted()).toEqual([
      'actions/runs/57/approvals',
      'actions/runs/58/approvals',
      'deployments',
      'deployments/3/statuses',
      'deployments/4/statuses',
      'environments',
    ]);
  });
});
