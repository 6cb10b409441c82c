import { judgeRecorded } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';
import { tellUnread } from '../../src/report/told-unread.ts';

const rules = await loadAll('rules');

/** A workflow with a job for each of the words that one runs. */
function running(words: readonly string[]) {
  const jobs = words.map((run, at) => `  job-${at}: { runs-on: ubuntu-24.04, steps: [{ run: "${run}" }] }\n`);
  const given = scenario()
    .at('09:00')
    .wrote('.github/workflows/ci.yml', `on: push\njobs:\n${jobs.join('')}`);
  return judgeRecorded(given.recordings(), given.plan(), rules, '0.1.0');
}

describe('what jobs run that nobody read', () => {
  it('is named, with its job or the number of its jobs, those of the most jobs first', () => {
    const report = running(['./build.sh', './deploy.sh --now', './deploy.sh --now', 'npm test']);

    expect(tellUnread(report)).toEqual([
      'not read, and might do anything: ./deploy.sh --now in 2 jobs; ./build.sh in acme/payments/.github/workflows/ci.yml#job-0',
    ]);
  });

  it('is counted where there is much of it', () => {
    const report = running(Array.from({ length: 11 }, (_, at) => `./step-${at}.sh`));

    expect(tellUnread(report)[0]).toMatch(/; \.\/step-5\.sh in [^;]*; \.\/step-6\.sh in [^;]*; 3 more$/);
  });

  it('is nothing where all was read', () => {
    expect(tellUnread(running(['docker build .', 'npm test']))).toEqual([]);
  });

  it('is said in a table', async () => {
    const table = (await loadAll('reporters')).find(({ id }) => id === 'table');

    expect([...(table?.render(running(['./deploy.sh']), { width: 200, color: false }) ?? [])].join('')).toContain(
      'not read, and might do anything: ./deploy.sh in acme/payments/.github/workflows/ci.yml#job-0\n',
    );
  });
});
