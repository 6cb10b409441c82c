import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { judgeAll } from '../decisions/outcome.ts';

/** What runs was built without provenance, where that is asked for, and runs in two workloads. */
const unsigned = (api: string, worker: string) =>
  scenario({ rules: { 'missing-provenance': { severity: 'high', environments: {}, options: { least: 'signed' } } } })
    .at('08:00')
    .built('payments@A', { run: '41', commit: 'c0ffee' })
    .at('09:00')
    .deployed(api, 'staging/payments-api')
    .deployed(worker, 'staging/payments-worker')
    .at('10:00')
    .deployed(api, 'production/payments-api')
    .deployed(worker, 'production/payments-worker');

describe('a finding', () => {
  it.each([
    ['pinned', 'payments@A', 'payments@A'],
    ['declared by tag, of which a low finding tells', 'payments:1.4=A', 'payments:1.4=A'],
    ['declared by tag in one of two workloads', 'payments@A', 'payments:1.4=A'],
  ])('of high severity counts where its image is %s', (_, api, worker) => {
    const report = judgeAll(unsigned(api, worker));

    expect(report.findings.find(({ rule }) => rule === 'missing-provenance')?.under).toBeUndefined();
    expect(report.exitCode).toBe(1);
  });

  it('of a cause is told under what it explains', () => {
    const rebuilt = scenario({ gates: ['e2e'] })
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .tested('payments@A', { gate: 'e2e' })
      .at('14:00')
      .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
      .deployed('payments@B', 'production/payments-api');

    const { findings } = judgeAll(rebuilt);

    const [primary] = findings.filter(({ rule }) => rule === 'rebuilt-after-test');
    expect(findings.find(({ rule }) => rule === 'base-layer-mismatch')?.under).toBe(primary?.fingerprint);
  });
});
