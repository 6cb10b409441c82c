import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import { type FakeGithub, idOf, lookUpGithub, startGithub } from '../fakes/github.ts';
import { bundleOf } from '../fakes/github-bundle.ts';
import { digestOf } from '../fakes/registry.ts';

const [QUEUED, SQUASHED] = ['c0ffee'.padEnd(40, '0'), 'decaf'.padEnd(40, '0')];
const TREE = '7ea'.padEnd(40, '0');
const [TESTED, RELEASED] = [digestOf('payments@queued'), digestOf('payments@squashed')];

let fake: FakeGithub;
let home: string;

beforeEach(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'selfsame-trees-'));
  fake = await startGithub();
  attest(TESTED, QUEUED);
  attest(RELEASED, SQUASHED);
});
afterEach(async () => {
  await fake.stop();
  rmSync(home, { recursive: true });
});

function attest(digest: ReturnType<typeof digestOf>, commit: string, repository = 'acme/payments'): void {
  const repositoryId = idOf(repository);
  fake.attest('acme', digest, { bundle: bundleOf({ digest, repository, repositoryId, commit }) }, repositoryId);
}

const lookUp = (config: object = {}) =>
  lookUpGithub(
    fake,
    { digests: { [TESTED]: ['ghcr.io/acme/payments'], [RELEASED]: ['ghcr.io/acme/payments'] } },
    { attestations: 'true', logs: 'false', artifacts: 'false', trees: 'true', ...config },
  );
const sourcesIn = (facts: readonly Seen[]) => facts.flatMap((fact) => (fact.kind === 'build' && fact.source ? [fact.source] : []));
const queries = () => fake.calls.filter(({ path: at }) => at === '/graphql').length;

describe('the git tree of a commit', () => {
  it('is that of its squash merge, too: both builds are of the same source', async () => {
    for (const commit of [QUEUED, SQUASHED]) fake.tree('acme/payments', commit, TREE);

    const facts = await lookUp();

    expect(sourcesIn(facts).map(({ commit, tree }) => [commit, tree])).toEqual(
      expect.arrayContaining([
        [QUEUED, TREE],
        [SQUASHED, TREE],
      ]),
    );
    expect(queries()).toBe(1);
  });

  it('is asked for once for all scans', async () => {
    for (const commit of [QUEUED, SQUASHED]) fake.tree('acme/payments', commit, TREE);
    const cache = path.join(home, 'answers');
    const first = await lookUp({ cache });

    const second = await lookUp({ cache });

    expect(second).toEqual(first);
    expect(queries()).toBe(1);
  });

  it('is not asked for unless it is wanted, nor of repositories of others', async () => {
    await lookUp({ trees: 'false' });
    await lookUp({ repositories: ['acme/checkout'] });

    expect(queries()).toBe(0);
  });

  it('is a gap where the token may not see the repository: one, and the builds are told all the same', async () => {
    const facts = await lookUp();

    expect(sourcesIn(facts)).toHaveLength(2);
    expect(facts.filter(({ kind }) => kind === 'gap')).toMatchObject([
      { of: 'build', scope: { project: 'acme/payments' }, because: 'not-found', hint: expect.stringContaining('Contents: read') },
    ]);
  });

  it('is a gap where the commit is not there any more, and is told of the others', async () => {
    fake.tree('acme/payments', SQUASHED, TREE);

    const facts = await lookUp();

    expect(sourcesIn(facts).map(({ tree }) => tree)).toEqual(expect.arrayContaining([undefined, TREE]));
    expect(facts.filter(({ kind }) => kind === 'gap')).toMatchObject([{ because: 'not-found', locator: expect.stringContaining(QUEUED) }]);
  });

  it('counts for nothing where it is of another commit', async () => {
    const another = { is: 'Commit', oid: 'b0ba'.padEnd(40, '0'), tree: { oid: TREE } };
    fake.reply(({ path: at }) => (at === '/graphql' ? { status: 200, body: { data: { r0: { o0: another, o1: another } } } } : undefined));

    const facts = await lookUp();

    expect(sourcesIn(facts).map(({ tree }) => tree)).toEqual([undefined, undefined]);
    expect(facts.filter(({ kind }) => kind === 'gap').map((fact) => 'because' in fact && fact.because)).toEqual(['untrusted', 'untrusted']);
  });
});
