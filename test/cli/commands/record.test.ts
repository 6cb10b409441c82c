import { mkdtempSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Event, lineOf, type RecordOptions, record } from '../../../src/cli/commands/record.ts';
import type { Seen } from '../../../src/collect/define-source.ts';
import { Digest } from '../../../src/domain/digest.ts';
import { sha256 } from '../../../src/domain/identify.ts';
import { AuditError } from '../../../src/error.ts';
import records from '../../../src/sources/records.ts';
import { selfsame } from '../../fakes/command-line.ts';
import { openEdge } from '../../fakes/edge.ts';

const A = Digest.parse(`sha256:${sha256('payments@A')}`);
const B = Digest.parse(`sha256:${sha256('payments@B')}`);
const COMMIT = sha256('c0ffee').slice(0, 40);
const NOW = new Date('2026-03-02T09:00:00.750Z');
const env = {
  GITHUB_ACTIONS: 'true',
  GITHUB_RUN_ID: '41',
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'acme/payments',
  GITHUB_WORKFLOW: 'release',
  GITHUB_JOB: 'build',
  GITHUB_SHA: COMMIT,
  GITHUB_REF: 'refs/heads/main',
};
const step = { env, now: NOW };

let file = '';

beforeEach(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'selfsame-record-')), 'records.jsonl');
});

async function readBack(): Promise<readonly Seen[]> {
  const facts: Seen[] = [];
  const wanted = { digests: [{ digest: A, seenIn: [] }], tags: [], commits: [], lines: [] };
  const edge = openEdge({ now: '2026-03-02T12:00:00.000Z' });
  for await (const fact of records.observe(records.config.parse({ files: [file] }), wanted, edge)) facts.push(fact);
  return facts;
}

function refusalOf(kind: Event, options: RecordOptions): AuditError {
  try {
    lineOf(kind, options, step);
  } catch (error) {
    if (error instanceof AuditError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('an approval', () => {
  it.each([
    ['that says no requester', [], 'does not say who asked for it (--requested-by)'],
    ['of who asked', ['--requested-by', 'ada'], 'ada asked for it too'],
  ])('%s is written, with a warning that it will not count', async (_, more, why) => {
    const argv = [
      'record',
      'approve',
      '--environment',
      'production',
      '--by',
      'ada',
      '--digest',
      A,
      '--run-platform',
      'ci',
      '--run-id',
      '1',
    ];

    const { status, stdout, stderr } = await selfsame([...argv, ...more], { cwd: path.dirname(file) });

    expect([status, stdout, stderr]).toEqual([0, expect.stringContaining('"kind":"approve"'), expect.stringContaining(why)]);
  });

  it('of somebody else, and a rejection, are written without a word', async () => {
    const argv = [
      'record',
      'approve',
      '--environment',
      'production',
      '--by',
      'ada',
      '--digest',
      A,
      '--run-platform',
      'ci',
      '--run-id',
      '1',
    ];

    const approved = await selfsame([...argv, '--requested-by', 'grace'], { cwd: path.dirname(file) });
    const rejected = await selfsame([...argv, '--state', 'rejected'], { cwd: path.dirname(file) });

    expect([approved.stderr, rejected.stderr]).toEqual(['', '']);
  });
});

describe('a line that the command writes', () => {
  it('is a build that the records source reads, with the run that wrote it', async () => {
    await record('build', { image: 'ghcr.io/acme/payments:1.4', digest: A, base: [`node:24@${B}`], out: file }, step);

    const facts = await readBack();

    expect(facts.filter(({ kind }) => kind === 'gap')).toEqual([]);
    expect(facts.find(({ kind }) => kind === 'build')).toMatchObject({
      at: '2026-03-02T09:00:00Z',
      run: { platform: 'github-actions', id: '41', attempt: 1, url: 'https://github.com/acme/payments/actions/runs/41', job: 'build' },
      source: { repository: 'acme/payments', commit: COMMIT, ref: 'refs/heads/main' },
      outputs: [{ image: { registry: 'ghcr.io', repository: 'acme/payments', tag: '1.4' }, digest: A }],
      base: [{ image: { registry: 'docker.io', repository: 'library/node', tag: '24' }, digest: B }],
      trust: 'recorded',
    });
  });

  it('is a test that the records source reads, as of the digest and not of the commit that its job checked out', async () => {
    await record('test', { digest: A, gate: 'e2e', result: 'passed', out: file }, step);

    const test = (await readBack()).find(({ kind }) => kind === 'test');

    expect(test).toMatchObject({ gate: 'e2e', result: 'passed', subject: { digest: A }, run: { id: '41' } });
    expect(test).not.toHaveProperty('subject.commit');
  });

  it.each<[Event, RecordOptions, object]>([
    ['promote', { from: 'staging', to: 'production' }, { from: 'staging', to: 'production' }],
    ['deploy', { environment: 'production' }, { environment: 'production' }],
    ['approve', { environment: 'prod', by: 'grace', requestedBy: 'ada' }, { environment: 'prod', by: 'grace', requestedBy: 'ada' }],
  ])('may be a %s, which is read without a gap', async (kind, options, expected) => {
    await record(kind, { digest: A, ...options, out: file }, step);

    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ kind, digest: A, ...expected });
    expect((await readBack()).filter(({ kind: of }) => of === 'gap')).toEqual([]);
  });

  it('takes the digest from the image where it stands there, and the members of an index as they are given', () => {
    const line = lineOf('build', { image: `ghcr.io/acme/payments:1.4@${A}`, platform: [`linux/amd64=${B}`] }, step);

    expect(line).toMatchObject({ digest: A, image: 'ghcr.io/acme/payments:1.4', platforms: { 'linux/amd64': B } });
  });

  it('does not take the commit of one repository for that of another', () => {
    const line = lineOf('build', { image: 'ghcr.io/acme/payments', digest: A, repository: 'acme/ledger' }, step);

    expect(line).toMatchObject({ repository: 'acme/ledger' });
    expect(line).not.toHaveProperty('commit');
    expect(line).not.toHaveProperty('ref');
  });

  it('has no credential in its repository', () => {
    const line = lineOf(
      'build',
      { image: 'ghcr.io/acme/payments', digest: A, repository: 'https://bot:hunter2@github.com/acme/ledger' },
      step,
    );

    expect(JSON.stringify(line)).not.toContain('hunter2');
  });

  it('names the run that was named, on a CI system that nobody knows', () => {
    const line = lineOf('test', { digest: A, gate: 'e2e', result: 'passed', runPlatform: 'drone', runId: '7' }, { env: {}, now: NOW });

    expect(line).toMatchObject({ run: { platform: 'drone', id: '7' } });
  });
});

describe('the command refuses', () => {
  it('a tag without a digest, and says where digests come from', () => {
    const { message, hint } = refusalOf('build', { image: 'ghcr.io/acme/payments:1.4' });

    expect(message).toContain('--image ghcr.io/acme/payments:1.4 names no digest');
    expect(hint).toContain('--metadata-file');
  });

  it.each<[string, Event, RecordOptions, string]>([
    ['no digest at all', 'test', { gate: 'e2e', result: 'passed' }, 'no digest'],
    ['a tag for a digest', 'build', { image: 'ghcr.io/acme/payments', digest: '1.4' }, '--digest'],
    ['a digest in capitals', 'build', { image: 'ghcr.io/acme/payments', digest: A.toUpperCase() }, '--digest'],
    ['a digest that is one digit short', 'build', { image: 'ghcr.io/acme/payments', digest: A.slice(0, -1) }, '--digest'],
    ['two digests', 'build', { image: `ghcr.io/acme/payments@${B}`, digest: A }, 'two digests'],
    ['what is no image', 'build', { image: 'Acme Payments', digest: A }, '--image'],
    ['a build of no image', 'build', { digest: A }, '--image is missing'],
    ['a member that is no digest', 'build', { image: 'ghcr.io/acme/payments', digest: A, platform: ['linux/amd64=latest'] }, '--platform'],
    ['a member of no platform', 'build', { image: 'ghcr.io/acme/payments', digest: A, platform: [B] }, '--platform'],
    ['a test of no gate', 'test', { digest: A, result: 'passed' }, '--gate is missing'],
    ['a test without a result', 'test', { digest: A, gate: 'e2e' }, '--result'],
    ['a skipped test', 'test', { digest: A, gate: 'e2e', result: 'skipped' }, '--result'],
    ['half a commit', 'build', { image: 'ghcr.io/acme/payments', digest: A, commit: 'c0ffee1' }, '--commit'],
    ['a time without its zone', 'test', { digest: A, gate: 'e2e', result: 'passed', at: '2026-03-02T09:00:00' }, '--at'],
    ['half a run', 'test', { digest: A, gate: 'e2e', result: 'passed', runId: '7' }, 'half a run'],
  ])('%s', (_, kind, options, says) => {
    const { code, message, hint } = refusalOf(kind, options);

    expect(code).toBe('USAGE');
    expect(message).toContain(says);
    expect(hint).toBeTruthy();
  });
});

describe('the file that lines are appended to', () => {
  const test: RecordOptions = { digest: A, gate: 'e2e', result: 'passed' };

  it('is for its owner alone, and keeps what was in it', async () => {
    await record('test', { ...test, out: file }, step);
    await record('test', { ...test, gate: 'load', out: file }, step);

    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await readBack()).filter(({ kind }) => kind === 'test')).toMatchObject([{ gate: 'e2e' }, { gate: 'load' }]);
  });

  it('loses no line to one that was cut before it', async () => {
    writeFileSync(file, '{"schema":"selfsame/rec');

    await record('test', { ...test, out: file }, step);

    expect((await readBack()).filter(({ kind }) => kind === 'test')).toHaveLength(1);
  });

  it('takes many lines at once without mixing them', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, nth) => record('test', { ...test, gate: `gate ${nth}`, out: file }, step)));

    expect((await readBack()).filter(({ kind }) => kind === 'test')).toHaveLength(50);
  });

  it('is never reached through a link', async () => {
    writeFileSync(`${file}.target`, '');
    symlinkSync(`${file}.target`, file);

    await expect(record('test', { ...test, out: file }, step)).rejects.toMatchObject({ code: 'REPORT_NOT_WRITTEN' });
    expect(readFileSync(`${file}.target`, 'utf8')).toBe('');
  });

  it('is not a folder', async () => {
    await expect(record('test', { ...test, out: path.dirname(file) }, step)).rejects.toMatchObject({ code: 'REPORT_NOT_WRITTEN' });
  });
});
