import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRemote } from '../../../src/cli/discover/read-remote.ts';

function cloneOf(url: string, remote = 'origin'): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-clone-'));
  mkdirSync(path.join(folder, '.git'));
  writeFileSync(
    path.join(folder, '.git/config'),
    `[core]\n\tbare = false\n[remote "${remote}"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n[branch "main"]\n\tremote = origin\n`,
  );
  return folder;
}

describe('a clone', () => {
  it.each([
    'https://github.com/acme/payments.git',
    'https://github.com/acme/payments',
    'https://ada:canary-90a1@github.com/acme/payments.git',
    'git@github.com:acme/payments.git',
    'ssh://git@github.com/acme/payments',
  ])('of %s is of acme/payments', async (url) => {
    await expect(readRemote(cloneOf(url))).resolves.toBe('acme/payments');
  });

  it.each([
    'https://gitlab.com/acme/payments.git',
    'https://github.com.evil.test/acme/payments',
    '../payments',
    'https://github.com/acme',
  ])('of %s is of no repository on GitHub', async (url) => {
    await expect(readRemote(cloneOf(url))).resolves.toBeUndefined();
  });

  it('that has another remote alone, or is none, is of no repository', async () => {
    await expect(readRemote(cloneOf('https://github.com/acme/payments', 'upstream'))).resolves.toBeUndefined();
    await expect(readRemote(tmpdir())).resolves.toBeUndefined();
  });
});
