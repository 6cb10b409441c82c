import { judgeRecorded, type Report } from 'selfsame';
import { type Given, scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';

const rules = await loadAll('rules');
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
