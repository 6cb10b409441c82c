import { judgeRecorded, type Report } from 'selfsame';
import { type Given, scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { openWaivers } from '../../src/judge/waivers.ts';
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
    const gone = readSketch('payments@A').digest;
    expect(stateOf(report)).toEqual([`stale-digest: it accepts ${gone}, and what runs there now is ${digest}: remove the waiver`]);
  });

  it.each([
    ['no owner', { owner: undefined }, 'not-applied: it has no owner'],
    ['no end', { until: undefined }, 'not-applied: it has no until'],
    ['no reason', { because: undefined }, 'not-applied: it has no because'],
    ['no place', { where: '*/*' }, 'not-applied: its `where` names no place'],
    ['no place, in other words', { where: '**/**' }, 'not-applied: its `where` names no place'],
    ['another place', { where: 'production/ledger' }, 'unused: nothing that it speaks of was found'],
    [
      'an end that nobody will see',
      { until: '2099-12-31' },
      'not-applied: it ends on 2099-12-31, more than 396 days after what it accepts was seen: the last day that is taken is 2027-04-02',
    ],
    [
      'an end a day too late',
      { until: '2027-04-03' },
      'not-applied: it ends on 2027-04-03, more than 396 days after what it accepts was seen: the last day that is taken is 2027-04-02',
    ],
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

  const concernsOf = (more: object) =>
    audit({ waivers: [{ rule: 'rebuilt-after-test', where, ...accepted, until: '2026-12-31', ...more }] }).waivers.map(
      ({ state, concerns }) => [state, ...concerns.map(({ is, says }) => `${is}: ${says}`)].join(' | '),
    );

  it.each([
    ['2027-04-02', 'applied'],
    ['2026-04-02', 'applied'],
    ['2026-04-01', 'applied | expiring: it ends on 2026-04-01, in 30 days'],
    ['2026-03-03', 'applied | expiring: it ends on 2026-03-03, in 1 day'],
    ['2026-03-02', 'applied | expiring: it ends on 2026-03-02, today'],
    ['2026-03-01', 'expired'],
  ])('that ends on %s is told in time, by the recording and not by the clock', (until, told) => {
    expect(concernsOf({ until })).toEqual([told]);
  });

  const ANY = 'too-broad: it names no workload or digest: whatever is found there next is waived too';

  it.each([
    ['every workload of an environment', { where: 'production/*' }, ANY],
    ['every workload of a namespace', { where: 'production/default/*/app' }, ANY],
    ['some workloads', { where: 'production/payments-*' }, undefined],
    ['every workload, of one digest', { where: 'production/*', digest }, undefined],
    ['one workload', {}, undefined],
    [
      'a standing with findings of several rules',
      { rule: undefined, standing: 'rebuilt', where: 'production/payments-api', digest },
      'too-broad: it covers findings of 2 rules: rebuilt-after-test, tag-without-digest',
    ],
  ])('that covers %s is applied, and told where that is too much', (_, more, told) => {
    const byTag = scenario({
      gates: ['e2e'],
      waivers: [{ rule: 'rebuilt-after-test', where, ...accepted, until: '2026-12-31', ...more }],
    } as Given)
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .tested('payments@A', { gate: 'e2e' })
      .at('14:00')
      .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
      .deployed('payments:1.4=B', where);

    const [waiver] = judgeRecorded(byTag.recordings(), byTag.plan(), rules, '0.1.0').waivers;

    expect([waiver?.state, ...(waiver?.concerns ?? []).map(({ is, says }) => `${is}: ${says}`)]).toEqual([
      'applied',
      ...(told ? [told] : []),
    ]);
  });

  it('of one standing is of one rule, where the others only explain it', () => {
    expect(concernsOf({ rule: undefined, standing: 'rebuilt' })).toEqual(['applied']);
  });

  const inDockerfile = (where: string) => {
    const plan = scenario({ waivers: [{ rule: 'unpinned-base', where, ...accepted, until: '2026-12-31' }] }).plan();
    const waivers = openWaivers(plan, '2026-03-02');
    const about = { rule: 'unpinned-base', where: 'file:github.com/acme/payments/Dockerfile', family: new Set<string>() };
    return { waiver: waivers.waiverFor(about), states: waivers.states() };
  };

  it.each([
    'file:github.com/acme/*',
    'file:github.com/acme/payments/Dockerfile',
    'file:*Dockerfile',
  ])('of files is applied at %s', (place) => {
    const { waiver, states } = inDockerfile(place);

    expect(waiver?.where).toBe(place);
    expect(states).toMatchObject([{ state: 'applied', concerns: [] }]);
  });

  it.each(['file:*', 'file:**', 'file:*/*', 'file:*#*', 'file:'])('of files at %s covers nothing: it names none', (place) => {
    const { waiver, states } = inDockerfile(place);

    expect(waiver).toBeUndefined();
    expect(states).toMatchObject([{ state: 'not-applied', why: 'its `where` names no place' }]);
  });

  it('that covers nothing is not too broad, and not about to end', () => {
    expect(concernsOf({ rule: 'unknown-origin', where: 'production/*', until: '2026-03-03' })).toEqual(['unused']);
  });

  it.each(['table', 'markdown', 'html'])('is told in a %s where it is applied, and somebody has to look at it', async (id) => {
    const report = audit({ waivers: [{ rule: 'rebuilt-after-test', where: 'production/*', ...accepted }] });
    const reporter = (await loadAll('reporters')).find((one) => one.id === id);

    const text = [...(reporter?.render(report, { width: 200, color: false }) ?? [])].join('');

    expect(text).toMatch(
      /waiver expiring: rebuilt-after-test at .*it ends on 2026-03-31, in 29 days|<td>applied, expiring, too broad<\/td>/,
    );
    expect(text).toContain('whatever is found there next is waived too');
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

  it('of an unresolved row accepts nothing that a rule finds of it later, such as a gate that failed', () => {
    const incident = scenario({ gates: ['e2e', 'scan'], waivers: [{ standing: 'unresolved', where, digest, ...accepted }] })
      .at('09:00')
      .built('payments@B', { run: '57', commit: 'c0ffee' })
      .at('09:05')
      .tested('payments@B', { gate: 'scan', result: 'failed' })
      .at('10:00')
      .deployed('payments@B', where)
      .withoutSource('test');

    const report = judgeRecorded(incident.recordings(), incident.plan(), rules, '0.1.0');

    expect(report.rows).toMatchObject([{ standing: { is: 'unresolved' }, waived: accepted }]);
    expect(report.findings).toMatchObject([{ rule: 'failed-gate-promoted', severity: 'high' }]);
    expect(report.findings[0]?.waived).toBeUndefined();
    expect(report.exitCode).toBe(1);
  });
});
