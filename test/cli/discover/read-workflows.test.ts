import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWorkflows } from '../../../src/cli/discover/read-workflows.ts';

function repository(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-workflows-'));
  mkdirSync(path.join(folder, '.github/workflows'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, '.github/workflows', name), text);
  return folder;
}

describe('the workflows of a repository', () => {
  it('tell the jobs that push images, and those that check what was deployed', async () => {
    const release = [
      'jobs:',
      '  image: { steps: [{ uses: actions/checkout@v7 }, { uses: docker/build-push-action@v7 }] }',
      '  by-hand: { steps: [{ run: "docker push ghcr.io/acme/payments:$TAG" }] }',
      '  e2e: { steps: [{ run: npm run e2e }] }',
      '  unit: { steps: [{ run: npm test }] }',
      '  called: { uses: ./.github/workflows/other.yml }',
    ].join('\n');

    const jobs = await readWorkflows(repository({ 'release.yaml': release, 'README.md': release }));

    expect(jobs.map(({ file, job, does }) => `${file} ${job} ${does}`)).toEqual([
      '.github/workflows/release.yaml image pushes',
      '.github/workflows/release.yaml by-hand pushes',
      '.github/workflows/release.yaml e2e checks',
    ]);
  });

  it.each([
    ['are none', {}],
    ['are no YAML', { 'a.yml': 'jobs: [' }],
    ['are no workflows', { 'a.yml': '- 1', 'b.yml': 'jobs: {e2e: 1}', 'c.yml': '' }],
    ['expand without end', { 'a.yml': `a: &a [1]\nb: &b [${'*a, '.repeat(99)}]\njobs: { e2e: [${'*b, '.repeat(99)}] }` }],
  ])('tell nothing where they %s', async (_, files) => {
    await expect(readWorkflows(repository(files))).resolves.toEqual([]);
  });

  it('tell nothing where there is no such folder', async () => {
    await expect(readWorkflows('/nowhere')).resolves.toEqual([]);
  });
});
