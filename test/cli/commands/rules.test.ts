import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { selfsame } from '../../fakes/command-line.ts';

const cwd = mkdtempSync(path.join(tmpdir(), 'selfsame-rules-'));

describe('selfsame rules', () => {
  it('fits a terminal of 80 columns, and lists what is said of files by itself', async () => {
    const { status, stdout } = await selfsame(['rules'], { cwd });

    const [running, files] = stdout.split('Of workflow files and Dockerfiles:\n');
    expect([status, stdout.split('\n').filter((line) => line.length > 80)]).toEqual([0, []]);
    expect(running).toMatch(/^rebuilt-after-test +high +Production runs/m);
    expect(files).toMatch(/^rebuild-per-environment-matrix high +A matrix[^]*^unpinned-base-image /m);
    expect(running).not.toContain('rebuild-per-environment-matrix');
  });

  it.each([
    ['tag-movde', '  Did you mean "tag-moved"?\n'],
    ['harbour', '  `selfsame rules` lists them.\n'],
  ])('names no more than is needed where there is no rule %s', async (id, hint) => {
    const { status, stderr } = await selfsame(['rules', id], { cwd });

    expect([status, stderr]).toEqual([2, `selfsame: no such rule, source or reporter: "${id}" in rules\n${hint}`]);
  });
});
