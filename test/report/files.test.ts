import { judgeRecorded, type Report } from 'selfsame';
import { type Given, type Scenario, scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';

const RULES = await loadAll('rules');
const RELEASE = `on: push
jobs:
  test:
    steps:
      - run: npm test
  release:
    needs: test
    environment: production
    steps:
      - uses: docker/build-push-action@v6
        with: { push: true, tags: ghcr.io/acme/payments:1.4 }
      - run: helm upgrade payments chart
`;
const CLEAN = 'on: push\njobs:\n  test:\n    steps:\n      - run: npm test\n';
const PLACE = 'file:acme/payments/.github/workflows/release.yml#release';

const judged = (given: Scenario): Report => judgeRecorded(given.recordings(), given.plan(), RULES, '0.1.0');
const asked: Given = { filesAlone: true };
const alone = (given: Scenario) =>
  (['running-image', 'build', 'test', 'content', 'tag', 'deployment', 'approval'] as const).reduce(
    (so, kind) => so.withoutSource(kind),
    given,
  );
const ruleOf = ({ findings }: Report, id: string) => findings.find(({ rule }) => rule === id);

describe('workflow files alone', () => {
  it('count by the severity of their rules, and the report says what it is about', () => {
    const report = judged(alone(scenario(asked).at('09:00').wrote('.github/workflows/release.yml', RELEASE)));

    expect(report).toMatchObject({ exitCode: 1, coverage: [], gaps: [], unasked: [] });
    expect(ruleOf(report, 'rebuild-in-deploy-job')).toMatchObject({
      severity: 'high',
      where: [PLACE],
      at: { repository: 'acme/payments', path: '.github/workflows/release.yml', line: 10 },
    });
    expect(report.files.map(({ where }) => where)).toEqual([
      'file:acme/payments/.github/workflows/release.yml#release',
      'file:acme/payments/.github/workflows/release.yml#test',
    ]);
  });

  it('are clean only where they were read, and say that nothing that runs was asked for', () => {
    const clean = alone(scenario(asked).at('09:00').wrote('.github/workflows/test.yml', CLEAN));

    const [read, unread] = [judged(clean), judged(clean.blindTo('workflow-file', 'forbidden'))];

    expect([read.exitCode, read.because]).toEqual([0, ['every workflow file in scope was read; what runs was not asked for']]);
    expect(unread.exitCode).toBe(3);
  });

  it('leave open what runs, where nobody asked for them by themselves', () => {
    const report = judged(alone(scenario().at('09:00').wrote('.github/workflows/test.yml', CLEAN)));

    expect(report.exitCode).toBe(3);
    expect(report.because[0]).toMatch(/^only workflow files were to be read, and nothing that runs: add a source/);
  });

  it('are never called clean without a word about what could not be told', () => {
    const hidden = 'on: push\njobs:\n  tools:\n    steps:\n      - run: ./scripts/tools.sh\n';

    const report = judged(alone(scenario(asked).at('09:00').wrote('.github/workflows/release.yml', hidden)));

    expect([report.exitCode, report.because[1]]).toEqual([0, 'of 1 job or file some rule could not tell, because of what was not read']);
  });

  it('are not called clean where nobody can tell what a job for an environment does', () => {
    const hidden = 'on: push\njobs:\n  release:\n    environment: production\n    steps:\n      - run: ./scripts/release.sh\n';

    const report = judged(alone(scenario(asked).at('09:00').wrote('.github/workflows/release.yml', hidden)));

    expect(report).toMatchObject({
      exitCode: 3,
      because: ['1 job for an environment, of which some rule could not tell, because of what was not read'],
    });
  });

  it('are not called clean where there are none', () => {
    const none = alone(scenario(asked).at('09:00').wrote('.github/actions/build/action.yml', 'runs: { using: composite, steps: [] }'));

    expect(judged(none)).toMatchObject({ exitCode: 3, because: ['there is no job and no Dockerfile to judge'] });
  });

  it('can be accepted by a waiver that names the file and the job', () => {
    const waiver = { rule: 'rebuild-in-deploy-job', because: 'until the split', owner: 'team-payments', until: '2026-12-01' };
    const places = [PLACE, 'file:acme/*#release', 'file:acme/refunds/*'];

    const told = places.map((where) =>
      judged(
        alone(
          scenario({ waivers: [{ ...waiver, where }] })
            .at('09:00')
            .wrote('.github/workflows/release.yml', RELEASE),
        ),
      ),
    );

    expect(told.map((report) => ruleOf(report, 'rebuild-in-deploy-job')?.waived?.owner)).toEqual([
      'team-payments',
      'team-payments',
      undefined,
    ]);
    expect(told[2]?.waivers).toMatchObject([{ state: 'unused' }]);
  });
});

describe('workflow files beside what runs', () => {
  const rebuilt = scenario()
    .at('09:00')
    .built('payments@A', { run: '41', commit: 'c0ffee' })
    .deployed('payments@A', 'staging/payments-api')
    .at('14:00')
    .built('payments@B', { run: '42', commit: 'c0ffee' })
    .deployed('payments@B', 'production/payments-api');

  it('are told as the likely cause of what they caused, and under it', () => {
    const report = judged(rebuilt.wrote('.github/workflows/release.yml', RELEASE));

    const [drift, cause] = [ruleOf(report, 'rebuilt-after-test'), ruleOf(report, 'rebuild-in-deploy-job')];

    expect(drift?.likely).toEqual([{ finding: cause?.fingerprint, by: 'repository' }]);
    expect(cause).toMatchObject({ severity: 'low', under: drift?.fingerprint });
    expect(report.because).toEqual(['1 finding at or above medium']);
  });

  it.each([
    ['verified', 'provenance'],
    ['recorded', 'record'],
  ] as const)('are tied to it by the build that names them: %s', (trust, by) => {
    const given = rebuilt.wrote('.github/workflows/release.yml', RELEASE);
    const recordings = given.recordings().map((recording) => ({
      ...recording,
      observations: recording.observations.map((seen) =>
        seen.kind === 'build' && seen.run ? { ...seen, trust, run: { ...seen.run, workflow: '.github/workflows/release.yml' } } : seen,
      ),
    }));

    const report = judgeRecorded(recordings, given.plan(), RULES, '0.1.0');

    expect(ruleOf(report, 'rebuilt-after-test')?.likely).toMatchObject([{ by }]);
  });

  it('never make an audit fail where what runs was tested', () => {
    const report = judged(
      scenario()
        .at('09:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .deployed('payments@A', 'staging/payments-api')
        .at('14:00')
        .deployed('payments@A', 'production/payments-api')
        .wrote('.github/workflows/release.yml', RELEASE),
    );

    expect([report.exitCode, ruleOf(report, 'rebuild-in-deploy-job')?.severity]).toEqual([0, 'low']);
  });

  it('of another repository are no cause of it', () => {
    const report = judged(rebuilt.wrote('.github/workflows/release.yml', RELEASE, { repository: 'acme/refunds' }));

    expect(ruleOf(report, 'rebuilt-after-test')?.likely).toBeUndefined();
    expect(ruleOf(report, 'rebuild-in-deploy-job')?.under).toBeUndefined();
  });

  it('that no source was to read leave their rules unasked, and the report names them', () => {
    const report = judged(rebuilt);

    expect(report.unasked).toEqual(RULES.filter(({ judges }) => judges !== 'deployed').map(({ id }) => id));
  });
});
