import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import source from '../../src/sources/github-workflows.ts';
import { openEdge } from '../fakes/edge.ts';
import { standInForGh } from '../fakes/gh.ts';
import { TOKEN } from '../fakes/github.ts';
import { type FakeGraphql, startGraphql } from '../fakes/graphql.ts';

const ONE = '1'.repeat(40);
const TWO = '2'.repeat(40);
const CI = 'on: push\njobs:\n  test:\n    steps: [{ run: npm test }]\n';
const fixture = (path: string) => readFileSync(`fixtures/workflows/${path}`, 'utf8');

const gh = standInForGh();
let github: FakeGraphql;
beforeEach(async () => {
  github = await startGraphql();
});
afterEach(() => github.stop());

type Commits = readonly Readonly<{ repository: string; commit: string }>[];

async function observe(
  commits: Commits,
  {
    edge = openEdge({ secrets: { TEA_TOKEN: TOKEN } }),
    ...config
  }: Readonly<Record<string, unknown>> & { edge?: ReturnType<typeof openEdge> } = {},
): Promise<readonly Seen[]> {
  const facts: Seen[] = [];
  const parsed = source.config.parse({ repositories: ['acme/*'], apiUrl: github.apiUrl, tokenEnv: 'TEA_TOKEN', ...config });
  for await (const fact of source.observe(parsed, { digests: [], tags: [], commits, lines: [] }, edge)) facts.push(fact);
  return facts;
}

const at = (commit: string, repository = 'acme/payments') => [{ repository, commit }];
const gapsIn = (facts: readonly Seen[]) => facts.filter((fact) => fact.kind === 'gap');
const filesIn = (facts: readonly Seen[]) =>
  facts.flatMap((fact) => ('path' in fact ? [`${fact.repository} ${(fact.commit ?? fact.ref)?.slice(0, 2)} ${fact.path}`] : []));
const coveredIn = (facts: readonly Seen[]) => facts.flatMap((fact) => (fact.kind === 'coverage' ? [fact.scope.project] : []));

describe('workflows on GitHub', () => {
  it('are read at the commit that an image was built from, with what they name, and with the place for people', async () => {
    github.commit('acme/payments', ONE, {
      '.github/workflows/deploy.yml': fixture('composite-action/.github/workflows/deploy.yml'),
      '.github/workflows/README.md': 'no workflow',
      '.github/actions/build-image/action.yml': fixture('composite-action/.github/actions/build-image/action.yml'),
      'deploy/payments.Dockerfile': fixture('composite-action/deploy/payments.Dockerfile'),
      Dockerfile: fixture('unpinned-base/Dockerfile'),
      'src/main.ts': 'start();',
    });

    const facts = await observe(at(ONE));

    expect(filesIn(facts)).toEqual([
      'acme/payments 11 .github/actions/build-image/action.yml',
      'acme/payments 11 .github/workflows/deploy.yml',
      'acme/payments 11 Dockerfile',
      'acme/payments 11 deploy/payments.Dockerfile',
    ]);
    expect(facts[1]).toMatchObject({
      kind: 'workflow-file',
      locator: `${github.apiUrl}/acme/payments/blob/${ONE}/.github/workflows/deploy.yml`,
    });
    expect(facts.at(-1)).toMatchObject({ kind: 'coverage', of: 'workflow-file', scope: { project: 'acme/payments' } });
  });

  it('are none, and known to be none, where a commit has none', async () => {
    github.commit('acme/payments', ONE, { 'README.md': '' });

    const facts = await observe(at(ONE));

    expect({ files: filesIn(facts), covered: coveredIn(facts), gaps: gapsIn(facts) }).toEqual({
      files: [],
      covered: ['acme/payments'],
      gaps: [],
    });
  });

  it('are read of a server of one’s own, whose GraphQL stands beside its REST API', async () => {
    github.commit('acme/payments', ONE, { '.github/workflows/ci.yml': CI });

    const facts = await observe(at(ONE), { apiUrl: `${github.apiUrl}/api/v3` });

    expect(facts[0]).toMatchObject({
      kind: 'workflow-file',
      locator: `${github.apiUrl}/acme/payments/blob/${ONE}/.github/workflows/ci.yml`,
    });
  });

  it('are not asked for where nothing of the repositories is wanted', async () => {
    const facts = await observe([...at(ONE, 'other/payments'), ...at('c0ffee'), ...at(ONE, 'acme/group/payments')]);

    expect({ facts, queries: github.queries }).toEqual({ facts: [], queries: [] });
  });

  it('take 5 to 50 queries for 1,000 commits in 50 repositories', async () => {
    const commits = Array.from({ length: 1000 }, (_, n) => ({ repository: `acme/service-${n % 50}`, commit: `${n}`.padStart(40, '0') }));
    for (const { repository, commit } of commits)
      github.commit(repository, commit, {
        '.github/workflows/deploy.yml': fixture('composite-action/.github/workflows/deploy.yml'),
        '.github/workflows/ci.yml': CI,
        '.github/actions/build-image/action.yml': fixture('composite-action/.github/actions/build-image/action.yml'),
        'deploy/payments.Dockerfile': fixture('composite-action/deploy/payments.Dockerfile'),
        Dockerfile: 'FROM alpine',
      });

    const facts = await observe(commits);

    expect(filesIn(facts)).toHaveLength(5000);
    expect(coveredIn(facts)).toHaveLength(50);
    expect(github.queries.length).toBeGreaterThanOrEqual(5);
    expect(github.queries.length).toBeLessThanOrEqual(50);
  });
});

describe('a workflow of another repository', () => {
  const CALLER = 'on: push\njobs:\n  test:\n    uses: acme/workflows/.github/workflows/test.yml@v3\n';

  it('is read where it is called, and what it calls in its turn', async () => {
    github.commit('acme/payments', ONE, { '.github/workflows/ci.yml': CALLER });
    github.commit('acme/workflows', 'v3', {
      '.github/workflows/test.yml': `on: workflow_call\njobs:\n  a: { uses: ./.github/workflows/unit.yml }\n  b: { uses: acme/more/.github/workflows/e2e.yml@${TWO} }\n`,
      '.github/workflows/unit.yml': CI,
    });
    github.commit('acme/more', TWO, { '.github/workflows/e2e.yml': CI });

    const facts = await observe(at(ONE));

    expect(gapsIn(facts)).toEqual([]);
    expect(filesIn(facts)).toEqual([
      'acme/payments 11 .github/workflows/ci.yml',
      'acme/workflows v3 .github/workflows/test.yml',
      'acme/more 22 .github/workflows/e2e.yml',
      'acme/workflows v3 .github/workflows/unit.yml',
    ]);
    expect(coveredIn(facts)).toEqual(['acme/payments']);
  });

  it.each([
    ['is hidden', {}, 'not-found', 'Contents: read on acme/workflows'],
    ['has no such file', { v3: {} }, 'not-found', 'Mend the call'],
    ['has no such tag', { v2: { '.github/workflows/test.yml': CI } }, 'not-found', 'Mend the call'],
    ['cannot be read', { v3: { '.github/workflows/test.yml': 'on: [' } }, 'malformed', 'Mend it there'],
  ])('is a gap of that repository alone where it %s', async (_, refs, because, hint) => {
    github.commit('acme/payments', ONE, { '.github/workflows/ci.yml': CALLER });
    for (const [ref, files] of Object.entries(refs)) github.commit('acme/workflows', ref, { 'README.md': '', ...files });

    const facts = await observe(at(ONE));

    expect(gapsIn(facts)).toMatchObject([{ scope: { project: 'acme/workflows' }, because, hint: expect.stringContaining(hint) }]);
    expect(coveredIn(facts)).toEqual(['acme/payments']);
  });

  it('is not followed without end', async () => {
    const next = (n: number) => `on: workflow_call\njobs: { a: { uses: acme/payments/.github/workflows/ci.yml@v${n} } }`;
    github.commit('acme/payments', ONE, { '.github/workflows/ci.yml': next(0) });
    for (let n = 0; n < 30; n++) github.commit('acme/payments', `v${n}`, { '.github/workflows/ci.yml': next(n + 1) });

    const facts = await observe(at(ONE));

    expect(filesIn(facts)).toHaveLength(11);
    expect(gapsIn(facts)).toMatchObject([{ because: 'too-large' }]);
  });
});

describe('what cannot be read on GitHub', () => {
  it.each([
    ['no YAML', { '.github/workflows/ci.yml': 'on: [' }, 'malformed', 'ci.yml#L1'],
    ['no text', { '.github/workflows/ci.yml': { binary: true } }, 'unsupported', 'no text'],
    ['not handed out whole', { '.github/workflows/ci.yml': { truncated: 'on: push' } }, 'too-large', 'ci.yml'],
    ['a link', { '.github/workflows/ci.yml': { link: '../ci.yml' } }, 'unsupported', 'is a link'],
    ['missing', { '.github/workflows/ci.yml': 'on: push\njobs:\n  a:\n    steps: [{ uses: ./build }]\n' }, 'not-found', 'ci.yml#L4'],
  ] as const)('is a gap where it is %s', async (_, files, because, where) => {
    github.commit('acme/payments', ONE, files);

    const facts = await observe(at(ONE));

    expect(gapsIn(facts)).toMatchObject([
      {
        of: 'workflow-file',
        scope: { project: 'acme/payments' },
        because,
        locator: expect.stringContaining(where),
        hint: expect.stringMatching(/\.$/),
      },
    ]);
    expect(coveredIn(facts)).toEqual([]);
  });

  it('is a commit that is not in its repository, beside one that is', async () => {
    github.commit('acme/payments', ONE, { '.github/workflows/ci.yml': CI });

    const facts = await observe([...at(ONE), ...at(TWO)]);

    expect(filesIn(facts)).toEqual(['acme/payments 11 .github/workflows/ci.yml']);
    expect(gapsIn(facts)).toMatchObject([
      { because: 'not-found', locator: expect.stringContaining(TWO), hint: expect.stringContaining('fork') },
    ]);
    expect(coveredIn(facts)).toEqual([]);
  });

  it.each([
    [{ type: 'NOT_FOUND', message: 'Could not resolve to a Repository' }, 'not-found', 'Contents: read on acme/cart'],
    [{ type: 'FORBIDDEN', message: 'Resource not accessible by personal access token' }, 'forbidden', 'Contents: read on acme/cart'],
    [{ type: 'FORBIDDEN', message: 'Resource protected by organization SAML enforcement.' }, 'forbidden', 'Configure SSO'],
    [{ message: 'Something went wrong' }, 'unreachable', 'Scan again'],
  ])('is a repository that GitHub refuses, beside one that it shows: %j', async (failure, because, hint) => {
    github.commit('acme/payments', ONE, { '.github/workflows/ci.yml': CI });
    github.refuse('acme/cart', failure);

    const facts = await observe([...at(ONE), ...at(TWO, 'acme/cart')]);

    expect(gapsIn(facts)).toMatchObject([{ scope: { project: 'acme/cart' }, because, hint: expect.stringContaining(hint) }]);
    expect(coveredIn(facts)).toEqual(['acme/payments']);
  });

  it('is known of a repository that is named in full before anything of it is wanted', async () => {
    github.commit('acme/payments', 'HEAD', { 'README.md': '' });

    const facts = await observe([], { repositories: ['acme/payments', 'acme/cart', 'acme/shop-*'] });

    expect(facts).toMatchObject([
      { kind: 'gap', scope: { project: 'acme/cart' }, because: 'not-found', hint: expect.stringContaining('Contents: read on acme/cart') },
    ]);
    expect(github.queries).toHaveLength(1);
  });

  it('is everything where the limit is reached, and says so once a commit', async () => {
    github.reply(() => ({ status: 200, body: { data: null, errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] } }));

    const facts = await observe(at(ONE));

    expect(facts).toMatchObject([{ kind: 'gap', because: 'rate-limited', scope: { project: 'acme/payments' } }]);
  });

  it('is asked for in halves where GitHub does not get done with all of it', async () => {
    const commits = Array.from({ length: 8 }, (_, n) => ({ repository: 'acme/payments', commit: `${n}`.padStart(40, '0') }));
    for (const { repository, commit } of commits) github.commit(repository, commit, { '.github/workflows/ci.yml': CI });
    github.reply((query) => (query.split('object(').length > 7 ? { status: 502, body: { message: 'timeout' } } : undefined));

    const facts = await observe(commits);

    expect(filesIn(facts)).toHaveLength(8);
    expect(gapsIn(facts)).toEqual([]);
  });

  it('is an answer that is about another commit', async () => {
    github.reply(() => ({ status: 200, body: { data: { r0: { o0: { is: 'Commit', oid: TWO }, o1: null, o2: null } } } }));

    const facts = await observe(at(ONE));

    expect(facts).toMatchObject([{ kind: 'gap', because: 'untrusted' }]);
  });

  it('is an answer that is no answer', async () => {
    github.reply(() => ({ status: 200, body: { data: { r0: { o0: 1 } } } }));

    const facts = await observe(at(ONE));

    expect(facts).toMatchObject([{ kind: 'gap', because: 'malformed' }]);
  });

  it('is asked for with the token of gh where that is allowed', async () => {
    github.commit('acme/payments', ONE, { 'README.md': '' });
    gh(`echo ${TOKEN}`);

    const facts = await observe(at(ONE), { edge: openEdge(), gh: 'allow' });

    expect(facts.map(({ kind }) => kind)).toEqual(['coverage']);
  });

  it('is asked for by an app where one is named, and by nobody else', async () => {
    const told = observe(at(ONE), { app: { id: '4711', installation: '77', keyEnv: 'NO_KEY' } });

    await expect(told).rejects.toThrow('NO_KEY holds no key');
  });

  it('is nothing without a token, which is said with what it has to be good for', async () => {
    const told = observe(at(ONE), { edge: openEdge() });

    await expect(told).rejects.toMatchObject({
      because: 'unauthenticated',
      hint: 'Set TEA_TOKEN to a token that may read the contents of the repositories.',
    });
    expect(github.queries).toEqual([]);
  });
});

it('the source takes a checkout or repositories, and not both', () => {
  const isTaken = (config: unknown) => source.config.safeParse(config).success;

  expect([{ path: '.' }, { repositories: ['acme/*'] }, {}, { path: '.', repositories: ['acme/*'] }].map(isTaken)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
