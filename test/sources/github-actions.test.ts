import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import { openLimits } from '../../src/collect/limits.ts';
import { sha256 } from '../../src/domain/identify.ts';
import source from '../../src/sources/github-actions.ts';
import { openEdge } from '../fakes/edge.ts';
import { type Answer, type FakeGithub, idOf, lookUpGithub, startGithub, TOKEN } from '../fakes/github.ts';

const COMMIT = 'c0ffee'.padEnd(40, '0');
const PAYMENTS = { repository: 'acme/payments', commit: COMMIT };

let fake: FakeGithub;
let jobs = 0;

beforeEach(async () => {
  fake = await startGithub();
});
afterEach(() => fake.stop());

const ofKind = <K extends Seen['kind']>(facts: readonly Seen[], kind: K) =>
  facts.filter((fact): fact is Extract<Seen, { kind: K }> => fact.kind === kind);
const commits = (count: number) =>
  Array.from({ length: count }, (_, nth) => ({ repository: 'acme/payments', commit: sha256(`commit ${nth}`).slice(0, 40) }));
const run = (fields: object = {}) => fake.run('acme/payments', { id: 57, head_sha: COMMIT, ...fields });
const job = (name: string, fields: object = {}) => fake.job('acme/payments', { id: ++jobs, run_id: 57, name, ...fields });
const gatesOf = (facts: readonly Seen[]) => ofKind(facts, 'test').map((test) => `${test.gate} #${test.run?.attempt} ${test.result}`);

describe('a gate of GitHub Actions', () => {
  it('passed or failed on the commit that it ran on, with its run and its times', async () => {
    run();
    job('e2e', { started_at: '2026-03-01T09:20:00Z', completed_at: '2026-03-01T09:30:00Z' });

    const facts = await lookUpGithub(fake, { commits: [PAYMENTS] });

    expect(facts).toEqual([
      {
        kind: 'test',
        locator: expect.stringMatching(/^acme\/payments run 57 attempt 1: e2e \(job \d+\)$/),
        at: '2026-03-01T09:30:00Z',
        gate: 'e2e',
        run: {
          platform: 'github-actions',
          repository: 'acme/payments',
          id: '57',
          attempt: 1,
          workflow: '.github/workflows/ci.yml',
          job: 'e2e',
          url: expect.stringMatching(/^https:\/\/github\.com\//),
        },
        subject: { commit: COMMIT },
        result: 'passed',
        startedAt: '2026-03-01T09:20:00Z',
        trust: 'recorded',
      },
    ]);
  });

  it.each([
    ['success', ['e2e #1 passed']],
    ['failure', ['e2e #1 failed']],
    ['timed_out', ['e2e #1 failed']],
    ['skipped', []],
    ['cancelled', []],
    ['neutral', []],
    ['action_required', []],
    [null, []],
  ])('that ended as %s is told as %j', async (conclusion, told) => {
    run();
    job('e2e', { conclusion });

    expect(gatesOf(await lookUpGithub(fake, { commits: [PAYMENTS] }))).toEqual(told);
  });

  it('C08 is told from attempt to attempt; what was not executed again carries over', async () => {
    run({ run_attempt: 2 });
    job('e2e (chrome)', { run_attempt: 1 });
    job('e2e (firefox)', { run_attempt: 1, conclusion: 'failure' });
    job('e2e (chrome)', { run_attempt: 2 });
    job('e2e (firefox)', { run_attempt: 2, started_at: '2026-03-01T09:40:00Z', completed_at: '2026-03-01T09:50:00Z' });
    job('smoke', { run_attempt: 1 });
    job('smoke', { run_attempt: 2 });

    const facts = await lookUpGithub(fake, { commits: [PAYMENTS] });

    expect(gatesOf(facts).toSorted()).toEqual(['e2e #1 failed', 'e2e #2 passed', 'smoke #1 passed']);
  });

  it.each([
    ['whose run was a success', { conclusion: 'success' }],
    ['whose run failed more than 400 days ago', { conclusion: 'failure', created_at: '2024-12-31T09:00:00Z' }],
  ])('%s is gone where its run lists no jobs any more', async (_, fields) => {
    run(fields);

    expect(await lookUpGithub(fake, { commits: [PAYMENTS] })).toMatchObject([
      { kind: 'gap', of: 'test', because: 'expired', scope: { project: 'acme/payments' }, locator: expect.stringContaining('run 57') },
    ]);
  });

  it.each([
    ['failed at once, as a file does that nobody can read', { conclusion: 'failure' }],
    ['was skipped', { conclusion: 'skipped', created_at: '2024-12-31T09:00:00Z' }],
    ['has not begun', { status: 'queued', conclusion: null }],
  ])('was none where its run lists no jobs, and %s', async (_, fields) => {
    run(fields);

    expect(await lookUpGithub(fake, { commits: [PAYMENTS] })).toEqual([]);
  });

  it('C06 is undecided where a part of it was skipped', async () => {
    run();
    job('e2e (chrome)');
    job('e2e (firefox)', { conclusion: 'skipped' });

    expect(gatesOf(await lookUpGithub(fake, { commits: [PAYMENTS] }))).toEqual([]);
  });

  it('is undecided where jobs of one name were executed again in part', async () => {
    run({ run_attempt: 2 });
    job('e2e', { run_attempt: 1, conclusion: 'failure' });
    job('e2e', { run_attempt: 1, started_at: '2026-03-01T09:21:00Z' });
    job('e2e', { run_attempt: 2, started_at: '2026-03-01T09:41:00Z' });

    expect(gatesOf(await lookUpGithub(fake, { commits: [PAYMENTS] }))).toEqual(['e2e #1 failed']);
  });

  it('is a job that says so in its name, where no gates are configured', async () => {
    run();
    for (const name of ['build', 'unit-tests', 'call / integration test (postgres, 17)', 'attest', 'Acceptance']) job(name);
    for (const name of ['deploy to latest', 'Deploy to test', 'smoke / verify', 'release-tests-image', 'release test']) job(name);

    const facts = await lookUpGithub(fake, { commits: [PAYMENTS] });

    expect(gatesOf(facts).toSorted()).toEqual(['Acceptance #1 passed', 'integration test #1 passed', 'unit-tests #1 passed']);
  });

  it('is what the configuration says, by job and by workflow', async () => {
    run();
    run({ id: 58, path: '.github/workflows/nightly.yml' });
    job('journeys (1)');
    job('journeys (2)');
    fake.job('acme/payments', { id: ++jobs, run_id: 58, name: 'journeys (1)', conclusion: 'failure' });

    const facts = await lookUpGithub(
      fake,
      { commits: [PAYMENTS] },
      { artifacts: 'false', logs: 'false', gates: { e2e: { job: 'journeys*', workflow: 'ci.yml' } } },
    );

    expect(gatesOf(facts)).toEqual(['e2e #1 passed']);
    expect(fake.calls.map(({ path }) => path)).toEqual(['/repos/acme/payments/actions/runs', '/repos/acme/payments/actions/runs/57/jobs']);
  });

  it('is listed to its last page', async () => {
    run();
    for (const nth of Array.from({ length: 230 }).keys()) job(`e2e (${nth})`);

    const facts = await lookUpGithub(fake, { commits: [PAYMENTS] });

    expect(gatesOf(facts)).toEqual(['e2e #1 passed']);
    expect(fake.calls).toHaveLength(4);
  });
});

describe('a run that does not count', () => {
  it.each([
    ['C09 of a fork', { head_repository: { id: 666, full_name: 'acme/payments' } }],
    ['of a fork that is gone', { head_repository: null }],
    ['of a pull request', { event: 'pull_request' }],
    ['that a pull request triggered with the rights of its target', { event: 'pull_request_target' }],
    ['that another workflow set off, which may be one of a fork', { event: 'workflow_run' }],
    ['that somebody set off with a comment', { event: 'issue_comment' }],
  ])('is one %s', async (_, fields) => {
    run(fields);
    job('e2e');

    expect(await lookUpGithub(fake, { commits: [PAYMENTS] })).toEqual([]);
  });

  it.each([
    ['C15 a commit that is cut short', { repository: 'acme/payments', commit: 'c0ffee' }],
    ['C15 a commit in capitals', { repository: 'acme/payments', commit: COMMIT.toUpperCase() }],
    ['a repository that is not configured', { repository: 'evil/payments', commit: COMMIT }],
    ['a path that is none', { repository: 'acme/../evil', commit: COMMIT }],
  ])('is not asked for: %s', async (_, commit) => {
    expect(await lookUpGithub(fake, { commits: [commit] })).toEqual([]);
    expect(fake.calls).toEqual([]);
  });
});

describe('what cannot be read', () => {
  const answers = (answer: Answer) => fake.reply(() => answer);
  const body = { message: 'Resource not accessible by personal access token' };

  it.each<[string, Answer, string, RegExp]>([
    ['a token that is not accepted', { status: 401, body }, 'unauthenticated', /Renew the token/],
    [
      'a permission that is missing',
      { status: 403, body, headers: { 'x-accepted-github-permissions': 'actions=read' } },
      'forbidden',
      /Grant the token Actions: read on acme\/payments \(GitHub accepts: actions=read\)\./,
    ],
    [
      'single sign-on',
      { status: 403, body, headers: { 'x-github-sso': 'required; url=https://github.com/orgs/acme/sso?authorization_request=A1' } },
      'forbidden',
      /Configure SSO/,
    ],
    ['an IP allow list', { status: 403, body: { message: 'the organization has an IP allow list enabled' } }, 'forbidden', /IP allow list/],
    [
      'a repository that is hidden',
      { status: 404, body: { message: 'Not Found' } },
      'not-found',
      /GitHub hides what a token may not see: it needs Actions: read/,
    ],
    ['C12 what is not kept any more', { status: 410, body: { message: 'Gone' } }, 'expired', /retention/],
    ['a server that fails', { status: 502, body: 'Bad gateway' }, 'unreachable', /status page/],
    ['an answer that is another', { status: 200, body: { total_count: 1 } }, 'malformed', /is the API of GitHub/],
    ['an answer that is no JSON', { status: 200, body: '<html>' }, 'malformed', /is the API of GitHub/],
    ['more than GitHub lists', { status: 200, body: { total_count: 2000, workflow_runs: [] } }, 'too-large', /runs so often/],
  ])('is a gap: %s', async (_, answer, because, hint) => {
    answers(answer);

    const facts = await lookUpGithub(fake, { commits: [PAYMENTS] });

    expect(facts).toMatchObject([
      { kind: 'gap', of: 'test', scope: { project: 'acme/payments' }, because, hint: expect.stringMatching(hint) },
    ]);
    expect(JSON.stringify(facts)).not.toMatch(/earlgrey|A1/);
  });

  it('C16 is a gap where the answer is of another commit or another run', async () => {
    run();
    job('e2e');
    fake.reply(({ path }) => {
      if (path.endsWith('/jobs'))
        return { status: 200, body: { total_count: 1, jobs: [{ id: 1, run_id: 666, head_sha: COMMIT, name: 'e2e' }] } };
      return undefined;
    });

    expect(await lookUpGithub(fake, { commits: [PAYMENTS] })).toMatchObject([{ kind: 'gap', because: 'untrusted' }]);

    fake.reply(() => ({
      status: 200,
      body: {
        total_count: 1,
        workflow_runs: [{ id: 1, head_sha: 'f'.repeat(40), event: 'push', repository: { id: 1, full_name: 'acme/payments' } }],
      },
    }));

    expect(await lookUpGithub(fake, { commits: [PAYMENTS] })).toMatchObject([{ kind: 'gap', because: 'untrusted' }]);
  });

  it('C11 is a gap where a result is of the future', async () => {
    run();
    job('e2e', { started_at: '2026-03-01T12:10:00Z', completed_at: '2026-03-01T12:20:00Z' });

    expect(await lookUpGithub(fake, { commits: [PAYMENTS] })).toMatchObject([{ kind: 'gap', of: 'test', because: 'malformed' }]);
  });

  it('is one repository alone: the others are read', async () => {
    fake.run('acme/checkout', { id: 41, head_sha: COMMIT });
    fake.job('acme/checkout', { id: ++jobs, run_id: 41, name: 'e2e' });
    fake.reply(({ path }) => (path.includes('payments') ? { status: 404, body: {} } : undefined));

    const facts = await lookUpGithub(fake, { commits: [PAYMENTS, { repository: 'acme/checkout', commit: COMMIT }] });

    expect(facts.map(({ kind }) => kind).toSorted()).toEqual(['gap', 'test']);
  });

  it('is everything where no token is set, and nothing is asked', async () => {
    const facts = await lookUpGithub(fake, { commits: [PAYMENTS] }, { edge: openEdge() });

    expect(ofKind(facts, 'gap').map(({ of, because, hint }) => [of, because, hint])).toEqual(
      ['build', 'test'].map((of) => [of, 'unauthenticated', expect.stringMatching(/^Set TEA_TOKEN /)]),
    );
    expect(fake.calls).toEqual([]);
  });

  it('is everything that was left where the scan is stopped', async () => {
    const edge = openEdge({ secrets: { TEA_TOKEN: TOKEN } });
    fake.reply(() => {
      edge.abort();
      return undefined;
    });

    const facts = await lookUpGithub(fake, { commits: [PAYMENTS] }, { edge });

    expect(facts).toMatchObject(['build', 'test'].map((of) => ({ kind: 'gap', of, because: 'incomplete' })));
  });

  it('is told where this program is mistaken: nobody else would', async () => {
    const edge = { ...openEdge({ secrets: { TEA_TOKEN: TOKEN } }), limit: () => Promise.reject(new TypeError('no such tea')) };

    const facts = await lookUpGithub(fake, { commits: [PAYMENTS] }, { edge });

    expect(facts).toMatchObject(
      ['build', 'test'].map((of) => ({ kind: 'gap', of, because: 'internal', hint: expect.stringMatching(/^Report/) })),
    );
  });

  it('is what more requests than allowed would have told', async () => {
    run();
    job('e2e');

    const facts = await lookUpGithub(fake, { commits: [PAYMENTS] }, { maxRequests: '1' });

    expect(facts).toMatchObject([{ kind: 'gap', because: 'incomplete', hint: expect.stringMatching(/^Raise `maxRequests`/) }]);
    expect(fake.calls).toHaveLength(1);
  });

  it('is not a part of everything where not everything can be asked: what was begun first is told whole', async () => {
    const wanted = commits(200);
    for (const [nth, { repository, commit }] of wanted.entries()) {
      fake.run(repository, { id: 1000 + nth, head_sha: commit });
      fake.job(repository, { id: ++jobs, run_id: 1000 + nth, name: 'e2e' });
    }
    const edge = { ...openEdge({ secrets: { TEA_TOKEN: TOKEN } }), limit: openLimits(4) };

    const facts = await lookUpGithub(fake, { commits: wanted }, { edge, maxRequests: '200' });

    expect(ofKind(facts, 'test').length).toBeGreaterThan(60);
    expect(ofKind(facts, 'test').length + ofKind(facts, 'gap').length).toBe(200);
  });
});

describe('the limit of GitHub', () => {
  const limited = (headers: Readonly<Record<string, string>>): Answer => ({
    status: 403,
    body: { message: 'API rate limit exceeded' },
    headers,
  });

  it('is waited for where it ends soon, and said so', async () => {
    run();
    job('e2e');
    fake.reply((_, nth) =>
      nth === 1
        ? limited({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${Date.parse('2026-03-01T12:01:30Z') / 1000}` })
        : undefined,
    );
    const edge = openEdge({ secrets: { TEA_TOKEN: TOKEN } });

    const facts = await lookUpGithub(fake, { commits: [PAYMENTS] }, { edge });

    expect(gatesOf(facts)).toEqual(['e2e #1 passed']);
    expect(edge.slept).toEqual([90_000]);
  });

  it('is a gap where it does not, and nothing waits for it', async () => {
    fake.reply(() =>
      limited({
        'x-ratelimit-remaining': '0',
        'x-ratelimit-limit': '5000',
        'x-ratelimit-reset': `${Date.parse('2026-03-01T12:45:00Z') / 1000}`,
      }),
    );
    const edge = openEdge({ secrets: { TEA_TOKEN: TOKEN } });

    const facts = await lookUpGithub(fake, { commits: [PAYMENTS] }, { edge });

    expect(facts).toMatchObject([{ because: 'rate-limited', hint: expect.stringMatching(/^Scan again after 2026-03-01T12:45Z/) }]);
    expect([edge.slept, fake.calls.length]).toEqual([[], 1]);
  });

  it('is asked of no further where it lasts: whoever asks on may be shut out', async () => {
    const refusal = limited({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${Date.parse('2026-03-01T12:45:00Z') / 1000}` });
    fake.reply((_, nth) => (nth > 10 ? refusal : undefined));
    const edge = { ...openEdge({ secrets: { TEA_TOKEN: TOKEN } }), limit: openLimits(4) };

    const facts = await lookUpGithub(fake, { commits: commits(500) }, { edge });

    expect(facts).toHaveLength(490);
    expect(new Set(facts.map((fact) => fact.kind === 'gap' && fact.because))).toEqual(new Set(['rate-limited']));
    expect(fake.calls.length).toBeLessThan(80);
  });

  it('is met by one request alone where it is short: the others are asked for all the same', async () => {
    fake.reply(({ query }) =>
      query.get('head_sha') === commits(1)[0]?.commit ? { status: 429, body: {}, headers: { 'retry-after': '7' } } : undefined,
    );

    const facts = await lookUpGithub(fake, { commits: commits(3) });

    expect(facts).toMatchObject([{ kind: 'gap', because: 'rate-limited' }]);
    expect(fake.calls).toHaveLength(5);
  });

  it('that answers again and again is waited for twice', async () => {
    fake.reply(() => ({ status: 429, body: {}, headers: { 'retry-after': '7' } }));
    const edge = openEdge({ secrets: { TEA_TOKEN: TOKEN }, retries: 3 });

    const facts = await lookUpGithub(fake, { commits: [PAYMENTS] }, { edge });

    expect(facts).toMatchObject([{ because: 'rate-limited' }]);
    expect(edge.slept).toEqual([7000, 7000]);
  });
});

describe('the account of requests', () => {
  it('is said, with what is left of the limit', async () => {
    run();
    job('e2e');
    const steps: string[] = [];
    const edge = { ...openEdge({ secrets: { TEA_TOKEN: TOKEN } }), progress: (step: string) => void steps.push(step) };

    await lookUpGithub(fake, { commits: [PAYMENTS] }, { edge });

    expect(steps).toEqual(['GitHub: 2 requests of at most 4000; 4990 of 5000 are left until 13:00Z']);
  });

  it('is said from time to time while many commits are read, and how many of them are', async () => {
    const steps: string[] = [];
    const edge = {
      ...openEdge({ secrets: { TEA_TOKEN: TOKEN } }),
      progress: (step: string) => void steps.push(step),
      limit: openLimits(4),
    };

    await lookUpGithub(fake, { commits: commits(130) }, { edge });

    expect(steps.map((step) => step.replace(/; \d+ requests of at most 4000;.*/, ''))).toEqual([
      'GitHub: runs of 64 of 130 commits',
      'GitHub: runs of 128 of 130 commits',
      'GitHub: 130 requests of at most 4000; 4990 of 5000 are left until 13:00Z',
    ]);
  });
});

describe('the token', () => {
  it('goes to the API alone, also where that redirects', async () => {
    const elsewhere = await startGithub();
    fake.reply(() => ({ status: 301, headers: { location: `${elsewhere.apiUrl}/repositories/1/actions/runs` } }));

    const facts = await lookUpGithub(fake, { commits: [PAYMENTS] });

    const locator = expect.stringContaining(`sends to ${new URL(elsewhere.apiUrl).host}`);
    expect(facts).toMatchObject([{ kind: 'gap', because: 'untrusted', locator }]);
    expect(elsewhere.calls).toEqual([]);
    await elsewhere.stop();
  });

  it('follows a repository to its new name', async () => {
    fake.run('acme/payments-api', { id: 57, head_sha: COMMIT });
    job('e2e');
    fake.reply(({ path, query }) =>
      path === '/repos/acme/payments/actions/runs'
        ? { status: 301, headers: { location: `/repos/acme/payments-api/actions/runs?${query.toString()}` } }
        : undefined,
    );

    expect(gatesOf(await lookUpGithub(fake, { commits: [PAYMENTS] }))).toEqual(['e2e #1 passed']);
  });

  it('follows a repository by the number that GitHub sends to, be it renamed once more meanwhile', async () => {
    fake.run('acme/payments-api', { id: 57, head_sha: COMMIT });
    job('e2e');
    const number = idOf('acme/payments-api');
    fake.reply(({ path, query }) => {
      const of = (name: string) => path.startsWith(`/${name}/`) && `${path.slice(name.length + 1)}?${query.toString()}`;
      const [old, byNumber] = [of('repos/acme/payments'), of(`repositories/${number}`)];
      if (old) return { status: 301, headers: { location: `${fake.apiUrl}/repositories/${number}${old}` } };
      return byNumber ? { status: 307, headers: { location: `/repos/acme/payments-api${byNumber}` } } : undefined;
    });

    const facts = await lookUpGithub(fake, { commits: [PAYMENTS] });

    expect(gatesOf(facts)).toEqual(['e2e #1 passed']);
    expect(ofKind(facts, 'test')).toMatchObject([{ run: { repository: 'acme/payments' } }]);
  });

  it('is led round in circles no more than three times', async () => {
    fake.reply(({ path }) => ({ status: 301, headers: { location: path } }));

    const facts = await lookUpGithub(fake, { commits: [PAYMENTS] });

    expect(facts).toMatchObject([{ kind: 'gap', of: 'test', because: 'untrusted' }]);
    expect(fake.calls).toHaveLength(4);
  });

  it('is asked once for what two rounds want', async () => {
    run();
    job('e2e');
    const edge = openEdge({ secrets: { TEA_TOKEN: TOKEN } });
    const config = source.config.parse({ repositories: ['acme/*'], apiUrl: fake.apiUrl, tokenEnv: 'TEA_TOKEN', cache: 'off' });
    const wanted = { digests: [], tags: [], lines: [], commits: [PAYMENTS] };

    for (const _ of [1, 2]) for await (const fact of source.observe(config, wanted, edge)) expect(fact.kind).toBe('test');

    expect(fake.calls).toHaveLength(2);
  });
});

describe('the configuration', () => {
  it.each([
    ['an owner without a name', { repositories: ['acme'] }],
    ['any owner', { repositories: ['*/payments'] }],
    ['another host without TLS', { repositories: ['acme/*'], apiUrl: 'http://github.acme.example/api/v3' }],
    ['no request', { repositories: ['acme/*'], maxRequests: '0' }],
  ])('refuses %s', (_, config) => {
    expect(source.config.safeParse(config).success).toBe(false);
  });
});
