import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCodeOwners } from '../../../src/cli/discover/read-code-owners.ts';

function repository(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-owners-'));
  for (const name of ['.github', 'docs']) mkdirSync(path.join(folder, name));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

async function ownersOf(asked: string, ...lines: readonly string[]): Promise<string> {
  const of = await readCodeOwners(repository({ CODEOWNERS: lines.join('\n') }));
  return of(asked).join(' ');
}

describe('the owners of code', () => {
  it('are those of the last line that fits', async () => {
    const lines = ['* @acme/platform', '/.github/ @acme/release @quay', 'payments.yml pay@acme.test # on call'];

    expect(await ownersOf('Dockerfile', ...lines)).toBe('@acme/platform');
    expect(await ownersOf('.github/workflows/ci.yml', ...lines)).toBe('@acme/release @quay');
    expect(await ownersOf('.github/workflows/payments.yml', ...lines)).toBe('pay@acme.test');
  });

  it.each([
    ['*', 'payments/api/Dockerfile', true],
    ['*.yml', '.github/workflows/ci.yml', true],
    ['docs/*', 'docs/audit.md', true],
    ['docs/*', 'docs/nights/audit.md', false],
    ['/docs/', 'docs/nights/audit.md', true],
    ['/docs/', 'payments/docs/audit.md', false],
    ['docs/', 'payments/docs/audit.md', true],
    ['docs/', 'docs', false],
    ['/payments', 'payments/Dockerfile', true],
    ['**/workflows', '.github/workflows/ci.yml', true],
    ['payments/**/Dockerfile', 'payments/Dockerfile', true],
    ['payments/**/Dockerfile', 'payments/api/v2/Dockerfile', true],
    ['payments/**', 'payments', false],
    ['release\\ notes/', 'release notes/1.md', true],
    ['PAYMENTS/', 'payments/Dockerfile', false],
  ])('of %s: %s is among them: %s', async (pattern, asked, isOwned) => {
    expect(await ownersOf(asked, `${pattern} @acme/payments`)).toBe(isOwned ? '@acme/payments' : '');
  });

  it('are nobody where the last line that fits names nobody', async () => {
    expect(await ownersOf('vendor/x.yml', '* @acme/platform', '/vendor/')).toBe('');
  });

  it.each([
    '!/docs/ @acme/docs',
    '[a-z]* @acme/docs',
    '* payments',
    '# * @acme/docs',
    '',
  ])('are not told by a line as "%s"', async (line) => {
    expect(await ownersOf('Dockerfile', '* @acme/platform', line)).toBe('@acme/platform');
  });

  it('are read from the first place that GitHub looks at', async () => {
    const both = { 'docs/CODEOWNERS': '* @acme/docs', '.github/CODEOWNERS': '* @acme/platform' };

    const of = await readCodeOwners(repository(both));
    const none = await readCodeOwners(repository({}));

    expect(of('Dockerfile')).toEqual(['@acme/platform']);
    expect(none('Dockerfile')).toEqual([]);
  });

  it('are nobody in a file that GitHub finds too large', async () => {
    expect(await ownersOf('Dockerfile', '* @acme/platform', ' '.repeat(3_000_000))).toBe('');
  });

  it('are told at once, whatever stands in a line', async () => {
    expect(await ownersOf('a/b/c/d', `${'**/'.repeat(20_000)}e @acme/platform`)).toBe('');
  });
});
