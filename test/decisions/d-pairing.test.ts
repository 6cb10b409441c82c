import { scenario } from 'selfsame/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { SMALL, scan, stopServers } from '../fakes/cluster.ts';
import { everyDecisionIsKept, judgeAll, outcomeOf } from './outcome.ts';

const API = 'production/payments-api';
const REBUILT = { counted: ['high rebuilt-after-test'], exit: 1 };

const built = scenario().at('09:00').built('payments@A', { run: '41', commit: 'c0ffee' });
const ranInStaging = built.at('09:12').deployed('payments@A', 'staging/payments-api');
const rebuild = { run: '57', commit: 'c0ffee', base: 'Y' };

afterEach(stopServers);

describe('decisions D, pairing and mixes', () => {
  it('D1: the workloads are named for their environments, and production was rebuilt', () => {
    const given = built
      .at('09:12')
      .deployed('payments@A', 'staging/payments-api-staging')
      .deployed('payments@A', 'staging/payments-worker-staging')
      .at('14:00')
      .built('payments@B', rebuild)
      .deployed('payments@B', 'production/payments-api-prod');

    expect(outcomeOf(given)).toMatchObject({ rows: ['production/payments-api-prod rebuilt (same-source)'], ...REBUILT });
    expect(judgeAll(given).findings[0]?.facts.upstream).toBe('staging/test/default/Deployment/payments-api-staging/app');
  });

  it('D2: one cluster holds both environments in namespaces of their own, and production was rebuilt', () => {
    const given = built
      .at('09:12')
      .deployed('payments@A', 'staging/api', { namespace: 'payments-stg' })
      .deployed('payments@A', 'staging/worker', { namespace: 'payments-stg' })
      .at('14:00')
      .built('payments@B', rebuild)
      .deployed('payments@B', 'production/api', { namespace: 'payments-prd' });

    expect(outcomeOf(given)).toMatchObject({ rows: ['production/api rebuilt (same-source)'], ...REBUILT });
    expect(judgeAll(given).findings[0]?.facts.upstream).toBe('staging/test/payments-stg/Deployment/api/app');
  });

  it('D4: a namespace belongs to two environments', async () => {
    const scanning = scan(SMALL, { config: { environments: { staging: ['shop*'], production: ['shop'] } } });

    await expect(scanning).rejects.toMatchObject({ code: 'CONFIG_INVALID', exitCode: 2 });
  });

  it('D6: a new service went straight to production between two complete recordings', () => {
    const given = ranInStaging
      .deployed('payments@A', API)
      .at('10:00')
      .recorded()
      .at('12:00')
      .built('refunds@N', { run: '60', commit: 'decaf0' })
      .deployed('refunds@N', 'production/refunds');

    expect(outcomeOf(given)).toMatchObject({
      rows: [`${API} selfsame (rehearsed)`, 'production/refunds untested (no-counterpart)'],
      counted: ['medium skipped-environment'],
      exit: 1,
    });
  });

  it('D8: staging gave the service up, and an earlier recording saw there what production still runs', () => {
    const others = ['checkout', 'invoices', 'ledger', 'payouts', 'refunds'];
    const estate = others.reduce(
      (so, name) =>
        so
          .built(`${name}@A`, { run: '40', commit: 'decaf0' })
          .deployed(`${name}@A`, `staging/${name}`)
          .deployed(`${name}@A`, `production/${name}`),
      ranInStaging.deployed('payments@A', API),
    );
    const given = estate.at('10:00').recorded().at('12:00').stopped('staging/payments-api');

    expect(outcomeOf(given)).toMatchObject({ counted: [], exit: 0 });
    expect(outcomeOf(given).rows).toContain(`${API} selfsame (rehearsed)`);
  });

  it('D10: a Deployment and a CronJob share name and container, and each runs what its own kind ran in staging', () => {
    const given = built
      .built('payments@C', { run: '42', commit: 'decaf0' })
      .at('09:12')
      .deployed('payments@A', 'staging/api', { container: 'api' })
      .deployed('payments@C', 'staging/api', { container: 'api', kind: 'CronJob' })
      .at('14:00')
      .deployed('payments@A', 'production/api', { container: 'api' })
      .deployed('payments@C', 'production/api', { container: 'api', kind: 'CronJob' });

    expect(outcomeOf(given)).toMatchObject({
      rows: ['production/api selfsame (rehearsed)', 'production/api selfsame (rehearsed)'],
      counted: [],
      exit: 0,
    });
  });

  it('D10: the Deployment runs what only the CronJob of that name ran in staging', () => {
    const given = built
      .built('payments@C', { run: '42', commit: 'decaf0' })
      .at('09:12')
      .deployed('payments@A', 'staging/api', { container: 'api' })
      .deployed('payments@C', 'staging/api', { container: 'api', kind: 'CronJob' })
      .at('14:00')
      .deployed('payments@C', 'production/api', { container: 'api' });

    expect(outcomeOf(given)).toMatchObject({ rows: ['production/api unresolved (history-younger-than-artifact)'], counted: [], exit: 3 });
  });

  it('D12: production is in the middle of a rollout from what was tested to a rebuild of it', () => {
    const given = ranInStaging
      .at('10:00')
      .deployed('payments@A', API, { rollout: 'rolling', pods: 3 })
      .at('14:00')
      .built('payments@B', rebuild)
      .deployed('payments@B', API, { rollout: 'rolling', beside: true });

    expect(outcomeOf(given).rows.toSorted()).toEqual([`${API} rebuilt (same-source)`, `${API} selfsame (rehearsed)`]);
    expect(outcomeOf(given)).toMatchObject(REBUILT);
  });

  it('D14: an Argo Rollout has stood at a fifth for a day, between two artifacts that staging ran', () => {
    const given = built
      .deployed('payments@A', 'staging/payments-api', { kind: 'Rollout' })
      .at('10:00')
      .deployed('payments@A', API, { kind: 'Rollout', rollout: 'paused', pods: 4 })
      .recorded()
      .at('11:00')
      .built('payments@D', { run: '60', commit: 'decaf0' })
      .deployed('payments@D', 'staging/payments-api', { kind: 'Rollout' })
      .at('12:00')
      .deployed('payments@D', API, { kind: 'Rollout', rollout: 'paused', beside: true })
      .at('2026-03-03T12:00:00Z');

    expect(outcomeOf(given)).toMatchObject({
      rows: [`${API} selfsame (rehearsed)`, `${API} selfsame (rehearsed)`],
      counted: [],
      exit: 0,
    });
  });

  const preview = built
    .deployed('payments@A', 'staging/payments-api', { namespace: 'pr-123' })
    .built('payments@D', { run: '40', commit: 'decaf0' })
    .deployed('payments@D', 'staging/payments-api', { revision: 1 })
    .at('09:30');

  it('D16: it ran in staging only in the namespace of a pull request, and nothing tells what the counterpart ran before', () => {
    const given = preview.deployed('payments@D', 'staging/payments-api').at('14:00').deployed('payments@A', API);

    expect(outcomeOf(given)).toMatchObject({ rows: [`${API} unresolved (history-younger-than-artifact)`], counted: [], exit: 3 });
  });

  it('D16: the same, and the history of the counterpart is covered', () => {
    const given = preview.at('14:00').deployed('payments@A', API);

    expect(outcomeOf(given)).toMatchObject({ rows: [`${API} untested (never-upstream)`], counted: ['medium untested-digest'], exit: 1 });
  });

  it('D18: nothing upstream plays its part, and another slot of the line that belongs to the path ran it', () => {
    const given = ranInStaging
      .deployed('payments@A', 'staging/payments-worker')
      .at('14:00')
      .deployed('payments@A', API)
      .deployed('payments@A', 'production/payments-worker')
      .deployed('payments@A', 'production/audit-consumer');

    expect(outcomeOf(given)).toMatchObject({ counted: [], exit: 0 });
    expect(outcomeOf(given).rows).toContain('production/audit-consumer selfsame (rehearsed)');
  });

  const consumer = built.deployed('payments@A', 'staging/worker').at('14:00').deployed('payments@A', 'production/audit-consumer');

  it('D18: its counterpart is the only slot of its line, and all of staging was listed', () => {
    expect(outcomeOf(consumer)).toMatchObject({ rows: ['production/audit-consumer selfsame (rehearsed)'], counted: [], exit: 0 });
  });

  it('D18: the same, and a nearer counterpart may be in a namespace of staging that may not be read', () => {
    const given = consumer.blindTo('running-image', 'forbidden', { environment: 'staging', namespace: 'fraud' });

    expect(outcomeOf(given)).toMatchObject({ rows: ['production/audit-consumer unresolved (upstream-not-listed)'], counted: [], exit: 3 });
  });

  it('D20: staging has mocks and test runners that production has not', () => {
    const given = ranInStaging
      .pushed('library/wiremock@W')
      .deployed('library/wiremock@W', 'staging/bank-mock')
      .built('e2e-runner@E', { run: '43', commit: 'c0ffee' })
      .deployed('e2e-runner@E', 'staging/e2e-runner')
      .at('14:00')
      .deployed('payments@A', API);

    expect(outcomeOf(given)).toEqual({ rows: [`${API} selfsame (rehearsed)`], counted: [], shown: [], exit: 0 });
    expect(judgeAll(given).upstreamOnly).toBe(2);
  });

  it('D22: the blue colour runs last week’s artifact, the green one this week’s, and staging ran both', () => {
    const given = ranInStaging
      .at('10:00')
      .recorded()
      .at('12:00')
      .built('payments@D', { run: '60', commit: 'decaf0' })
      .deployed('payments@D', 'staging/payments-api')
      .at('14:00')
      .deployed('payments@A', 'production/payments-api-blue')
      .deployed('payments@D', 'production/payments-api-green');

    expect(outcomeOf(given)).toEqual({
      rows: ['production/payments-api-blue selfsame (rehearsed)', 'production/payments-api-green selfsame (rehearsed)'],
      counted: [],
      shown: [],
      exit: 0,
    });
  });

  everyDecisionIsKept('D');
});
