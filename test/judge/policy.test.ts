import { judgeRecorded, type Report } from 'selfsame';
import { type Given, scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { notBefore } from '../../src/judge/policy.ts';
import { loadAll } from '../../src/registry.ts';
import { baselineOf } from '../../src/report/baseline.ts';

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

describe('a rule that applies from a day', () => {
  const off = { severity: 'off' as const };
  const from = (day: string) =>
    audit({ rules: { 'rebuilt-after-test': { appliesFrom: day }, 'base-layer-mismatch': off, 'test-evidence-on-other-digest': off } });

  it('shows what it finds before, and counts it from that day on, by the recording and not by the clock', () => {
    const [before, on] = [from('2026-03-03'), from('2026-03-02')];

    expect(before).toMatchObject({
      exitCode: 0,
      because: ['everything in scope was seen and judged', '1 finding that will count from 2026-03-03'],
    });
    expect(before.findings.find(({ rule }) => rule === 'rebuilt-after-test')).toMatchObject({ severity: 'high', from: '2026-03-03' });
    expect(on.exitCode).toBe(1);
    expect(on.findings.find(({ rule }) => rule === 'rebuilt-after-test')).not.toHaveProperty('from');
  });

  it('covers no finding of a rule that applies already', () => {
    const given = { rules: { 'rebuilt-after-test': { appliesFrom: '2027-01-01' } } };
    const cause = (report: Report) => report.findings.find(({ rule }) => rule === 'base-layer-mismatch');

    expect(cause(audit({}))?.under).toBeDefined();
    expect(cause(audit(given))?.under).toBeUndefined();
    expect(audit(given).exitCode).toBe(1);
  });

  it('leaves every standing, and every other gap and finding, as it is', () => {
    const bare = ({ rows, gaps, findings }: Report) => [rows, gaps, findings.map(({ fingerprint, severity }) => [fingerprint, severity])];

    expect(bare(from('2027-01-01'))).toEqual(bare(from('2020-01-01')));
  });

  it('may say so itself, and the plan has the last word', () => {
    const rule = { id: 'rebuilt-after-test', appliesFrom: '2027-01-01' };
    const plan = (day?: string) => scenario({ rules: { 'rebuilt-after-test': { appliesFrom: day } } }).plan();

    expect(notBefore(rule, scenario().plan(), '2026-12-31')).toEqual({ from: '2027-01-01' });
    expect(notBefore(rule, scenario().plan(), '2027-01-01')).toEqual({});
    expect(notBefore(rule, plan('2026-06-01'), '2026-12-31')).toEqual({});
    expect(notBefore(rule, plan('2027-06-01'), '2027-01-01')).toEqual({ from: '2027-06-01' });
    expect(notBefore({ id: rule.id }, plan(), '2026-12-31')).toEqual({});
  });

  it('is not waived by a baseline before: it was announced so that it is mended', () => {
    expect([...baselineOf(from('2027-01-01'), { owner: 'team-payments', because: 'known', days: 90 })]).toEqual([
      '# Nothing is open: there is nothing to waive.\n',
      '# Not waived: 1 finding of rules that apply from a later day.\n',
    ]);
  });

  it.each([
    ['table', 'high rebuilt-after-test (confidence high, counts from 2027-01-01)'],
    ['markdown', '- counts from 2027-01-01'],
    ['html', '<span class="chip">counts from 2027-01-01</span>'],
    ['junit', '<skipped message="rebuilt-after-test, counts from 2027-01-01: '],
    ['github', '::notice title=selfsame%3A rebuilt-after-test%2C counts from 2027-01-01::'],
    ['gitlab', '"description":"(counts from 2027-01-01) production'],
    ['sarif', '"level":"note","message":{"text":"(counts from 2027-01-01) production'],
    ['prometheus', 'selfsame_findings_later 1'],
    ['json', '"from":"2027-01-01"'],
  ])('is told as such in a report for %s', async (id, told) => {
    const reporter = (await loadAll('reporters')).find((one) => one.id === id);

    const text = [...(reporter?.render(from('2027-01-01'), { width: 200, color: false }) ?? [])].join('');

    expect(text).toContain(told);
    expect(text).not.toMatch(/<failure|::error|"critical"|"security-severity":"8|severity="high"} 1/);
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
