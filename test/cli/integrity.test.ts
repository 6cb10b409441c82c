import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { integrityOf } from '../../src/cli/integrity.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A package as it would be installed. */
function installed(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-installed-'));
  for (const name of ['bin', 'dist/src/cli', 'dist/rules']) mkdirSync(path.join(folder, name), { recursive: true });
  for (const name of ['package.json', 'bin/selfsame.js', 'dist/src/cli/main.js', 'dist/rules/tag-moved.js'])
    writeFileSync(path.join(folder, name), name);
  return folder;
}

const digestOf = async (folder: string) => (await integrityOf(folder, ['bin', 'dist'])).integrity;

describe('the integrity of what is installed', () => {
  it('is what the page says to find by hand (X02)', async () => {
    const folder = installed();
    const byHand = 'find package.json bin dist -type f | LC_ALL=C sort | xargs sha256sum | sha256sum';

    const { stdout } = spawnSync('sh', ['-c', byHand], { cwd: folder, encoding: 'utf8' });

    expect(await digestOf(folder)).toBe(`sha256:${stdout.slice(0, 64)}`);
  });

  it.each<[string, (folder: string) => void]>([
    ['a byte', (folder) => writeFileSync(path.join(folder, 'dist/rules/tag-moved.js'), 'dist/rules/tag-moved.jz')],
    ['a file more', (folder) => writeFileSync(path.join(folder, 'dist/rules/always-passes.js'), '')],
  ])('is another with %s', async (_, change) => {
    const [folder, changed] = [installed(), installed()];

    change(changed);

    expect(await digestOf(changed)).not.toBe(await digestOf(folder));
  });

  it('is printed with the version', () => {
    const argv = ['--conditions=selfsame-source', path.join(ROOT, 'bin/selfsame.js'), '--version', '--json'];

    const { stdout, status } = spawnSync(process.execPath, argv, { encoding: 'utf8' });

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'selfsame',
      version: '0.1.0',
      integrity: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
  });
});
