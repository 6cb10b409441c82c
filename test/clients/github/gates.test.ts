import { describe, expect, it } from 'vitest';
import { resultsOf } from '../../../src/clients/github/gates.ts';
import { type Job, pagesOf, type WorkflowRun } from '../../../src/clients/github/runs.ts';

const acme = { id: '1', full_name: 'acme/payments' };
const run: WorkflowRun = {
  id: '41',
  path: '.github/workflows/ci.yml',
  head_sha: 'c'.repeat(40),
  event: 'push',
  status: 'completed',
  repository: acme,
  head_repository: acme,
};
const leg = (id: string, name: string): Job => ({
  id,
  run_id: '41',
  run_attempt: 1,
  head_sha: run.head_sha,
  name,
  conclusion: 'success',
  started_at: '2026-03-02T09:00:00Z',
  completed_at: '2026-03-02T09:30:00Z',
});
const resultsIn = (status: string) => resultsOf({ ...run, status }, [leg('1', 'e2e (chrome)')], undefined).map(({ result }) => result);

describe('a gate whose jobs all passed', () => {
  it('has passed once its run is over', () => {
    expect(resultsIn('completed')).toEqual(['passed']);
  });

  it.each([
    'in_progress',
    'queued',
    'waiting',
    'pending',
  ])('has not yet, where its run is %s: jobs may be to come that are not listed', (status) => {
    expect(resultsIn(status)).toEqual([]);
  });
});

describe('a list of GitHub', () => {
  const page = (total: number, ...items: readonly string[]) => Promise.resolve({ total, items });

  it('that ends before the number it names is none', async () => {
    await expect(pagesOf(1000, 'jobs of run 41', () => page(3, 'chrome', 'firefox'))).rejects.toMatchObject({ because: 'incomplete' });
  });

  it('is whole where it has as many as it says', async () => {
    expect(await pagesOf(1000, 'jobs of run 41', () => page(2, 'chrome', 'firefox'))).toEqual(['chrome', 'firefox']);
  });
});
