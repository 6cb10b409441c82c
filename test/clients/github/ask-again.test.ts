import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../../src/collect/define-source.ts';
import { sha256 } from '../../../src/domain/identify.ts';
import { openEdge } from '../../fakes/edge.ts';
import { type Answer, type FakeGithub, idOf, lookUpGithub, startGithub, TOKEN } from '../../fakes/github.ts';
import { bundleOf } from '../../fakes/github-bundle.ts';
import { digestOf } from '../../fakes/registry.ts';

const COMMIT = 'c0ffee'.padEnd(40, '0');
const DIGEST = digestOf('payments');
const [LONG_AGO, JUST_NOW] = ['2026-03-01T09:40:00Z', '2026-03-01T11:50:00Z'];
const RUNS = '/repos/acme/payments/actions/runs';

let fake: FakeGithub;
let cache: string;
let home: string;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'selfsame-'));
  cache = path.join(home, 'github');
  fake = await startGithub();
});
afterEach(async () => {
  await fake.stop();
  await rm(home, { recursive: true });
});

let jobs = 0;
function ran(
  id: number,
  { conclusion = 'success', ...fields }: Readonly<{ conclusion?: string; updated_at?: string; status?: string }> = {},
  log?: string,
) {
  fake.run('acme/payments', { id, head_sha: COMMIT, updated_at: LONG_AGO, ...fields });
  fake.job('acme/payments', { id: ++jobs, run_id: id, name: 'e2e', conclusion }, log);
}

/** One scan, with what it asked of GitHub and what it says of that. */
async function scan(config: object = {}, digests: Readonly<Record<string, readonly string[]>> = {}) {
  const before = fake.calls.length;
  const steps: string[] = [];
  const edge = { ...openEdge({ secrets: { TEA_TOKEN: TOKEN } }), progress: (step: string) => void steps.push(step) };
  const commits = [{ repository: 'acme/payments', commit: COMMIT }];
  const facts = await lookUpGithub(fake, { commits, digests }, { edge, cache, ...config });
  const calls = fake.calls.slice(before);
  const asked = calls.map(
    ({ method, path: at, headers }) => `${method} ${at}${headers['if-none-match'] === undefined ? '' : ' if changed'}`,
  );
  return { facts, asked, account: steps.at(-1)?.replace(/;.*/, '') };
}

const results = (facts: readonly Seen[]) => facts.map((fact) => (fact.kind === 'test' ? fact.result : fact.kind));
const kept = async () => (await readdir(cache)).map((name) => path.join(cache, name));

describe('what GitHub has answered before', () => {
  it('is asked only whether it has changed, which is free; what ended long ago is not asked again', async () => {
    ran(57);
    const first = await scan();

    const second = await scan();

    expect(first.asked).toEqual([`GET ${RUNS}`, `GET ${RUNS}/57/jobs`]);
    expect(second.asked).toEqual([`GET ${RUNS} if changed`]);
    expect(second.facts).toEqual(first.facts);
    expect(second.account).toBe('GitHub: 1 requests, 1 of them free, of at most 4000');
  });

  it('is not all: a run that came since is told', async () => {
    ran(57);
    await scan();
    ran(58, { conclusion: 'failure' });

    const { facts, asked } = await scan();

    expect(results(facts).toSorted()).toEqual(['failed', 'passed']);
    expect(asked).toEqual([`GET ${RUNS} if changed`, `GET ${RUNS}/58/jobs`]);
  });

  it('is asked again of a run that was executed again', async () => {
    ran(57);
    await scan();
    const repository = { id: 1, full_name: 'acme/payments' };
    const again = { id: 57, head_sha: COMMIT, run_attempt: 2, updated_at: '2026-03-01T10:00:00Z' };
    fake.reply(({ path: at, query }) =>
      at === RUNS && query.has('head_sha')
        ? { status: 200, body: { total_count: 1, workflow_runs: [{ ...again, event: 'push', repository, head_repository: repository }] } }
        : undefined,
    );
    fake.job('acme/payments', { id: ++jobs, run_id: 57, run_attempt: 2, name: 'e2e', conclusion: 'failure', started_at: LONG_AGO });

    const { facts } = await scan();

    expect(results(facts)).toContain('failed');
  });

  it.each([
    ['has just ended', { updated_at: JUST_NOW }],
    ['goes on', { status: 'in_progress' }],
  ])('is asked again of a run that %s', async (_, fields) => {
    ran(57, fields);
    await scan();
    fake.job('acme/payments', { id: ++jobs, run_id: 57, name: 'smoke', conclusion: 'failure' });

    const { facts, asked } = await scan();

    expect(asked).toEqual([`GET ${RUNS} if changed`, `GET ${RUNS}/57/jobs if changed`]);
    expect(results(facts)).toContain('failed');
  });

  it('does not count against what may be asked where it is free', async () => {
    ran(57, { updated_at: JUST_NOW });
    const first = await scan({ maxRequests: '2' });

    const second = await scan({ maxRequests: '1' });

    expect(second.facts).toEqual(first.facts);
  });

  it('is kept of a log, too: its digests, once its job ended long ago', async () => {
    fake.attest('acme', DIGEST, { bundle: bundleOf({ digest: DIGEST, repositoryId: idOf('acme/payments') }) });
    ran(57, {}, `2026-03-01T09:25:00Z docker run ghcr.io/acme/payments@${DIGEST}\n`);
    const config = { attestations: 'true' };
    const first = await scan(config, { [DIGEST]: ['ghcr.io/acme/payments'] });

    const second = await scan(config, { [DIGEST]: ['ghcr.io/acme/payments'] });

    expect(first.asked.filter((at) => at.endsWith('/logs'))).toHaveLength(1);
    expect(second.asked.filter((at) => at.endsWith('/logs'))).toEqual([]);
    expect(second.facts).toEqual(first.facts);
    expect(second.facts).toContainEqual(expect.objectContaining({ kind: 'test', subject: expect.objectContaining({ digest: DIGEST }) }));
  });

  describe('of an artifact', () => {
    const record = { schema: 'selfsame/record/v1', kind: 'test', gate: 'smoke', digest: DIGEST, result: 'passed', at: LONG_AGO };
    const bytes = Buffer.from(`${JSON.stringify(record)}\n`);
    const uploaded = { id: 7, run_id: 57, name: 'records-smoke', created_at: LONG_AGO, digest: `sha256:${sha256(bytes)}` };
    const look = () => scan({ records: ['records-*'], logs: 'false', artifacts: 'false' });
    const zips = (asked: readonly string[]) => asked.filter((at) => at.endsWith('/zip'));

    it('is kept, too: it is read though GitHub has deleted it since', async () => {
      ran(57);
      fake.artifact('acme/payments', uploaded, bytes);
      const first = await look();
      const listed = [{ ...uploaded, size_in_bytes: bytes.length, expired: true }];
      fake.reply(({ path: at }) => (at.endsWith('/artifacts') ? { status: 200, body: { total_count: 1, artifacts: listed } } : undefined));

      const second = await look();

      expect([zips(first.asked), zips(second.asked)]).toEqual([[expect.any(String)], []]);
      expect(first.facts).toContainEqual(expect.objectContaining({ kind: 'test', gate: 'smoke', trust: 'artifact' }));
      expect(second.facts).toEqual(first.facts);
    });

    it.each([
      ['has just been uploaded', { created_at: JUST_NOW }, bytes],
      ['is not what was uploaded', {}, Buffer.from('<html>Log in</html>')],
      ['has no digest, and is no archive that opens', { digest: null }, Buffer.concat([Buffer.from('PK\u0003\u0004'), bytes])],
    ])('is asked again where it %s', async (_, fields, answer) => {
      ran(57);
      fake.artifact('acme/payments', { ...uploaded, ...fields }, answer);
      await look();

      const { asked } = await look();

      expect(zips(asked)).toHaveLength(1);
    });
  });

  it.each([
    ['a page of something between', { status: 200, body: '<html>Log in</html>' }],
    ['a part of the list', { status: 200, body: { total_count: 1, jobs: [] } }],
    ['a job that has not ended', { status: 200, body: { total_count: 1, jobs: [{ id: 1, run_id: 57, head_sha: COMMIT, name: 'e2e' }] } }],
  ])('is not kept for good where it was %s', async (_, answer: Answer) => {
    ran(57);
    let nth = 0;
    fake.reply(({ path: at }) => (at.endsWith('/jobs') && ++nth === 1 ? answer : undefined));
    await scan();

    const { facts } = await scan();

    expect(results(facts)).toEqual(['passed']);
  });

  it('is read again of a log that something between stood in for', async () => {
    fake.attest('acme', DIGEST, { bundle: bundleOf({ digest: DIGEST, repositoryId: idOf('acme/payments') }) });
    ran(57, {}, '<html>Log in</html>');
    const look = () => scan({ attestations: 'true' }, { [DIGEST]: ['ghcr.io/acme/payments'] });
    await look();

    const { asked } = await look();

    expect(asked.filter((at) => at.endsWith('/logs'))).toHaveLength(1);
  });

  it('is asked anew where nothing is to be kept', async () => {
    ran(57);
    await scan({ cache: 'off' });

    const { asked } = await scan({ cache: 'off' });

    expect(asked).toEqual([`GET ${RUNS}`, `GET ${RUNS}/57/jobs`]);
    expect(await readdir(home)).toEqual([]);
  });
});

describe('whoever answers otherwise than GitHub', () => {
  const body = (id: number) => {
    const repository = { id: 1, full_name: 'acme/payments' };
    const run = { id, head_sha: COMMIT, event: 'push', status: 'completed', updated_at: LONG_AGO, repository, head_repository: repository };
    return { total_count: 1, workflow_runs: [run] };
  };
  const runsAre = (answer: (nth: number) => Answer) => {
    let nth = 0;
    fake.reply(({ path: at }) => (at === RUNS ? answer(++nth) : undefined));
  };

  it('and says that nothing has changed of what was never answered, is believed nothing', async () => {
    ran(57);
    runsAre(() => ({ status: 304 }));

    const { facts } = await scan();

    expect(facts).toMatchObject([{ kind: 'gap', of: 'test', because: 'unsupported', locator: expect.stringContaining('answers 304') }]);
  });

  it('and changes an answer under its old tag, is heard', async () => {
    ran(57);
    ran(58, { conclusion: 'failure' });
    runsAre((nth) => ({ status: 200, body: body(nth === 1 ? 57 : 58), headers: { etag: '"tea"' } }));
    const first = await scan();

    const second = await scan();

    expect([results(first.facts), results(second.facts)]).toEqual([['passed'], ['failed']]);
  });

  it('and says that another answer has not changed than the one that is kept, is asked for the whole', async () => {
    ran(57);
    ran(58, { conclusion: 'failure' });
    runsAre((nth) =>
      nth === 2
        ? { status: 304, headers: { etag: '"coffee"' } }
        : { status: 200, body: body(nth === 1 ? 57 : 58), headers: { etag: '"tea"' } },
    );
    await scan();

    const { facts, asked } = await scan();

    expect(results(facts)).toEqual(['failed']);
    expect(asked.slice(0, 2)).toEqual([`GET ${RUNS} if changed`, `GET ${RUNS}`]);
  });
});

describe('what is kept', () => {
  it('is for nobody but its owner to read', async () => {
    ran(57);

    await scan();

    const files = await Promise.all((await kept()).map(async (file) => (await stat(file)).mode & 0o777));
    expect(files).toEqual([0o600, 0o600]);
    expect((await stat(cache)).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['cut', (file: string) => truncate(file, 40)],
    ['emptied', (file: string) => truncate(file, 0)],
    ['forged', async (file: string) => writeFile(file, (await readFile(file, 'latin1')).replaceAll('success', 'failure'), 'latin1')],
    ['another', async (file: string, other: Buffer) => writeFile(file, other)],
  ])('is asked for as ever where it was %s', async (_, harm) => {
    ran(57);
    const first = await scan();
    const files = await kept();
    const bytes = await Promise.all(files.map((file) => readFile(file)));
    for (const [at, file] of files.entries()) await harm(file, bytes[1 - at] ?? Buffer.alloc(0));

    const second = await scan();

    expect(second.facts).toEqual(first.facts);
    expect(second.asked).toContain(`GET ${RUNS}/57/jobs`);
  });

  it('is not found by who logs in otherwise, though the token of the moment were the same', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const secrets = { TEA_KEY: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString() };
    ran(57);
    await scan();
    fake.reply(({ method }) =>
      method === 'POST' ? { status: 201, body: { token: TOKEN, expires_at: '2026-03-01T13:00:00Z' } } : undefined,
    );

    const { asked } = await scan({ app: { id: '4711', installation: '77', keyEnv: 'TEA_KEY' }, edge: openEdge({ secrets }) });

    expect(asked.slice(1)).toEqual([`GET ${RUNS}`, `GET ${RUNS}/57/jobs`]);
  });

  it('holds no secret, though an answer had one', async () => {
    ran(57);
    fake.reply(({ path: at }) =>
      at.endsWith('/jobs') ? { status: 200, body: { total_count: 0, jobs: [], said: TOKEN }, headers: { etag: '"tea"' } } : undefined,
    );
    const edge = openEdge({ secrets: { TEA_TOKEN: TOKEN } });
    edge.conceal(TOKEN);

    await scan({ edge });

    const texts = await Promise.all((await kept()).map((file) => readFile(file, 'utf8')));
    expect(texts).toHaveLength(1);
    expect(texts.join(' ')).not.toContain(TOKEN);
  });
});
