import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../../src/collect/collect.ts';
import type { Seen } from '../../src/collect/define-source.ts';
import { Digest } from '../../src/domain/digest.ts';
import { sha256 } from '../../src/domain/identify.ts';
import type { Wanted } from '../../src/domain/wanted.ts';
import records from '../../src/sources/records.ts';
import { openEdge } from '../fakes/edge.ts';

const NOTHING: Wanted = { digests: [], tags: [], commits: [], lines: [] };
const digestOf = (name: string) => Digest.parse(`sha256:${sha256(name)}`);
const commitOf = (name: string) => sha256(name).slice(0, 40);
const [A, B] = [digestOf('payments@A'), digestOf('payments@B')];
const AT = '2026-03-02T09:00:00Z';
const NOW = '2026-03-02T12:00:00.000Z';

const run = { platform: 'github-actions', id: '41', attempt: 1 };
const build = (changed: object = {}) => ({
  schema: 'selfsame/record/v1',
  kind: 'build',
  digest: A,
  image: 'ghcr.io/acme/payments:1.4',
  commit: commitOf('c0ffee'),
  repository: 'acme/payments',
  run,
  at: AT,
  ...changed,
});
const test = (changed: object = {}) => ({
  schema: 'selfsame/record/v1',
  kind: 'test',
  digest: A,
  gate: 'e2e',
  result: 'passed',
  run,
  at: AT,
  ...changed,
});
const wanting = (...digests: Digest[]): Wanted => ({ ...NOTHING, digests: digests.map((digest) => ({ digest, seenIn: [] })) });

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'selfsame-records-'));
  file = path.join(folder, 'records.jsonl');
});

function write(lines: readonly (object | string)[], name = 'records.jsonl'): void {
  const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
  writeFileSync(path.join(folder, name), text.join(''));
}

async function ask(wanted: Wanted, config: object = {}, edge = openEdge({ now: NOW })): Promise<Seen[]> {
  const facts: Seen[] = [];
  for await (const fact of records.observe(records.config.parse({ files: [file], ...config }), wanted, edge)) facts.push(fact);
  return facts;
}

const ofKind = <K extends Seen['kind']>(facts: readonly Seen[], kind: K) =>
  facts.filter((fact): fact is Extract<Seen, { kind: K }> => fact.kind === kind);

describe('a build', () => {
  it('is kept where its digest is wanted, with all that its line says', async () => {
    write([
      build({ tree: commitOf('tree'), ref: 'refs/heads/main', builder: 'buildkit', base: [{ image: 'node:24', digest: B }] }),
      build({ digest: B }),
    ]);

    const [seen] = ofKind(await ask(wanting(A)), 'build');

    expect(seen).toMatchObject({
      kind: 'build',
      at: AT,
      locator: `${file}:1`,
      run,
      source: { repository: 'acme/payments', commit: commitOf('c0ffee'), tree: commitOf('tree'), ref: 'refs/heads/main' },
      outputs: [{ image: { registry: 'ghcr.io', repository: 'acme/payments', tag: '1.4' }, digest: A, role: 'unknown' }],
      pushed: 'yes',
      pushedAt: AT,
      base: [{ image: { registry: 'docker.io', repository: 'library/node', tag: '24' }, digest: B }],
      builder: 'buildkit',
      trust: 'recorded',
    });
  });

  it('of several platforms is an index with members, and is kept for any of them', async () => {
    write([build({ platforms: { 'linux/amd64': B } })]);

    const [seen] = ofKind(await ask(wanting(B)), 'build');

    expect(seen?.outputs).toMatchObject([
      { digest: A, role: 'index' },
      { digest: B, role: 'manifest', platform: 'linux/amd64' },
    ]);
  });

  it('is not kept for the image it was built on', async () => {
    write([build({ base: [{ image: 'node:24', digest: B }] })]);

    expect(ofKind(await ask(wanting(B)), 'build')).toEqual([]);
  });

  it('is dated in UTC, to the second', async () => {
    write([build({ at: '2026-03-02T10:00:00.750+01:00' })]);

    expect(ofKind(await ask(wanting(A)), 'build')).toMatchObject([{ at: AT, pushedAt: AT }]);
  });

  it('has the repository of its run where it names none', async () => {
    write([build({ repository: undefined, run: { ...run, repository: 'https://github.com/acme/payments.git' } })]);

    expect(ofKind(await ask(wanting(A)), 'build')).toMatchObject([{ source: { repository: 'acme/payments' } }]);
  });

  it('keeps no credential: not in arguments, and not in addresses', async () => {
    write([
      build({
        repository: 'https://bot:hunter2hunter2@github.com/acme/payments',
        run: { ...run, url: 'https://bot:hunter2hunter2@ci.test/runs/41?token=hunter2hunter2' },
        arguments: { NPM_TOKEN: 'hunter2hunter2', NODE_ENV: 'production' },
      }),
    ]);

    const facts = await ask(wanting(A));

    expect(JSON.stringify(facts)).not.toContain('hunter2');
    expect(ofKind(facts, 'build')).toMatchObject([
      {
        arguments: { NPM_TOKEN: expect.stringMatching(/^redacted#\d+@[0-9a-f]{8}$/), NODE_ENV: 'production' },
        run: { url: 'https://ci.test/runs/41' },
      },
    ]);
  });

  it('cannot have anything struck out of a report by calling it a credential', async () => {
    write([build({ arguments: { NPM_TOKEN: 'production' } })]);
    const edge = openEdge({ now: NOW });

    await ask(wanting(A), {}, edge);

    expect(edge.concealed).toEqual([]);
  });
});

describe('a test', () => {
  it('is bound to its digest', async () => {
    write([test({ startedAt: '2026-03-02T08:50:00Z', image: 'ghcr.io/acme/payments:1.4', commit: commitOf('c0ffee') })]);

    expect(ofKind(await ask(wanting(A)), 'test')).toEqual([
      {
        kind: 'test',
        at: AT,
        locator: `${file}:1`,
        gate: 'e2e',
        run,
        subject: { digest: A, image: { registry: 'ghcr.io', repository: 'acme/payments', tag: '1.4' }, commit: commitOf('c0ffee') },
        result: 'passed',
        startedAt: '2026-03-02T08:50:00Z',
        trust: 'recorded',
      },
    ]);
  });

  it('of a later attempt is another one (C08)', async () => {
    write([test({ result: 'failed' }), test({ run: { ...run, attempt: 2 } })]);

    expect(ofKind(await ask(wanting(A)), 'test').map(({ result }) => result)).toEqual(['failed', 'passed']);
  });
});

describe('a record', () => {
  it('is wanted for its commit, however its repository is written; a fork is not', async () => {
    write([
      build(),
      build({ digest: B, repository: 'https://github.com/acme/payments.git' }),
      build({ digest: digestOf('fork'), repository: 'mallory/payments' }),
    ]);

    const facts = await ask({ ...NOTHING, commits: [{ repository: 'acme/payments', commit: commitOf('c0ffee') }] });

    expect(ofKind(facts, 'build').map(({ outputs }) => outputs[0]?.digest)).toEqual([A, B]);
  });

  it('is wanted for its commit where it names no repository', async () => {
    write([test({ commit: commitOf('c0ffee') })]);

    const facts = await ask({ ...NOTHING, commits: [{ repository: 'acme/payments', commit: commitOf('c0ffee') }] });

    expect(ofKind(facts, 'test')).toHaveLength(1);
  });

  it('is wanted for its image line, by whatever familiar name', async () => {
    write([
      build({ image: 'redis' }),
      build({ digest: B, image: 'docker.io/library/redis:8' }),
      test({ digest: B, image: 'index.docker.io/library/redis' }),
      build({ image: 'ghcr.io/acme/redis' }),
      build({ image: 'registry.test:5000/acme/payments' }),
    ]);

    const facts = await ask({ ...NOTHING, lines: [{ line: 'docker.io/library/redis' }, { line: 'registry.test:5000/acme/payments' }] });

    expect(facts.flatMap(({ locator }) => /:\d$/.exec(locator)?.[0] ?? [])).toEqual([':1', ':2', ':3', ':5']);
  });

  it('is wanted by a digest of any algorithm', async () => {
    const [long, odd] = [Digest.parse(`sha512:${sha256('a')}${sha256('b')}`), Digest.parse('blake3:payments_A=')];
    write([build({ digest: long }), build({ digest: odd }), build()]);

    expect(ofKind(await ask(wanting(long)), 'build')).toHaveLength(1);
    expect(ofKind(await ask(wanting(odd)), 'build')).toHaveLength(1);
  });

  it('that stands twice is told once; records that disagree are both told (C10)', async () => {
    write([build(), build(), build({ commit: commitOf('decaf0') })]);
    write([build()], 'again.ndjson');

    const facts = await ask(wanting(A), { files: [folder, file] });

    expect(ofKind(facts, 'build').map(({ source }) => source?.commit)).toEqual([commitOf('c0ffee'), commitOf('decaf0')]);
  });

  it('of a promotion or a deployment that names no environment is no fact, and no unknown line', async () => {
    write([build({ kind: 'promote' }), build({ kind: 'deploy' })]);

    expect((await ask(wanting(A))).map(({ kind }) => kind)).toEqual(['coverage', 'coverage']);
  });
});

describe('the files', () => {
  it('vouch for builds and tests until they were read', async () => {
    write([build()]);

    const coverage = ofKind(
      await ask(NOTHING, { project: 'https://github.com/acme/payments', since: '2026-01-01T01:00:00+01:00' }),
      'coverage',
    );

    const scope = { project: 'acme/payments', since: '2026-01-01T00:00:00Z', until: NOW, only: 'wanted' };
    expect(coverage).toEqual([
      { kind: 'coverage', of: 'build', scope, locator: file },
      { kind: 'coverage', of: 'test', scope, locator: file },
    ]);
  });

  it('are expected to answer for builds and tests', () => {
    const config = records.config.parse({ files: ['records.jsonl'], project: 'acme/payments' });

    expect(records.expects(config)).toEqual([
      { of: 'build', scope: { project: 'acme/payments' } },
      { of: 'test', scope: { project: 'acme/payments' } },
    ]);
  });

  it('are looked for in folders, below them too, and by their endings', async () => {
    mkdirSync(path.join(folder, 'run-41'));
    write([build()], 'run-41/records.ndjson');
    write([test()], 'z.jsonl');
    write(['no record'], 'notes.txt');

    const facts = await ask(wanting(A), { files: [folder] });

    expect(facts.map(({ locator }) => path.relative(folder, locator))).toEqual(['run-41/records.ndjson:1', 'z.jsonl:1', '', '']);
  });

  it('are read again to the same facts', async () => {
    write([build(), test(), 'no object']);

    expect(await ask(wanting(A))).toEqual(await ask(wanting(A)));
  });

  it('come through the collector as observations', async () => {
    write([build(), test()]);
    const config = records.config.parse({ files: [file] });

    const seen = await collect([{ name: 'ci', source: records, config }], () => wanting(A), openEdge({ now: NOW }));

    expect(seen.map(({ kind, origin }) => `${kind} ${origin.source}`)).toEqual([
      'expected ci',
      'expected ci',
      'build ci',
      'test ci',
      'coverage ci',
      'coverage ci',
    ]);
  });

  it('are not read on once the audit is stopped', async () => {
    write([build()]);
    const edge = openEdge({ now: NOW });
    edge.abort();

    await expect(ask(wanting(A), {}, edge)).rejects.toThrow('aborted');
  });
});

describe('a gap', () => {
  const gapsIn = async (...wanted: Digest[]) => ofKind(await ask(wanting(...wanted), { files: [file] }), 'gap');

  it('is left by a file that is not there', async () => {
    expect(await gapsIn(A)).toMatchObject([
      { of: 'build', because: 'not-found', locator: file, hint: expect.stringContaining('Check the path') },
      { of: 'test', because: 'not-found' },
    ]);
  });

  it.each([
    ['a symbolic link', () => symlinkSync(path.join(folder, 'elsewhere.jsonl'), file)],
    ['a link to a folder', () => symlinkSync(folder, file)],
    ['a pipe', () => spawnSync('mkfifo', [file])],
  ])('is left by %s, which is not opened (F04)', async (_, make) => {
    make();

    expect(await gapsIn(A)).toMatchObject([{ because: 'unsupported', locator: file }, { of: 'test' }]);
  });

  it('is left by a device (F04)', async () => {
    const facts = await ask(wanting(A), { files: ['/dev/zero'] });

    expect(facts).toMatchObject([{ kind: 'gap', because: 'unsupported', locator: '/dev/zero' }, { kind: 'gap' }]);
  });

  it('is left by a link inside a folder, because records may be behind it', async () => {
    write([build()]);
    symlinkSync(folder, path.join(folder, 'latest'));

    const facts = await ask(wanting(A), { files: [folder] });

    expect(ofKind(facts, 'build')).toHaveLength(1);
    expect(ofKind(facts, 'gap')).toMatchObject([{ because: 'unsupported', locator: path.join(folder, 'latest') }, { of: 'test' }]);
  });

  it('is left by a folder without records, and by files without a line: neither proves that nothing was built', async () => {
    const ofFolder = await ask(wanting(A), { files: [folder] });
    write(['', ' ']);
    const ofFile = await ask(wanting(A));

    expect(ofFolder).toMatchObject([{ because: 'not-found', locator: folder }, { of: 'test' }]);
    expect(ofFile).toMatchObject([{ because: 'incomplete', locator: file }, { of: 'test' }]);
  });

  it.each([
    ['a reference', { digest: `ghcr.io/acme/payments@${A}` }],
    ['a digit too few', { digest: A.slice(0, -1) }],
    ['a digit too many', { digest: `${A}0` }],
    ['capital letters', { digest: A.toUpperCase() }],
    ['its algorithm twice', { digest: `sha256:${A}` }],
    ['no algorithm', { digest: A.slice('sha256:'.length) }],
    ['nothing', { digest: '' }],
    ['a list', { digest: [A] }],
    ['another key', { digest: undefined, digets: A }],
  ])('is left by a test whose digest is %s: it may be of any image, and its result must not vanish', async (_, changed) => {
    write([build(), test(changed)]);

    const facts = await ask(wanting(B));

    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'test', because: 'malformed', locator: `${file}:2` }]);
    expect(ofKind(facts, 'coverage').map(({ of }) => of)).toEqual(['build']);
  });

  it('is one a file and kind, with the first line, their number and what is wrong', async () => {
    write([build(), test({ gate: undefined }), test({ gate: 7 }), test()]);

    const facts = await ask(wanting(A));

    expect(ofKind(facts, 'gap')).toEqual([
      {
        kind: 'gap',
        of: 'test',
        scope: {},
        because: 'malformed',
        locator: `${file}:2`,
        hint: expect.stringMatching(/^Mend line 2 \(and 1 more\): gate: /),
      },
    ]);
    expect(ofKind(facts, 'coverage').map(({ of }) => of)).toEqual(['build']);
  });

  it('leaves builds and tests open where a line cannot be told to be either', async () => {
    write([build(), `{"digest":"${A}","kind":`]);

    const facts = await ask(wanting(A));

    expect(facts.map(({ kind }) => kind)).toEqual(['build', 'gap', 'gap']);
  });

  it('names the place of a mistake, never a value', async () => {
    write([
      build({ arguments: { NPM_TOKEN: ['hunter2hunter2'] } }),
      build({ commit: 'hunter2hunter2' }),
      test({ result: 'hunter2hunter2' }),
    ]);

    expect(JSON.stringify(await gapsIn(A))).not.toContain('hunter2');
  });

  it.each([
    ['a time without a zone (C11)', build({ at: '2026-03-02T09:00:00' }), 'at: is not an instant'],
    ['a time in the future (C11)', build({ at: '2026-03-02T14:00:00Z' }), 'in the future'],
    ['a digest in capitals', build({ digest: A.toUpperCase().replace('SHA', 'sha') }), 'digest: is not a digest'],
    ['a digest without its algorithm', build({ digest: A.slice(7) }), 'digest: is not a digest'],
    ['no schema', build({ schema: undefined }), 'it has no "schema"'],
  ])('is left by a wanted build with %s', async (_, line, says) => {
    write([line]);

    expect(await gapsIn(A)).toContainEqual(
      expect.objectContaining({ of: 'build', because: 'malformed', hint: expect.stringContaining(says) }),
    );
  });

  it.each([
    ['format', build({ schema: 'selfsame/record/v2' })],
    ['kind', build({ kind: 'scan' })],
  ])('asks to upgrade for a %s of tomorrow', async (what, line) => {
    write([line]);

    expect(await gapsIn(A)).toMatchObject([
      { of: 'build', because: 'unsupported', hint: expect.stringContaining(`Upgrade for line 1: it is of a ${what}`) },
      { of: 'test' },
    ]);
  });

  it.each([
    'index',
    'manifest',
  ])('asks for no record to be mended where a line names a wanted digest as the %s of an image', async (what) => {
    write([JSON.stringify({ mediaType: `application/vnd.oci.image.${what}.v1+json`, digest: A, size: 1234 })]);

    expect((await gapsIn(A)).map((gap) => gap.because)).toEqual(['unsupported', 'unsupported']);
  });

  it.each(['digest', 'kind', 'result'])('is left by a line that says "%s" twice', async (key) => {
    write([JSON.stringify(test()).replace('{', `{"${key}":"${B}",`), build()]);

    const facts = await ask(wanting(A));

    expect(ofKind(facts, 'test')).toEqual([]);
    expect(ofKind(facts, 'gap')).toMatchObject([{ hint: expect.stringContaining(`it holds the key "${key}" twice`) }, { of: 'test' }]);
  });
});

describe('the page', () => {
  it('shows commands that write records', async () => {
    const page = readFileSync(new URL('../../src/sources/records.md', import.meta.url), 'utf8');
    const commands = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, command = '']) => command);
    const variables = {
      DIGEST: A,
      GITHUB_SHA: commitOf('c0ffee'),
      GITHUB_REPOSITORY: 'acme/payments',
      GITHUB_RUN_ID: '41',
      GITHUB_RUN_ATTEMPT: '1',
      APPROVER: 'grace',
      REQUESTER: 'ada',
    };

    for (const command of commands) spawnSync('sh', ['-c', command], { cwd: folder, env: { ...process.env, ...variables } });

    const facts = await ask(wanting(A), {}, openEdge({ now: new Date().toISOString() }));
    expect(facts).toMatchObject([
      { kind: 'build', run, source: { repository: 'acme/payments', commit: commitOf('c0ffee') } },
      { kind: 'test', run, gate: 'e2e', result: 'passed' },
      { kind: 'approval', by: 'grace', requestedBy: ['ada'], state: 'approved' },
      { kind: 'coverage' },
      { kind: 'coverage' },
    ]);
  });
});

describe('the configuration', () => {
  it.each([
    ['no files', {}],
    ['an empty list of files', { files: [] }],
    ['a key that is none', { files: ['records.jsonl'], sinse: '2026-01-01T00:00:00Z' }],
    ['a time without its zone', { files: ['records.jsonl'], since: '2026-01-01T00:00:00' }],
  ])('is refused for %s', (_, config) => {
    expect(records.config.safeParse(config).success).toBe(false);
  });
});
