import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../src/cli/examples.ts';
import { idsIn } from '../../src/registry.ts';
import { selfsame } from '../fakes/command-line.ts';

const cwd = mkdtempSync(path.join(tmpdir(), 'selfsame-completion-'));
let scripts: Readonly<Record<string, string>>;

beforeAll(async () => {
  const [bash, zsh, fish] = await Promise.all(['bash', 'zsh', 'fish'].map((shell) => selfsame(['completion', shell], { cwd })));
  scripts = { bash: bash?.stdout ?? '', zsh: zsh?.stdout ?? '', fish: fish?.stdout ?? '' };
});

/** What a real bash offers for the last of the words. */
function offered(...words: string[]): string[] {
  const typed = 'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _selfsame; echo "${COMPREPLY[@]}"';
  const { stdout } = spawnSync('bash', ['-c', `${scripts.bash}\n${typed}`, 'bash', 'selfsame', ...words], { encoding: 'utf8', cwd });
  return stdout.trim().split(' ').filter(Boolean);
}

describe('completion', () => {
  it('offers commands, and those of a command', () => {
    expect(offered('d')).toEqual(['doctor', 'diff', 'demo']);
    expect(offered('record', '')).toEqual(expect.arrayContaining(['build', 'test', 'promote', 'deploy']));
    expect(offered('new', '')).toContain('rule');
  });

  it('offers the options of the command that was typed, and of no other', () => {
    expect(offered('scan', '--ke')).toEqual(['--keep']);
    expect(offered('judge', '--ke')).toEqual([]);
    expect(offered('record', 'build', '--im')).toEqual(['--image']);
    expect(offered('new', 'rule', '--t')).toEqual(['--to']);
  });

  it('offers the ids of reporters and rules, and leaves the rest to files', async () => {
    expect(offered('scan', '--report', '')).toEqual(await idsIn('reporters'));
    expect(offered('rules', 'unknown-')).toEqual(['unknown-origin']);
    expect(offered('judge', '')).toEqual([]);
  });

  it.each(['zsh', 'fish'])('knows every command in %s', (shell) => {
    const missing = Object.keys(EXAMPLES).filter((command) => !new RegExp(`\\b${command}\\b`).test(scripts[shell] ?? ''));

    expect(missing).toEqual([]);
  });

  it('is refused for a shell that nobody wrote it for', async () => {
    const { status, stderr } = await selfsame(['completion', 'tcsh'], { cwd });

    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('bash, zsh, fish') });
  });
});

describe('the help', () => {
  it('has an example for every command, with options that there are', () => {
    const commands = offered('').filter((word) => !word.startsWith('-'));

    const wrong = Object.values(EXAMPLES)
      .flat()
      .flatMap((line) => {
        const [, command = '', second = ''] = line.split(' ');
        const known = offered(command, '').includes(second) ? offered(command, second, '--') : offered(command, '--');
        return [...line.matchAll(/ (?<option>--[a-z-]+)/g)].flatMap(({ groups }) =>
          known.includes(groups?.option ?? '') ? [] : [`${line}: ${groups?.option}`],
        );
      });

    expect(Object.keys(EXAMPLES).toSorted()).toEqual(commands.toSorted());
    expect(wrong).toEqual([]);
  });

  it.each([
    ...['build', 'test', 'approve', 'promote', 'deploy'].map((event) => ['record', event]),
    ['new', 'rule'],
  ])('has an example of %s %s, and of no other', async (command, below) => {
    const { stdout } = await selfsame([command, below, '--help'], { cwd });

    const [, examples = ''] = stdout.split('Examples:\n');
    expect(examples.trim().split('\n')).toEqual(
      EXAMPLES[command]?.filter((line) => line.includes(` ${command} ${below} `)).map((line, at) => (at === 0 ? line : `  ${line}`)),
    );
    expect(examples).toContain(`selfsame ${command} ${below} `);
  });

  it('fits a terminal of 80 columns', async () => {
    const { stdout } = await selfsame(['--help'], { cwd });

    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});
