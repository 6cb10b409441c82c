import { describe, expect, it } from 'vitest';
import { type Build, openBuilds } from '../../../src/clients/github/builds.ts';
import { sha256 } from '../../../src/domain/identify.ts';
import { digestOf } from '../../fakes/registry.ts';

const COMMIT = 'c0ffee'.padEnd(40, '0');
const OTHER = 'decaf'.padEnd(40, '0');
const build = (name: string, of: Pick<Build, 'run' | 'source'>): Build => ({
  kind: 'build',
  locator: name,
  outputs: [{ digest: digestOf(name), image: { registry: 'ghcr.io', repository: 'acme/payments' }, role: 'unknown' }],
  trust: 'recorded',
  ...of,
});
const run = (id: string, repository = 'acme/payments') => ({ platform: 'github-actions', repository, id });
const commit = (sha: string, repository = 'https://github.com/Acme/payments.git') => ({ repository, commit: sha });

describe('the builds around a run', () => {
  it('are those of the run and those of its commit, each once and in the order in which they were told', () => {
    const builds = openBuilds();
    builds.add([build('of the commit', { source: commit(COMMIT) }), build('of both', { run: run('57'), source: commit(COMMIT) })]);
    builds.add([build('of the run', { run: run('57', 'ACME/Payments') })]);

    const found = builds.around('acme/payments', { id: '57', head_sha: COMMIT });

    expect(found.map(({ locator }) => locator)).toEqual(['of the commit', 'of both', 'of the run']);
  });

  it.each([
    ['another run of another commit', { run: run('58'), source: commit(OTHER) }],
    ['another repository', { run: run('57', 'acme/checkout'), source: commit(COMMIT, 'acme/checkout') }],
    ['nothing that is said', {}],
  ])('are not those of %s', (_, of) => {
    const builds = openBuilds();
    builds.add([build('elsewhere', of)]);

    expect(builds.around('acme/payments', { id: '57', head_sha: COMMIT })).toEqual([]);
  });

  it('are found among those of a large organization without looking at all of them', () => {
    const [runs, builds] = [20_000, openBuilds()];
    const shaOf = (nth: number) => sha256(`commit ${nth}`).slice(0, 40);
    const begun = performance.now();
    builds.add(Array.from({ length: runs }, (_, nth) => build(`${nth}`, { run: run(`${nth}`), source: commit(shaOf(nth)) })));

    const found = Array.from({ length: runs }, (_, nth) => builds.around('acme/payments', { id: `${nth}`, head_sha: shaOf(nth) }));

    expect(found.every(({ length }) => length === 1)).toBe(true);
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});
