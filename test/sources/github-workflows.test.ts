import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import source from '../../src/sources/github-workflows.ts';
import { openEdge } from '../fakes/edge.ts';
import { gitIndexOf } from '../fakes/git-index.ts';

const NOTHING = { digests: [], tags: [], commits: [], lines: [] };
const HEAD = 'c0ffee0000000000000000000000000000000000';
const PAYMENTS = '[core]\n\tbare = false\n[remote "origin"]\n\turl = https://github.com/acme/payments.git\n\tfetch = +refs/heads/*\n';
const CI = 'on: push\njobs:\n  test:\n    steps: [{ run: npm test }]\n';

/** A checkout with these files, and with `.git` as it is given; git has noted all of them as they are, and those that are `noted` besides. */
function checkout(files: Readonly<Record<string, string>>, from?: string, noted: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(path.join(tmpdir(), 'selfsame-checkout-'));
  const git = files['.git'] === undefined ? '.git' : 'store/worktrees/a';
  mkdirSync(path.join(root, git), { recursive: true });
  writeFileSync(path.join(root, git, 'index'), gitIndexOf({ ...files, ...noted }));
  if (from !== undefined) cpSync(`fixtures/workflows/${from}`, root, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

async function observe(root: string, edge = openEdge(), more: object = {}): Promise<readonly Seen[]> {
  const facts: Seen[] = [];
  for await (const fact of source.observe(source.config.parse({ path: root, ...more }), NOTHING, edge)) facts.push(fact);
  return facts;
}

const gapsIn = (facts: readonly Seen[]) => facts.filter((fact) => fact.kind === 'gap');
const pathsIn = (facts: readonly Seen[]) => facts.flatMap((fact) => ('path' in fact ? [fact.path] : []));

describe('a checkout', () => {
  it.each(
    readdirSync('fixtures/workflows', { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name),
  )('is covered where all of it can be read: %s', async (name) => {
    const facts = await observe(checkout({ '.git/config': PAYMENTS, '.git/HEAD': HEAD }, name));

    expect(facts.at(-1)).toMatchObject({ kind: 'coverage', of: 'workflow-file', scope: { project: 'acme/payments' } });
    expect(facts.some(({ kind }) => kind === 'workflow-file')).toBe(true);
    expect(facts.some(({ kind }) => kind === 'dockerfile')).toBe(true);
    expect(gapsIn(facts).filter(({ scope }) => scope.project === 'acme/payments')).toEqual([]);
  });

  it('says whose it is, at which commit, and where each file lies', async () => {
    const root = checkout({
      '.git/config': PAYMENTS,
      '.git/HEAD': 'ref: refs/heads/main\n',
      '.git/refs/heads/main': `${HEAD}\n`,
      '.github/workflows/ci.yml': CI,
    });

    const [fact] = await observe(root);

    expect(fact).toMatchObject({
      kind: 'workflow-file',
      repository: 'acme/payments',
      commit: HEAD,
      path: '.github/workflows/ci.yml',
      locator: `${root}/.github/workflows/ci.yml`,
    });
  });

  it.each([
    ['a packed reference', { '.git/HEAD': 'ref: refs/heads/main', '.git/packed-refs': `# pack-refs\n${HEAD} refs/heads/main\n` }, HEAD],
    ['a commit itself', { '.git/HEAD': `${HEAD}\n` }, HEAD],
    [
      'a working tree elsewhere',
      {
        '.git': 'gitdir: store/worktrees/a\n',
        'store/worktrees/a/HEAD': 'ref: refs/heads/b',
        'store/worktrees/a/commondir': '../..\n',
        'store/refs/heads/b': HEAD,
      },
      HEAD,
    ],
    ['a branch without a commit', { '.git/HEAD': 'ref: refs/heads/main' }, undefined],
    ['a reference that leads away', { '.git/HEAD': 'ref: refs/../../../secret', secret: HEAD }, undefined],
    ['nothing', {}, undefined],
  ])('is told its commit by %s', async (_, git, commit) => {
    const [fact] = await observe(checkout({ ...git, '.github/workflows/ci.yml': CI }));

    expect(fact).toMatchObject({ kind: 'workflow-file', repository: '.' });
    expect(fact && 'commit' in fact ? fact.commit : undefined).toBe(commit);
  });

  it.each([
    ['a workflow was changed since', {}, { '.github/workflows/ci.yml': 'on: release' }],
    ['a workflow was deleted since', {}, { '.github/workflows/other.yml': CI }],
    ['git has no note', { '.git/index': '' }, {}],
  ])('tells no commit where %s', async (_, files, noted) => {
    const root = checkout({ '.git/HEAD': HEAD, '.github/workflows/ci.yml': CI, Dockerfile: 'FROM alpine', ...files }, undefined, noted);

    const facts = await observe(root);

    expect(pathsIn(facts)).toEqual(['.github/workflows/ci.yml', 'Dockerfile']);
    expect(facts.filter((fact) => 'commit' in fact)).toEqual([]);
  });

  it('tells its commit where only files were changed that nobody reads here', async () => {
    const facts = await observe(
      checkout({ '.git/HEAD': HEAD, '.github/workflows/ci.yml': CI, 'src/main.ts': 'a' }, undefined, { 'src/main.ts': 'b' }),
    );

    expect(facts[0]).toMatchObject({ commit: HEAD });
  });

  it.each([
    ['https://github.com/acme/payments.git', 'acme/payments'],
    ['git@github.com:acme/payments.git', 'acme/payments'],
    ['ssh://git@ghe.acme.test:2222/acme/payments', 'acme/payments'],
    ['https://gitlab.acme.test/group/sub/payments', 'group/sub/payments'],
    ['../payments', '.'],
    ['/srv/git/payments.git', '.'],
    ['file:///srv/git/payments.git', '.'],
    ['C:\\git\\payments', '.'],
  ])('from %s is of %s', async (url, repository) => {
    const [fact] = await observe(checkout({ '.git/config': PAYMENTS.replace(/https:.*/, url), '.github/workflows/ci.yml': CI }));

    expect(fact).toMatchObject({ repository });
  });

  it('tells nobody the login of its origin', async () => {
    const edge = openEdge();
    const url = 'https://x-access-token:canary-90a1@github.com/acme/payments';

    const facts = await observe(checkout({ '.git/config': PAYMENTS.replace(/https:.*/, url), '.github/workflows/ci.yml': CI }), edge);

    expect(facts[0]).toMatchObject({ repository: 'acme/payments' });
    expect(JSON.stringify(facts)).not.toContain('canary');
    expect(edge.concealed).toEqual(['canary-90a1']);
  });
});

describe('what a workflow names', () => {
  it('is read: its actions, what those use, and the files that it builds by', async () => {
    const root = checkout({
      '.github/workflows/ci.yml':
        'on: push\njobs:\n  a:\n    steps:\n      - uses: ./tools/build\n      - { uses: docker/build-push-action@v6, with: { file: images/api } }\n      - run: docker build -f images/web.Containerfile .\n',
      'tools/build/action.yaml': 'runs: { using: composite, steps: [{ uses: ./tools/push }] }',
      'tools/push/action.yml': 'runs: { using: composite, steps: [{ run: docker push payments }] }',
      'images/api': 'FROM alpine',
      'images/web.Containerfile': 'FROM nginx',
      'node_modules/left/Dockerfile': 'FROM alpine',
      'api/fixtures/Dockerfile': 'hello',
      'Dockerfile.dockerignore': '*',
      'containerfile.test.ts': 'import { it } from "vitest";',
      'dockerfile.ndjson': '{}',
      'nights/monday/recording.json': '{}',
      'nights/monday/SHA256SUMS': '',
      'nights/monday/raw/Dockerfile': 'hello',
    });

    const facts = await observe(root);

    expect(pathsIn(facts)).toEqual([
      '.github/workflows/ci.yml',
      'images/api',
      'images/web.Containerfile',
      'tools/build/action.yaml',
      'tools/push/action.yml',
    ]);
    expect(facts.at(-1)?.kind).toBe('coverage');
  });

  it.each([
    ['an action', '{ uses: ./tools/build }', 'tools/build/Dockerfile is not in the repository'],
    ['a path out of it', '{ uses: ./../build }', '../build leads out of the repository'],
  ])('leaves a gap with file and line where it is not there: %s', async (_, step, says) => {
    const root = checkout({ '.github/workflows/ci.yml': `on: push\njobs:\n  a:\n    steps:\n      - ${step}\n` });

    const facts = await observe(root);

    expect(gapsIn(facts)).toMatchObject([
      { of: 'workflow-file', scope: { project: '.' }, locator: expect.stringMatching(`ci.yml:5: .*${says}`) },
    ]);
    expect(facts.some(({ kind }) => kind === 'coverage')).toBe(false);
  });

  it.each([
    ['where a step has put this repository', '{ path: tools/self }', './tools/self', ['action.yml']],
    ['at the root', '{ path: . }', './build', ['build/action.yml']],
    [
      'by the name of this very repository',
      '{ repository: "${{ github.repository }}", path: self }',
      './self/build/',
      ['build/action.yml'],
    ],
  ])('is found %s', async (_, given, uses, read) => {
    const root = checkout({
      '.github/workflows/ci.yml': `on: push\njobs:\n  a:\n    steps:\n      - { uses: actions/checkout@v5, with: ${given} }\n      - uses: ${uses}\n`,
      'action.yml': 'runs: { using: node24 }',
      'build/action.yml': 'runs: { using: node24 }',
    });

    const facts = await observe(root);

    expect({ gaps: gapsIn(facts), paths: pathsIn(facts) }).toEqual({ gaps: [], paths: ['.github/workflows/ci.yml', ...read] });
  });

  it.each([
    ['acme/tools', './tools/build', 'acme/tools'],
    ['${{ inputs.repository }}', './tools/build', '.'],
  ])('is of the repository that a step before has checked out: %s', async (repository, uses, project) => {
    const steps = `{ uses: actions/checkout@v5 }, { uses: actions/checkout@v5, with: { repository: "${repository}", path: tools } }, { uses: ${uses} }`;

    const facts = await observe(
      checkout({
        '.github/workflows/ci.yml': `on: push\njobs: { a: { steps: [${steps}] } }`,
        'tools/build/action.yml': 'runs: { using: node24 }',
      }),
    );

    expect(gapsIn(facts)).toMatchObject([
      { scope: { project }, because: 'not-asked', locator: expect.stringContaining(`build is of ${repository}`) },
    ]);
    expect(facts.some(({ kind }) => kind === 'coverage')).toBe(project !== '.');
  });

  it('leaves this repository open where it is called at another commit than that of the checkout', async () => {
    const facts = await observe(
      checkout({
        '.git/config': PAYMENTS,
        '.github/workflows/ci.yml': 'on: push\njobs: { a: { uses: acme/payments/.github/workflows/ci.yml@main } }',
      }),
    );

    expect(gapsIn(facts)).toMatchObject([{ scope: { project: 'acme/payments' }, because: 'not-asked' }]);
    expect(facts.some(({ kind }) => kind === 'coverage')).toBe(false);
  });

  it('is of another repository where it is called there, and leaves this one covered', async () => {
    const facts = await observe(checkout({}, 'reusable-workflow'));

    expect(gapsIn(facts)).toMatchObject([
      {
        scope: { project: 'acme/workflows' },
        because: 'not-asked',
        locator: expect.stringContaining('release.yml:6'),
        hint: expect.stringContaining('`repositories`'),
      },
    ]);
    expect(facts.at(-1)).toMatchObject({ kind: 'coverage', scope: { project: '.' } });
  });
});

const BUILD = 'on: push\njobs: { a: { steps: [{ uses: docker/build-push-action@v7, with: { file: api.Dockerfile } }] } }';

describe('what cannot be read of a checkout', () => {
  it.each([
    ['is no YAML', { '.github/workflows/ci.yml': 'on: [' }, 'malformed', 'ci.yml:1'],
    ['is a folder', { '.github/workflows/ci.yml/a': '' }, 'unsupported', 'ci.yml'],
    ['is not there', {}, 'not-found', '.github/workflows'],
    ['is very large', { '.github/workflows/ci.yml': ' '.repeat(5_000_000) }, 'too-large', 'ci.yml'],
  ])('is a gap where it %s', async (_, files, because, where) => {
    const facts = await observe(checkout(files));

    expect(gapsIn(facts)).toMatchObject([
      { of: 'workflow-file', because, locator: expect.stringContaining(where), hint: expect.stringMatching(/\.$/) },
    ]);
    expect(facts.some(({ kind }) => kind === 'coverage')).toBe(false);
  });

  it.each([
    ['is none', { 'api/Dockerfile': 'FROM alpine\nhello' }, 'malformed', 'api/Dockerfile:2'],
    ['is not there, and a build names it', { '.github/workflows/ci.yml': BUILD }, 'not-found', 'ci.yml:'],
  ])('is a gap of Dockerfiles alone where one %s: what jobs do is known without', async (_, files, because, where) => {
    const facts = await observe(checkout({ '.github/workflows/ci.yml': CI, ...files }));

    expect(gapsIn(facts)).toMatchObject([{ of: 'dockerfile', because, locator: expect.stringContaining(where) }]);
    expect(facts.at(-1)).toMatchObject({ kind: 'coverage', of: 'workflow-file', scope: { project: '.' } });
  });

  it('is left out where it is excluded, but not where a workflow names it', async () => {
    const root = checkout({
      '.github/workflows/ci.yml': 'on: push\njobs: { a: { steps: [{ run: docker build -f test/named.Dockerfile . }] } }',
      'test/broken/Dockerfile': 'hello',
      'test/named.Dockerfile': 'FROM alpine',
      Dockerfile: 'FROM alpine',
    });

    const facts = await observe(root, openEdge(), { exclude: ['test/*'] });

    expect({ gaps: gapsIn(facts), paths: pathsIn(facts) }).toEqual({
      gaps: [],
      paths: ['.github/workflows/ci.yml', 'Dockerfile', 'test/named.Dockerfile'],
    });
  });

  it('is a link that leads out of it', async () => {
    const outside = checkout({ 'canary.yml': CI });
    const root = checkout({ '.github/workflows/ci.yml': CI, '.github/same.yml': CI });
    symlinkSync(path.join(outside, 'canary.yml'), path.join(root, '.github/workflows/link.yml'));
    symlinkSync('../same.yml', path.join(root, '.github/workflows/same.yml'));

    const facts = await observe(root);

    expect(pathsIn(facts)).toEqual(['.github/workflows/ci.yml', '.github/workflows/same.yml']);
    expect(gapsIn(facts)).toMatchObject([{ because: 'unsupported', locator: expect.stringContaining('link.yml') }]);
  });

  it('is all of it, where its workflows are a link that leads out of it', async () => {
    const root = checkout({ 'README.md': '' });
    mkdirSync(path.join(root, '.github'));
    symlinkSync(path.join(checkout({ '.github/workflows/ci.yml': CI }), '.github/workflows'), path.join(root, '.github/workflows'));

    const facts = await observe(root);

    expect(facts).toMatchObject([{ kind: 'gap', because: 'unsupported' }]);
  });

  it('is nothing of a folder that is linked to: what it holds lies elsewhere', async () => {
    const root = checkout({ '.github/workflows/ci.yml': CI, 'a/Dockerfile': 'FROM alpine' });
    symlinkSync(root, path.join(root, 'a/loop'));

    expect(pathsIn(await observe(root))).toEqual(['.github/workflows/ci.yml', 'a/Dockerfile']);
  });
});

it('the page of the source shows the configuration that it takes', () => {
  const page = readFileSync('src/sources/github-workflows.md', 'utf8');

  expect(page).toContain('- { use: github-workflows, path: . }');
  expect(source.config.safeParse({ path: '.' }).success).toBe(true);
});
