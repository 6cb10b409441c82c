import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { everyDecisionIsKept, judgeAll, outcomeOf, withoutRecordOf } from './outcome.ts';

const API = 'production/payments-api';

const ranInStaging = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .at('09:12')
  .deployed('payments@A', 'staging/payments-api');

const testedInStaging = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .at('09:10')
  .tested('payments@A', { gate: 'e2e' })
  .at('09:12')
  .deployed('payments@A', 'staging/payments-api');

const rebuilt = { rows: [`${API} rebuilt (same-source)`], counted: ['high rebuilt-after-test'], exit: 1 };
const selfsame = { rows: [`${API} selfsame (rehearsed)`], counted: [], exit: 0 };

describe('decisions B, rebuilds, source and attempts', () => {
  it('B2: production was rebuilt from the commit that staging runs, and the team has no test records', () => {
    const given = ranInStaging
      .withoutSource('test')
      .at('14:00')
      .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
      .deployed('payments@B', API);

    expect(outcomeOf(given)).toMatchObject(rebuilt);
  });

  it('B4: the rebuild took over the tag that an old ReplicaSet of staging declares', () => {
    const given = ranInStaging
      .had('payments:c0ffee', 'staging/payments-api', { revision: 1 })
      .at('14:00')
      .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
      .tagged('payments:c0ffee', 'payments@B')
      .deployed('payments:c0ffee=B', API);

    expect(outcomeOf(given)).toMatchObject(rebuilt);
  });

  it('B4: the tag cannot be moved any more, and the rebuild was pushed after that ReplicaSet was made', () => {
    const given = ranInStaging
      .had('payments:c0ffee', 'staging/payments-api', { revision: 1 })
      .at('14:00')
      .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
      .tagged('payments:c0ffee', 'payments@B', { immutable: true })
      .deployed('payments:c0ffee=B', API);

    expect(outcomeOf(given)).toMatchObject(rebuilt);
  });

  it('B6: the run that rebuilt it also ran the gate on what it had built', () => {
    const given = testedInStaging
      .at('13:00')
      .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
      .at('13:10')
      .tested('payments@B', { gate: 'e2e' })
      .at('14:00')
      .deployed('payments@B', API);

    expect(outcomeOf(given)).toMatchObject(selfsame);
    expect(judgeAll(given).rows[0]?.standing.tier).toBe('recorded');
  });

  it('B7: the nightly build refreshed staging, and production is still on what staging ran before', () => {
    const given = ranInStaging
      .at('10:00')
      .deployed('payments@A', API)
      .recorded()
      .at('23:00')
      .built('payments@B', { run: '60', commit: 'c0ffee', base: 'Y' })
      .deployed('payments@B', 'staging/payments-api');

    expect(outcomeOf(given)).toMatchObject(selfsame);
  });

  it('B8: the same on day one, without history: production has the older build', () => {
    const given = scenario()
      .at('08:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .deployed('payments@A', API)
      .at('09:00')
      .built('payments@B', { run: '60', commit: 'c0ffee', base: 'Y' })
      .deployed('payments@B', 'staging/payments-api');

    expect(outcomeOf(given)).toMatchObject({ rows: [`${API} unresolved (upstream-rebuilt-since)`], counted: [], exit: 3 });
  });

  it('B10: two runs built one digest, bit for bit', () => {
    const given = ranInStaging.at('14:00').recordedBuild('payments@A', { run: '57', commit: 'c0ffee' }).deployed('payments@A', API);

    expect(outcomeOf(given)).toMatchObject(selfsame);
    expect(judgeAll(given).coverage[0]).toMatchObject({ firstParty: 1, originKnown: 1 });
  });

  it('B12: a monorepo built the image again at another commit, and every layer came from the cache', () => {
    const given = ranInStaging
      .at('14:00')
      .built('payments@B', { run: '57', commit: 'decaf0', like: 'payments@A', but: 'metadata' })
      .deployed('payments@B', API);

    expect(outcomeOf(given)).toMatchObject({ rows: [`${API} equivalent (same-root-filesystem)`], counted: [], exit: 0 });
    expect(judgeAll(given).rows[0]?.standing.rung).toBe('same-rootfs-labels');
  });

  it('B14: one commit builds two images, and the one that nothing upstream runs is no rebuild of the other', () => {
    const given = ranInStaging
      .built('migrate@M', { run: '41', commit: 'c0ffee' })
      .at('14:00')
      .deployed('payments@A', API)
      .deployed('migrate@M', 'production/migrate', { kind: 'Job' });

    expect(outcomeOf(given)).toMatchObject({
      rows: [`${API} selfsame (rehearsed)`, 'production/migrate unresolved (no-counterpart)'],
      counted: [],
      exit: 3,
    });
  });

  it('B14: production gave a container another image, and what staging runs in it was built from the same commit', () => {
    const given = ranInStaging
      .at('10:00')
      .recorded()
      .at('14:00')
      .built('migrate@N', { run: '42', commit: 'c0ffee' })
      .deployed('migrate@N', API);

    expect(outcomeOf(given)).toMatchObject({ rows: [`${API} untested (other-line)`], counted: ['medium untested-digest'], exit: 1 });
  });

  it('B16: the release commit changed the version alone, was built and shipped, and upstream history is covered', () => {
    const given = scenario()
      .at('08:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .deployed('payments@A', 'staging/payments-api', { revision: 1 })
      .at('14:00')
      .built('payments@D', { run: '57', commit: 'decaf0' })
      .deployed('payments@D', API);

    expect(outcomeOf(given)).toMatchObject({ rows: [`${API} untested (never-upstream)`], counted: ['medium untested-digest'], exit: 1 });
  });

  it('B16: the same, and nothing tells what staging ran before', () => {
    const given = ranInStaging.at('14:00').built('payments@D', { run: '57', commit: 'decaf0' }).deployed('payments@D', API);

    expect(outcomeOf(given)).toMatchObject({ rows: [`${API} unresolved (history-younger-than-artifact)`], counted: [], exit: 3 });
  });

  it('B18: attempt 1 was tested, and attempt 2 of the run built and pushed again', () => {
    const given = testedInStaging
      .at('14:00')
      .built('payments@B', { run: '41', attempt: 2, commit: 'c0ffee', base: 'Y' })
      .deployed('payments@B', API);

    expect(outcomeOf(given)).toMatchObject(rebuilt);
    expect(outcomeOf(given).shown).toContain('medium rerun-replaced-artifact');
  });

  it('B20: the image was put on another base after the test, and no build of the line made that', () => {
    const given = rebased(ranInStaging);

    expect(outcomeOf(given)).toMatchObject({ rows: [`${API} foreign (no-build-made-it)`], counted: ['high unknown-origin'], exit: 1 });
    expect(judgeAll(given).rows[0]?.text).toMatch(/the same 2 upper layers on another base/);
  });

  it('B20: the same, and the builds could not be listed', () => {
    const given = withoutRecordOf('41', rebased(ranInStaging.withoutSource('build')));

    expect(outcomeOf(given)).toMatchObject({ rows: [`${API} rebuilt (derived)`], counted: ['high rebuilt-after-test'], exit: 1 });
  });

  everyDecisionIsKept('B');
});

function rebased(ran: typeof ranInStaging) {
  const moved = ran.at('13:00').built('payments@B', { run: 'none', commit: 'c0ffee', like: 'payments@A', but: 'base', base: 'Y' });
  return withoutRecordOf('none', moved.at('14:00').deployed('payments@B', API));
}
