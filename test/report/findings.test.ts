import { judgeRecorded } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { defineCustom } from '../../src/custom/define-custom.ts';
import { loadAll } from '../../src/registry.ts';
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

  it('that is a drift of its own counts where what it was told under is waived, until it is waived too', () => {
    const until = { because: 'no gate yet', owner: 'team-payments', until: '2026-12-31', where: 'production/payments-api' };
    const withdrawn = (...rules: string[]) =>
      scenario({ gates: ['e2e'], waivers: rules.map((rule) => ({ rule, ...until })) })
        .at('09:00')
        .built('payments@A', { run: '41', commit: 'c0ffee' })
        .tested('payments@A', { gate: 'e2e' })
        .at('10:00')
        .built('payments@D', { run: '60', commit: 'decaf0' })
        .deployed('payments@D', 'staging/payments-api')
        .deployed('payments@D', 'production/payments-api')
        .at('12:00')
        .recorded()
        .at('13:00')
        .deployed('payments@A', 'staging/payments-api');

    const [open, one, both] = [[], ['untested-digest'], ['untested-digest', 'reversed-promotion']].map((waived) =>
      judgeAll(withdrawn(...waived)),
    );

    const isUnder = (report: typeof open) => report?.findings.find(({ rule }) => rule === 'reversed-promotion')?.under !== undefined;
    expect([open, one, both].map((report) => [report?.exitCode, isUnder(report)])).toEqual([
      [1, true],
      [1, false],
      [0, true],
    ]);
  });

  it('of a cause is accepted with what it explains', () => {
    const where = 'production/payments-api';
    const waiver = { rule: 'rebuilt-after-test', where, because: 'agreed', owner: 'team-payments', until: '2026-12-31' };
    const rebuilt = scenario({ gates: ['e2e'], waivers: [waiver] })
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .tested('payments@A', { gate: 'e2e' })
      .at('14:00')
      .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
      .deployed('payments@B', where);

    expect(judgeAll(rebuilt).exitCode).toBe(0);
  });

  it('of a cause counts although a rule of somebody’s own, which is waived, reports the same row', async () => {
    const off = { severity: 'off' as const };
    const where = 'production/payments-api';
    const given = scenario({
      rules: { 'rebuilt-after-test': off, 'test-evidence-on-other-digest': off },
      waivers: [{ rule: 'own', where, because: 'known', owner: 'team-payments', until: '2026-12-31' }],
    })
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .deployed('payments@A', 'staging/payments-api')
      .recorded()
      .at('14:00')
      .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
      .deployed('payments@B', where);
    const own = { id: 'own', title: 'It runs', severity: 'high' as const, drift: 'true', message: '{where} runs.', fix: 'Stop it.' };
    const rules = [...(await loadAll('rules')), defineCustom(own, () => 'selfsame.yaml')];

    const { findings, exitCode } = judgeRecorded(given.recordings(), given.plan(), rules, '0.1.0');

    expect(findings.find(({ rule }) => rule === 'own')?.waived).toBeDefined();
    expect(findings.find(({ rule }) => rule === 'base-layer-mismatch')?.under).toBeUndefined();
    expect(exitCode).toBe(1);
  });
});
