import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import { dockerbuildOf, pushedRecord } from '../fakes/archive.ts';
import { openEdge } from '../fakes/edge.ts';
import { type Answer, type Called, type FakeGithub, idOf, lookUpGithub, startGithub, TOKEN } from '../fakes/github.ts';
import { bundleOf } from '../fakes/github-bundle.ts';
import { driftIn } from '../fakes/github-description.ts';
import { digestOf } from '../fakes/registry.ts';

const [ATTESTED, RECORDED] = ['c0ffee'.padEnd(40, '0'), 'decaf'.padEnd(40, '0')];
const [PAYMENTS, CHECKOUT] = [digestOf('payments'), digestOf('checkout')];
const refused = (status: number, message: string, headers = {}): Answer => ({ status, body: { message }, headers });
const text = (status: number, body: string): Answer => ({ status, body, headers: { 'content-type': 'text/html' } });

/** What may come instead of any one answer. */
const FAULTS: readonly (readonly [string, Answer])[] = [
  ['204', { status: 204, body: '' }],
  ['304 of what was never answered', { status: 304, body: '' }],
  ['401', refused(401, 'Bad credentials')],
  ['403', refused(403, 'Resource not accessible by personal access token')],
  ['404', refused(404, 'Not Found')],
  ['410', refused(410, 'Gone')],
  ['422', refused(422, 'Validation Failed')],
  ['a limit that lasts', refused(403, 'API rate limit exceeded', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1893456000' })],
  ['500', refused(500, 'Server Error')],
  ['an empty answer', { status: 200, body: '' }],
  ['null', { status: 200, body: null }],
  ['an empty object', { status: 200, body: {} }],
  ['an empty list', { status: 200, body: [] }],
  ['half an answer', { status: 200, body: '{"total_count":1,"workflow_runs":[{"id":57' }],
  ['a page to sign in at', text(200, '<html>Sign in</html>')],
];

let fake: FakeGithub;
beforeEach(async () => {
  fake = await startGithub();
  const id = idOf('acme/payments');
  fake.attest('acme', PAYMENTS, { bundle: bundleOf({ digest: PAYMENTS, repositoryId: id, commit: ATTESTED }) }, id);
  fake.run('acme/payments', { id: 57, head_sha: ATTESTED });
  fake.job(
    'acme/payments',
    { id: 1, run_id: 57, name: 'e2e', conclusion: 'failure' },
    `2026-03-01T09:21:00Z docker run ghcr.io/acme/payments@${PAYMENTS}\n`,
  );
  fake.run('acme/payments', { id: 41, head_sha: RECORDED });
  fake.job('acme/payments', { id: 2, run_id: 41, name: 'build' }, '2026-03-01T09:01:00Z docker buildx build\n');
  const name = 'acme~payments~A1B2C3.dockerbuild';
  fake.artifact('acme/payments', { id: 7, run_id: 41, name }, dockerbuildOf(pushedRecord(CHECKOUT, { run: '41/attempts/1' })));
  fake.deployment({ id: 3, sha: ATTESTED, run: 57, job: 1 }, ['in_progress', '2026-03-01T09:50:00Z'], ['success', '2026-03-01T09:58:00Z']);
  fake.review(57, 'grace', 'prod', 'rejected');
  fake.environment({ name: 'prod' });
  fake.tree('acme/payments', ATTESTED, '7ea'.padEnd(40, '0'));
});
afterEach(() => fake.stop());

const lookUp = () =>
  lookUpGithub(
    fake,
    {
      digests: { [PAYMENTS]: ['ghcr.io/acme/payments'], [CHECKOUT]: ['ghcr.io/acme/checkout'] },
      commits: [{ repository: 'acme/payments', commit: RECORDED }],
    },
    { attestations: 'true', deployments: 'true', trees: 'true', edge: openEdge({ secrets: { TEA_TOKEN: TOKEN } }) },
  );
const nameOf = ({ method, path, query, body }: Called) => `${method} ${path}?${query.toString()} ${JSON.stringify(body)}`;
const isGap = ({ kind }: Seen) => kind === 'gap';
/** Whether a thing says nothing else than another, and perhaps less. */
function isPart(one: unknown, whole: unknown): boolean {
  if (typeof one !== 'object' || one === null || Array.isArray(one)) return isDeepStrictEqual(one, whole);
  if (typeof whole !== 'object' || whole === null) return false;
  const members = new Map(Object.entries(whole));
  return Object.entries(one).every(([key, value]) => value === undefined || isPart(value, members.get(key)));
}

it.each(FAULTS)('%s instead of any one answer of GitHub takes nothing away without a gap, and adds nothing', async (_, fault) => {
  const whole = await lookUp();
  const asked = new Map(fake.calls.splice(0).map((called) => [nameOf(called), called.arrived]));
  const silent: string[] = [];
  const made: string[] = [];

  for (const [call, arrived] of asked) {
    // A list that has nothing is what GitHub may well answer.
    if (Array.isArray(fault.body) && driftIn(arrived, fault) === undefined) continue;
    fake.reply((called) => (nameOf(called) === call ? fault : undefined));
    const facts = await lookUp();
    const lost = whole.filter((fact) => !facts.some((one) => isDeepStrictEqual(one, fact)));
    if (lost.length > 0 && !facts.some(isGap)) silent.push(`${call} loses ${lost.map(({ kind }) => kind).join()}`);
    const others = facts.filter((fact) => !isGap(fact) && !whole.some((one) => isPart(fact, one)));
    made.push(...others.map((fact) => `${call} makes ${JSON.stringify(fact)}`));
  }

  expect(whole.filter(isGap)).toEqual([]);
  expect([...new Set(whole.map(({ kind }) => kind))].toSorted()).toEqual([
    'approval',
    'build',
    'coverage',
    'deployment',
    'expected',
    'protection',
    'test',
  ]);
  expect({ silent, made }).toEqual({ silent: [], made: [] });
});
