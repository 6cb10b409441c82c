import { describe, expect, it } from 'vitest';
import { startGithub, TOKEN } from './github.ts';
import { driftIn, mistakeIn } from './github-description.ts';
import { digestOf } from './registry.ts';

const RUNS = '/repos/acme/payments/actions/runs';
const BULK = '/orgs/acme/attestations/bulk-list';
const asked = (request: string, body?: Readonly<Record<string, unknown>>) => {
  const [method = '', address = ''] = request.split(' ');
  const { pathname: rawPath, searchParams: query } = new URL(address, 'http://github.test');
  return { method, rawPath, query, body };
};

describe("GitHub's description of its API", () => {
  it.each([
    [`GET ${RUNS}?head_sha=c0ffee&exclude_pull_requests=true&per_page=100&page=2`],
    [`GET ${RUNS}/57/jobs?filter=all`],
    ['GET /repos/acme/payments/actions/artifacts/7/zip'],
    ['GET /repositories/19600/actions/runs/57/jobs'],
    ['GET /users/acme/packages/container/payments%2Fapi/versions?per_page=100&page=2'],
  ])('has nothing against %s', (request) => {
    expect(mistakeIn(asked(request))).toBeUndefined();
  });

  it.each([
    [404, `DELETE ${RUNS}`],
    [404, 'GET /repos/acme/payments/actions/run'],
    [422, `GET ${RUNS}?per_page=abc`],
    [422, `GET ${RUNS}?per_page=101`],
    [422, `GET ${RUNS}?status=ready`],
    [422, `GET ${RUNS}?commit=c0ffee`],
    [422, `GET ${RUNS}?page=1&page=2`],
    [422, `GET ${RUNS}/latest/jobs`],
    [422, `GET ${RUNS}/57/jobs?filter=every`],
    [422, 'GET /orgs/acme/packages/oci/payments/versions'],
  ])('refuses with %i %s', (status, request) => {
    expect(mistakeIn(asked(request))).toMatchObject({ status });
  });

  it.each([
    ['no digests', {}],
    ['a digest that is no list', { subject_digests: digestOf('payments') }],
    ['more digests than a request may have', { subject_digests: Array.from({ length: 1025 }, (_, nth) => digestOf(`${nth}`)) }],
    ['what belongs into the address', { subject_digests: [digestOf('payments')], per_page: 100 }],
  ])('refuses a request for attestations with %s', (_, body) => {
    expect(mistakeIn(asked(`POST ${BULK}`, body))).toMatchObject({ status: 422 });
  });

  it.each([
    ['a run without its repository', `GET ${RUNS}`, { total_count: 1, workflow_runs: [{ id: 57 }] }],
    ['jobs without their number', `GET ${RUNS}/57/jobs`, { jobs: [] }],
    ['a list of reviews that is none', `GET ${RUNS}/57/approvals`, {}],
  ])('does not know %s', (_, request, body) => {
    expect(driftIn(asked(request), { status: 200, body })).toBeDefined();
  });
});

describe('GitHub as tests see it', () => {
  it('fails the test that asks it otherwise, whatever comes of the answer', async () => {
    const fake = await startGithub();
    const headers = { authorization: `token ${TOKEN}`, 'x-github-api-version': '2022-11-28' };
    fake.reply(() => ({ status: 200, body: { total_count: 0, workflow_runs: [] } }));

    const answer = await fetch(`${fake.apiUrl}${RUNS}?commit=c0ffee`, { headers });

    expect(answer.status).toBe(200);
    await expect(fake.stop()).rejects.toThrow('must NOT have additional properties');
  });

  it('fails the test that has it answer otherwise', async () => {
    const fake = await startGithub();
    const headers = { authorization: `token ${TOKEN}`, 'x-github-api-version': '2022-11-28' };
    fake.run('acme/payments', { id: 57, head_sha: 'c0ffee', run_number: 'first' });

    await fetch(`${fake.apiUrl}${RUNS}`, { headers });

    await expect(fake.stop()).rejects.toThrow('run_number must be integer');
  });
});
