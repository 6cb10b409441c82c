import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ESTATE = path.join(ROOT, 'fixtures/estates/rebuilt-on-newer-base');
const RECORDING = path.join(ESTATE, 'recording');
const CONFIG = path.join(ESTATE, 'selfsame.yaml');
const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-cli-'));

function selfsame(...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=selfsame-source', path.join(ROOT, 'bin/selfsame.js'), ...argv],
    { encoding: 'utf8', cwd: folder },
  );
  return { status, stdout, stderr };
}

function file(name: string, text: string): string {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
}

const bomb = [
  'version: 1',
  'a0: &a0 [x, x, x, x, x, x, x, x, x]',
  ...[1, 2, 3, 4, 5].map(
    (n) =>
      `a${n}: &a${n} [${Array(9)
        .fill(`*a${n - 1}`)
        .join(', ')}]`,
  ),
].join('\n');

describe('the command line', () => {
  it('refuses to check two digests of one image line: one place cannot run both', () => {
    const [one, other] = ['a', 'b'].map((letter) => `registry.test/payments@sha256:${letter.repeat(64)}`);

    const { status, stderr } = selfsame('check', `${one}`, `${other}`, '--against', RECORDING, '--config', CONFIG);

    expect(status).toBe(2);
    expect(stderr).toContain(`registry.test/payments is given twice, as sha256:${'a'.repeat(64)} and as sha256:${'b'.repeat(64)}`);
  });

  it('tells the incident in the demo, without colour in a pipe, and exits with 0', () => {
    const { status, stdout } = selfsame('demo');

    expect(status).toBe(0);
    expect(stdout).toMatch(/rebuilt-after-test[^]*run 57[^]*run 41[^]*cause: base image[^]*A scan would exit with 1/);
    expect(stdout).not.toContain('\u001b');
  });

  it('prints nothing beside a report for machines', () => {
    expect(JSON.parse(selfsame('demo', '--report', 'json').stdout)).toMatchObject({ schema: 'selfsame/report/v1', exitCode: 1 });
  });

  it('exits with 1 for drift, and gives the same bytes twice', () => {
    const [first, second] = [1, 2].map(() => selfsame('judge', RECORDING, '--config', CONFIG, '--report', 'json'));

    expect(first?.status).toBe(1);
    expect(first?.stdout).toBe(second?.stdout);
  });

  it.each([
    ['a missing configuration', ['judge', RECORDING], 2, '--config FILE'],
    ['a folder as configuration', ['judge', RECORDING, '--config', tmpdir()], 2, 'Name the file itself'],
    ['aliases that expand too far', ['judge', RECORDING, '--config', file('bomb.yaml', bomb)], 2, 'Write the values out'],
    [
      'an unknown key',
      ['judge', RECORDING, '--config', file('key.yaml', 'version: 1\npromotion: [staging, production]\nfailon: high\n')],
      2,
      'The keys are',
    ],
    [
      'an unknown rule',
      ['judge', RECORDING, '--config', file('rule.yaml', 'version: 1\npromotion: [staging, production]\nrules: {nope: high}\n')],
      2,
      '`selfsame rules` lists them',
    ],
    [
      'an environment twice',
      ['judge', RECORDING, '--config', file('twice.yaml', 'version: 1\npromotion: [production, production]\n')],
      2,
      'Name each environment once',
    ],
    ['no recording', ['judge', folder, '--config', CONFIG], 2, 'recording.json'],
    ['an unknown reporter', ['judge', RECORDING, '--config', CONFIG, '--report', 'pdf'], 2, 'There are: '],
    ['a report without a file name', ['judge', RECORDING, '--config', CONFIG, '--report', 'json='], 2, 'names no file'],
    [
      'a report that cannot be written',
      ['judge', RECORDING, '--config', CONFIG, '--report', `json=${folder}/none/x.json`],
      4,
      'folder that exists',
    ],
    ['an unknown command', ['demmo'], 2, 'Did you mean demo'],
  ])('says what to do about %s', (_, argv, status, hint) => {
    const result = selfsame(...argv);

    expect(result.status).toBe(status);
    expect(result.stderr).toContain(hint);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });

  it('says how to run a clone that was not built', () => {
    const clone = mkdtempSync(path.join(tmpdir(), 'selfsame-clone-'));
    for (const name of ['bin', 'package.json']) cpSync(path.join(ROOT, name), path.join(clone, name), { recursive: true });

    const { status, stderr } = spawnSync(process.execPath, [path.join(clone, 'bin/selfsame.js'), 'rules'], { encoding: 'utf8' });

    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('npm run -s selfsame --') });
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('leaves nothing behind where a report could not be put in its place', () => {
    expect(selfsame('judge', RECORDING, '--config', CONFIG, '--report', `json=${folder}`).status).toBe(4);
    expect(readdirSync(path.dirname(folder)).filter((name) => name.startsWith(path.basename(folder)) && name.endsWith('.partial'))).toEqual(
      [],
    );
  });
});
