import { judgeRecorded, type Report } from 'selfsame';
import { type Given, scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';
import { readSketch } from '../../src/testing/observe.ts';

const rules = await loadAll('rules');
const digest = readSketch('payments@B').digest;
const accepted = { because: 'the base had to move', owner: 'team-payments', until: '2026-03-31' };
const where = 'production/payments-api';

/** The brief's incident, judged by a plan. */
function audit(given: Given): Report {
  const incident = scenario({ gates: ['e2e'], ...given })
    .at('09:00')
    .built('payments@A', { run: '41', commit: 'c0ffee' })
    .tested('payments@A', { gate: 'e2e' })
    .at('14:00')
    .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
    .deployed('payments@B', where);
  return judgeRecorded(incident.recordings(), incident.plan(), rules, '0.1.0');
}

const stateOf = (report: Report) => report.waivers.map(({ state, why }) => `${state}: ${why}`);

describe('a waiver', () => {
  it('covers the finding it names, and the standing stays what it is', () => {
    const report = audit({ waivers: [{ rule: 'rebuilt-after-test', where, digest, ...accepted }] });

    expect(report.exitCode).toBe(0);
    expect(report.rows[0]?.standing.is).toBe('rebuilt');
    expect(report.findings.find(({ rule }) => rule === 'rebuilt-after-test')?.waived).toEqual(accepted);
    expect(report.tally.waived).toBe(1);
    expect(stateOf(report)).toEqual(['applied: the base had to move']);
  });

  it('holds to the end of its last day, by the recording and not by the clock (H11)', () => {
    const on = (until: string) => audit({ waivers: [{ rule: 'rebuilt-after-test', where, ...accepted, until }] });

    expect(on('2026-03-02').exitCode).toBe(0);
    expect(on('2026-03-01')).toMatchObject({ exitCode: 1, waivers: [{ state: 'expired', why: 'it ended on 2026-03-01' }] });
  });

  it('dies with its digest (H9, P04)', () => {
    const report = audit({ waivers: [{ rule: 'rebuilt-after-test', where, digest: readSketch('payments@A').digest, ...accepted }] });

    expect(report.exitCode).toBe(1);
    expect(stateOf(report)).toEqual(['stale-digest: another digest runs there now: what was accepted is gone']);
  });

  it.each([
    ['no owner', { owner: undefined }, 'not-applied: it has no owner'],
    ['no end', { until: undefined }, 'not-applied: it has no until'],
    ['no reason', { because: undefined }, 'not-applied: it has no because'],
    ['no place', { where: '*/*' }, 'not-applied: its `where` names no place'],
    ['another place', { where: 'production/ledger' }, 'unused: nothing that it speaks of was found'],
    ['another rule', { rule: 'unknown-origin' }, 'unused: nothing that it speaks of was found'],
  ])('with %s covers nothing, and says so (P03)', (_, change, state) => {
    const report = audit({ waivers: [{ rule: 'rebuilt-after-test', where, ...accepted, ...change }] });

    expect(report.exitCode).toBe(1);
    expect(stateOf(report)).toEqual([state]);
  });

  it('may speak of a standing', () => {
    expect(audit({ waivers: [{ standing: 'rebuilt', where: 'production/payments-*', ...accepted }] }).exitCode).toBe(0);
  });

  it('says who agreed to it and where that is kept', () => {
    const agreed = { ...accepted, approver: 'head-of-payments', ticket: 'PAY-1841' };

    const report = audit({ waivers: [{ rule: 'rebuilt-after-test', where, ...agreed }] });

    expect(report.findings.find(({ rule }) => rule === 'rebuilt-after-test')?.waived).toEqual(agreed);
    expect(report.waivers).toEqual([expect.objectContaining({ approver: 'head-of-payments', ticket: 'PAY-1841' })]);
  });

  it('does the same in whatever order it stands with others, and the one that ends last is named', () => {
    const all = [
      { rule: 'rebuilt-after-test', where, ...accepted },
      { rule: 'rebuilt-after-test', where: 'production/payments-*', ...accepted, until: '2026-06-30', owner: 'team-base' },
      { standing: 'rebuilt' as const, where, ...accepted, until: '2026-04-30' },
      { rule: 'unknown-origin', where, ...accepted },
    ];
    const [first, second] = [audit({ waivers: all }), audit({ waivers: all.toReversed() })];

    expect(second).toEqual(first);
    expect(first.findings.find(({ rule }) => rule === 'rebuilt-after-test')?.waived).toMatchObject({ owner: 'team-base' });
  });

  it.each(['rebuilt-after-test', 'unknown-origin', 'tag-moved'])('of %s changes no standing and hides no finding', (rule) => {
    const bare = (report: Report) => [
      report.rows.map(({ where: place, standing }) => [place, standing]),
      report.findings.map(({ fingerprint, severity, text }) => [fingerprint, severity, text]),
      report.gaps,
    ];

    expect(bare(audit({ waivers: [{ rule, where: 'production/*', ...accepted }] }))).toEqual(bare(audit({})));
  });

  it('accepts an unresolved row digest by digest only', () => {
    const open = (more: object) => {
      const incident = scenario({ waivers: [{ standing: 'unresolved', where: 'production/ledger', ...accepted, ...more }] })
        .at('09:00')
        .pushed('ledger@L')
        .deployed('ledger@L', 'production/ledger');
      return judgeRecorded(incident.recordings(), incident.plan(), rules, '0.1.0');
    };

    expect(open({}).exitCode).toBe(3);
    expect(open({ digest: readSketch('ledger@L').digest })).toMatchObject({
      exitCode: 0,
      rows: [{ standing: { is: 'unresolved' }, waived: accepted }],
    });
  });
});

describe('a severity', () => {
  it('is the rule’s own, the plan’s, or the plan’s for one environment', () => {
    const severityBy = (setting: object) =>
      audit({ rules: { 'rebuilt-after-test': setting } }).findings.find(({ rule }) => rule === 'rebuilt-after-test')?.severity;

    expect(severityBy({})).toBe('high');
    expect(severityBy({ severity: 'low' })).toBe('low');
    expect(severityBy({ severity: 'low', environments: { production: 'medium' } })).toBe('medium');
    expect(severityBy({ environments: { production: 'off' } })).toBeUndefined();
  });

  it('decides the exit code together with failOn', () => {
    expect(audit({ failOn: 'high' }).exitCode).toBe(1);
    expect(audit({ failOn: 'high', rules: { 'rebuilt-after-test': { severity: 'medium' } } }).exitCode).toBe(0);
  });

  it('is at most low before the end of the path', () => {
    const report = audit({ promotion: [['staging'], ['production'], ['archive']] });

    expect(report.findings.find(({ rule }) => rule === 'rebuilt-after-test')?.severity).toBe('low');
  });
});

describe('the plan', () => {
  it('is named by its digest in the report: whoever weakens it leaves another (P07, P08)', () => {
    const strict = audit({});
    const weakened = [audit({ rules: { 'rebuilt-after-test': { severity: 'off', environments: {} } } }), audit({ failOn: 'high' })];

    expect(strict.plan).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(new Set([strict, ...weakened].map(({ plan }) => plan)).size).toBe(3);
    expect(audit({}).plan).toBe(strict.plan);
  });
});
