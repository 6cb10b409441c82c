import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import source from '../../src/sources/github-actions.ts';
import { openEdge } from '../fakes/edge.ts';
import { type FakeGithub, idOf, lookUpGithub, startGithub, TOKEN } from '../fakes/github.ts';
import { bundleOf } from '../fakes/github-bundle.ts';
import { digestOf } from '../fakes/registry.ts';

const COMMIT = 'c0ffee'.padEnd(40, '0');
const [INDEX, MEMBER, CHECKOUT] = [digestOf('index'), digestOf('member'), digestOf('checkout')];
const stamped = (...lines: readonly string[]) => lines.map((line) => `2026-03-01T09:10:00.1234567Z ${line}\n`).join('');
const PUSH = stamped(
  `#16 exporting manifest ${MEMBER} done`,
  `#16 exporting manifest list ${INDEX} done`,
  `#16 pushing manifest for ghcr.io/acme/payments:1.4@${INDEX} 2.6s done`,
);
const PULL = stamped(`docker run ghcr.io/acme/payments@${INDEX}`);

let fake: FakeGithub;

beforeEach(async () => {
  fake = await startGithub();
  fake.run('acme/payments', { id: 57, head_sha: COMMIT });
});
afterEach(() => fake.stop());

const ofKind = <K extends Seen['kind']>(facts: readonly Seen[], kind: K) =>
  facts.filter((fact): fact is Extract<Seen, { kind: K }> => fact.kind === kind);
let jobs = 0;
const job = (name: string, log: string | undefined, fields: object = {}) =>
  fake.job('acme/payments', { id: ++jobs, run_id: 57, name, ...fields }, log);
const attest = (said: object = {}) =>
  fake.attest('acme', INDEX, { bundle: bundleOf({ digest: INDEX, repositoryId: idOf('acme/payments'), ...said }) }, idOf('acme/payments'));
const seen = { [INDEX]: ['ghcr.io/acme/payments'], [CHECKOUT]: ['ghcr.io/acme/checkout'] };
const lookUp = (config: object = {}) =>
  lookUpGithub(fake, { digests: seen, commits: [{ repository: 'acme/payments', commit: COMMIT }] }, { attestations: 'true', ...config });
const tested = (facts: readonly Seen[]) =>
  ofKind(facts, 'test').map(({ gate, result, subject, trust }) => [gate, result, subject.digest ?? 'a commit', trust]);

/** A storage whose answer has no end. */
async function serveForever(lines: string) {
  let sent = 0;
  const server = http.createServer((_, response) => {
    const piece = Buffer.from(lines);
    const send = () => {
      do sent += piece.length;
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', send);
    send();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/logs/1?sig=s3cr3t-signature`;
  return { address, sentBytes: () => sent, stop: () => new Promise((stopped) => server.close(stopped).closeAllConnections()) };
}

describe('a build that nothing but a log tells of', () => {
  it('is what was pushed, and a claim', async () => {
    job('build', PUSH);

    const facts = await lookUp();

    expect(ofKind(facts, 'build')).toMatchObject([
      {
        at: '2026-03-01T09:10:00Z',
        pushedAt: '2026-03-01T09:10:00Z',
        pushed: 'yes',
        run: { id: '57', attempt: 1, job: 'build' },
        source: { repository: 'acme/payments', commit: COMMIT },
        outputs: [
          { image: { registry: 'ghcr.io', repository: 'acme/payments', tag: '1.4' }, digest: INDEX, role: 'index' },
          { digest: MEMBER, role: 'manifest' },
        ],
        trust: 'log',
      },
    ]);
    expect(fake.downloads.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it('is called as the digest was seen, where its name is masked', async () => {
    job('build', PUSH.replaceAll('ghcr.io/acme', 'docker.io/***'));

    const [build] = ofKind(await lookUp(), 'build');

    expect(build?.outputs[0]?.image).toMatchObject({ registry: 'ghcr.io', repository: 'acme/payments' });
  });

  it('names no commit, where the run need not have built its own', async () => {
    fake.run('acme/payments', { id: 58, head_sha: COMMIT, event: 'workflow_run' });
    fake.job('acme/payments', { id: ++jobs, run_id: 58, name: 'build' }, PUSH);

    const [build] = ofKind(await lookUp(), 'build');

    expect([build?.run?.id, build?.source]).toEqual(['58', undefined]);
  });

  it('is not looked for where it is attested', async () => {
    attest();
    job('build', PUSH);

    const facts = await lookUp();

    expect(ofKind(facts, 'build').map(({ trust }) => trust)).toEqual(['signed']);
    expect(fake.downloads).toEqual([]);
  });

  it('is not looked for where logs are not to be read', async () => {
    job('build', PUSH);

    expect(await lookUp({ logs: 'false' })).toEqual([]);
  });

  it('C12 is a gap where the log is not kept any more, with what to do', async () => {
    job('build', undefined);

    expect(await lookUp()).toMatchObject([{ kind: 'gap', of: 'build', because: 'expired', hint: expect.stringMatching(/^Attest builds/) }]);
  });

  it('C03 is a gap where its log has more than is read, with what to do', async () => {
    job('build', `${'x'.repeat(1 << 20)} ${PUSH.replaceAll('\n', ' ')}`);

    expect(await lookUp()).toMatchObject([{ kind: 'gap', of: 'build', because: 'too-large', hint: expect.stringMatching(/^Let the job/) }]);
  });

  it('C03 is a gap where its log has a gigabyte', async () => {
    const endless = await serveForever(stamped('.'.repeat(1000)).repeat(1000));
    job('build', PUSH);
    fake.reply(({ path }) => (path.endsWith('/logs') ? { status: 302, headers: { location: endless.address } } : undefined));

    const facts = await lookUp({ edge: openEdge({ secrets: { TEA_TOKEN: TOKEN }, timeoutMs: 60_000 }) });

    await endless.stop();
    expect(facts).toMatchObject([{ kind: 'gap', of: 'build', because: 'too-large' }]);
    expect(endless.sentBytes()).toBeLessThan(400 * 1024 * 1024);
  });

  it('is a gap where its log cannot be fetched', async () => {
    job('build', PUSH);
    fake.reply(({ path }) => (path.endsWith('/logs') ? { status: 302, headers: { location: 'https://127.0.0.1:1/log' } } : undefined));

    expect(await lookUp()).toMatchObject([{ kind: 'gap', of: 'build', because: 'unreachable' }]);
  });
});

describe('a gate that names the digest in its log', () => {
  it('is a test of that digest, where the build of its commit is attested', async () => {
    attest();
    job('e2e', PULL);

    const facts = await lookUp();

    expect(tested(facts)).toEqual([['e2e', 'passed', INDEX, 'recorded']]);
    expect(ofKind(facts, 'test')).toMatchObject([
      { subject: { commit: COMMIT, image: { registry: 'ghcr.io', repository: 'acme/payments' } } },
    ]);
  });

  it('failed on it, where it did', async () => {
    attest();
    job('e2e', PULL, { conclusion: 'failure' });

    expect(tested(await lookUp())).toEqual([['e2e', 'failed', INDEX, 'recorded']]);
  });

  it('C08 failed and passed in attempts of one run', async () => {
    attest();
    job('e2e', PULL, { conclusion: 'failure' });
    job('e2e', PULL, { run_attempt: 2, started_at: '2026-03-01T10:00:00Z', completed_at: '2026-03-01T10:10:00Z' });

    expect(tested(await lookUp())).toEqual([
      ['e2e', 'failed', INDEX, 'recorded'],
      ['e2e', 'passed', INDEX, 'recorded'],
    ]);
  });

  it.each<[string, () => void]>([
    ['that only tests its commit', () => job('e2e', stamped('npm test'))],
    ['C01 that prints a digest which no build of its run or commit made', () => job('e2e', stamped(`digest: ${CHECKOUT}`))],
    ['C07 that names a tag', () => job('e2e', stamped('docker run ghcr.io/acme/payments:1.4'))],
    ['that began before the digest was there', () => job('e2e', PULL, { started_at: '2026-03-01T09:11:59Z' })],
    [
      'one of whose legs does not name it',
      () => {
        job('e2e (chrome)', PULL);
        job('e2e (firefox)', stamped('npm test'));
      },
    ],
  ])('is none of the digest: one %s', async (_, run) => {
    attest();
    run();

    expect(tested(await lookUp())).toEqual([['e2e', 'passed', 'a commit', 'recorded']]);
  });

  it('C01 is a claim, where nothing but another log says that its digest was built', async () => {
    job('build', PUSH);
    job('e2e', PULL);

    expect(tested(await lookUp())).toEqual([['e2e', 'passed', INDEX, 'log']]);
  });

  it('C01 is not asked of a fork', async () => {
    attest();
    fake.run('acme/payments', { id: 58, head_sha: COMMIT, head_repository: { id: 666, full_name: 'mallory/payments' } });
    fake.job('acme/payments', { id: ++jobs, run_id: 58, name: 'e2e' }, PULL);

    expect(tested(await lookUp())).toEqual([]);
  });

  it('is a test of a digest that runs nowhere any more, where that is attested', async () => {
    const [released, alpine] = [digestOf('released'), digestOf('alpine')];
    const build = bundleOf({ digest: released, repositoryId: idOf('acme/payments'), run: '58/attempts/1' });
    fake.attest('acme', released, { bundle: build }, idOf('acme/payments'));
    attest();
    job('e2e', PULL + stamped(`docker pull alpine@${alpine}`));
    const commits = [{ repository: 'acme/payments', commit: COMMIT }];

    const facts = await lookUpGithub(fake, { digests: { [released]: ['ghcr.io/acme/payments'] }, commits }, { attestations: 'true' });

    expect(ofKind(facts, 'build').map(({ run, outputs }) => [run?.id, outputs[0]?.digest])).toEqual([
      ['58', released],
      ['57', INDEX],
    ]);
    expect(tested(facts)).toContainEqual(['e2e', 'passed', INDEX, 'recorded']);
    expect(ofKind(facts, 'gap')).toEqual([]);
  });

  it('C12 is a test of its commit, and a gap, where its log is gone', async () => {
    attest();
    job('e2e', undefined);

    const facts = await lookUp();

    expect(tested(facts)).toEqual([['e2e', 'passed', 'a commit', 'recorded']]);
    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'test', scope: { project: 'acme/payments' }, because: 'expired' }]);
  });

  it('is known in the round that brings its build, and no log is read twice', async () => {
    job('e2e', PULL);
    job('build', PUSH);
    const edge = openEdge({ secrets: { TEA_TOKEN: TOKEN } });
    const config = source.config.parse({
      repositories: ['acme/*'],
      apiUrl: fake.apiUrl,
      tokenEnv: 'TEA_TOKEN',
      attestations: 'true',
      cache: 'off',
    });
    const commits = [{ repository: 'acme/payments', commit: COMMIT }];
    const round = async (digests: readonly string[]) => {
      const facts: Seen[] = [];
      const wanted = { digests: digests.map((digest) => ({ digest: digest as typeof INDEX, seenIn: [] })), tags: [], lines: [], commits };
      for await (const fact of source.observe(config, wanted, edge)) facts.push(fact);
      return tested(facts);
    };
    expect(await round([])).toEqual([['e2e', 'passed', INDEX, 'log']]);
    attest();

    expect((await round([INDEX, CHECKOUT])).at(-1)).toEqual(['e2e', 'passed', INDEX, 'recorded']);
    expect(fake.downloads).toHaveLength(2);
  });
});
