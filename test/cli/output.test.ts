import { spawn, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = ['--conditions=selfsame-source', path.join(ROOT, 'bin/selfsame.js')];
const ESTATE = path.join(ROOT, 'fixtures/estates/rebuilt-on-newer-base');
const JUDGE = ['judge', path.join(ESTATE, 'recording'), '--config', path.join(ESTATE, 'selfsame.yaml')];
const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-output-'));

const selfsame = (...argv: string[]) => spawnSync(process.execPath, [...BIN, ...argv], { encoding: 'utf8', cwd: folder });

describe('what is written', () => {
  it('fails loudly on a full disk (O13)', () => {
    const full = spawnSync('sh', ['-c', '"$0" "$@" > /dev/full', process.execPath, ...BIN, ...JUDGE], { encoding: 'utf8' });

    expect(full.status).toBe(4);
    expect(full.stderr).toContain('Check the disk');
  });

  it('ends quietly where the reader has gone away, with the code of the audit (O13)', async () => {
    const child = spawn(process.execPath, [...BIN, ...JUDGE, '--report', 'json'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said: Buffer[] = [];
    child.stderr.on('data', (piece: Buffer) => said.push(piece));
    child.stdout.destroy();

    const code = await new Promise((resolve) => child.on('close', resolve));

    expect(Buffer.concat(said).toString()).toBe('');
    expect(code).toBe(1);
  });

  it.each([
    ['the same file', 'twice.html', 'twice.html'],
    ['the same file by another name', 'twice.html', './twice.html'],
  ])('is refused before anything is judged where two reports are to be %s', (_, one, other) => {
    const { status, stderr } = selfsame(...JUDGE, '--report', `html=${one}`, '--report', `json=${other}`);

    expect(status).toBe(2);
    expect(stderr).toMatch(/two reports are to be [^]*Name another file/);
    expect(existsSync(path.join(folder, one))).toBe(false);
  });

  it('neither follows a link nor replaces it (O12)', () => {
    const [report, elsewhere] = [path.join(folder, 'audit.json'), path.join(folder, 'precious')];
    writeFileSync(elsewhere, 'precious');
    symlinkSync(elsewhere, report);

    const { status, stderr } = selfsame(...JUDGE, '--report', `json=${report}`);

    expect(status).toBe(4);
    expect(stderr).toContain('is a link, and links are not followed');
    expect(readFileSync(elsewhere, 'utf8')).toBe('precious');
    expect(lstatSync(report).isSymbolicLink()).toBe(true);
  });

  it('does not follow a link laid where the report is prepared (O12)', () => {
    const [report, elsewhere] = [path.join(folder, 'night.json'), path.join(folder, 'passwords')];
    writeFileSync(elsewhere, 'passwords');
    symlinkSync(elsewhere, `${report}.partial`);

    const { status, stderr } = selfsame(...JUDGE, '--report', `json=${report}`);

    expect(status).toBe(4);
    expect(stderr).toContain('folder that exists');
    expect(readFileSync(elsewhere, 'utf8')).toBe('passwords');
  });

  it('goes to several places in one run', () => {
    const [json, markdown] = [path.join(folder, 'a.json'), path.join(folder, 'a.md')];

    const { stdout } = selfsame(...JUDGE, '--report', 'table', '--report', `json=${json}`, '--report', `markdown=${markdown}`);

    expect(stdout).toContain('rebuilt-after-test');
    expect([json, markdown].every((file) => existsSync(file))).toBe(true);
  });

  it('says on its first line that it was narrowed, and judges those places alone (P08)', () => {
    const narrowed = selfsame(...JUDGE, '--only', 'production/ledger');

    expect(narrowed.stdout.split('\n')[0]).toContain('NARROWED to production/ledger');
    expect(narrowed.status).toBe(3);
  });

  it('judges what was known at a time, or says that nothing was', () => {
    expect(selfsame(...JUDGE, '--at', '2026-03-03').status).toBe(1);
    expect(selfsame(...JUDGE, '--at', '2026-03-01').stderr).toContain('no recording was taken until');
    expect(selfsame(...JUDGE, '--at', 'yesterday').stderr).toContain('Write it in UTC');
  });

  it('judges no time long after the last one that was recorded', () => {
    const { status, stderr } = selfsame(...JUDGE, '--at', '2027-01-01');

    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('what ran at 2027-01-01 was not recorded: the newest recording until then is of 2026-'),
    ]);
  });

  it('judges by no configuration with a source that does not exist', () => {
    const misspelt = path.join(folder, 'misspelt.yaml');
    writeFileSync(misspelt, 'version: 1\npromotion: [staging, production]\nsources: [{ use: kubernets }]\n');

    const { status, stderr } = selfsame('judge', path.join(ESTATE, 'recording'), '--config', misspelt);

    expect([status, stderr]).toEqual([2, expect.stringContaining('Did you mean "kubernetes"?')]);
  });

  it('asks for sources where there are none, and names what a source lacks', () => {
    const bare = path.join(folder, 'bare.yaml');
    writeFileSync(bare, 'version: 1\npromotion: [staging, production]\n');
    const lacking = path.join(folder, 'lacking.yaml');
    writeFileSync(lacking, 'version: 1\npromotion: [staging, production]\nsources: [{use: kubernetes}]\n');

    expect(selfsame('scan', '--config', bare)).toMatchObject({ status: 2, stderr: expect.stringContaining('use: kubernetes') });
    expect(selfsame('scan', '--config', lacking)).toMatchObject({ status: 2, stderr: expect.stringContaining('environment') });
    expect(selfsame('collect', '--config', bare)).toMatchObject({ status: 2, stderr: expect.stringContaining('--out DIR') });
    expect(selfsame('scan', '--config', lacking, '--timeout', 'soon')).toMatchObject({ status: 2, stderr: expect.stringContaining('90s') });
    expect(selfsame('scan', '--config', lacking, '--only', 'cart')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is no place'),
    });
  });

  it('keeps no night that saw a part: judged with the others it would stand for the whole', () => {
    const kept = selfsame('scan', '--keep', path.join(folder, 'nights'), '--only', 'production/cart');

    expect(kept).toMatchObject({ status: 2, stderr: expect.stringContaining('do not go together') });
  });
});

describe('explain and diff', () => {
  const recording = path.join(ESTATE, 'recording');
  const config = ['--config', path.join(ESTATE, 'selfsame.yaml')];

  it.each([
    ['a place', 'production/payments-api'],
    ['a digest’s beginning', '6fe385ac863e'],
    ['a commit', 'c0ffee'],
  ])('tell the chain of %s', (_, what) => {
    const { status, stdout } = selfsame('explain', what, recording, ...config);

    expect(status).toBe(0);
    expect(stdout).toMatch(
      /standing +rebuilt[^]*run 41 attempt 1 built[^]*gate e2e passed[^]*run 57 attempt 1 built[^]*drift +rebuilt-after-test/,
    );
    expect(stdout).toMatch(/ {2}fix +(?:Deploy|Promote)/);
    expect(stdout).not.toContain('not-configured');
  });

  it('say for machines what they say for people', () => {
    const told = JSON.parse(selfsame('explain', 'production/payments-api', recording, ...config, '--json').stdout);

    expect(told).toMatchObject({
      schema: 'selfsame/explanation/v1',
      chains: [{ standing: 'rebuilt', steps: expect.arrayContaining([expect.objectContaining({ trust: 'recorded' })]) }],
    });
  });

  it.each([
    ['one artifact', ['production/payments-api', '6fe385ac863e'], 0, 'one artifact'],
    ['two builds', ['9c8a3d020aa6', '6fe385ac863e'], 1, 'base image'],
    ['what was not read', [`sha256:${'0'.repeat(64)}`, '6fe385ac863e'], 3, 'was not read'],
  ])('exit by what they found: %s', (_, operands, status, says) => {
    const result = selfsame('diff', ...operands, recording, ...config);

    expect(result.status).toBe(status);
    expect(result.stdout).toContain(says);
  });

  it.each([
    ['the digest that was tested', '9c8a3d020aa6ade60fc51f0e359f661150ef8160b20bdcb43eceb29b80fa3715', 0, 'may go'],
    ['the rebuild', '6fe385ac863e8511929a523df841051ac257ba0b2db67aba63c9c0e5480e1fe8', 1, 'deploy sha256:9c8a3d020aa6'],
  ])('say before a release whether it may go: %s', (_, hex, status, says) => {
    const result = selfsame('check', `registry.test/payments@sha256:${hex}`, '--against', recording, ...config);

    expect(result.status).toBe(status);
    expect(result.stdout.replaceAll(/\s+/g, ' ')).toContain(says);
  });

  it.each([
    ['no reference', ['payments@latest'], 'Write it as a cluster'],
    ['a tag nobody resolved', ['registry.test/payments:9'], 'Give it by digest'],
    ['an environment off the path', ['registry.test/payments:9', '--to', 'dev'], 'one of: production'],
    ['a recording that is too old', ['registry.test/payments:9', '--max-age', '1h'], 'Collect again'],
  ])('say what to give where a check is given %s', (_, given, hint) => {
    expect(selfsame('check', ...given, '--against', recording, ...config)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(hint),
    });
  });

  it('say what to name where nothing is meant, or too much', () => {
    expect(selfsame('explain', 'production/ledger', recording, ...config)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Name a place'),
    });
    expect(selfsame('diff', 'c0ffee', '6fe385ac863e', recording, ...config)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Name one of them'),
    });
    expect(selfsame('diff', 'oci:nowhere', 'oci:nowhere')).toMatchObject({ status: 2, stderr: expect.not.stringMatching(/\n\s+at /) });
  });

  it('compare an image on disk without any configuration', () => {
    mkdirSync(path.join(folder, 'empty'));

    expect(selfsame('diff', 'oci:empty', 'oci:empty').status).toBe(2);
  });
});
