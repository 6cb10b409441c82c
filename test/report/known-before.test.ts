import { type Plan, type Report } from 'selfsame';
import { type Given, type Scenario, scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { judgeSince } from '../../src/audit.ts';
import { Earlier } from '../../src/domain/earlier.ts';
import { loadAll } from '../../src/registry.ts';
import { exitCodeOf } from '../../src/report/exit-code.ts';
import { viewOf } from '../../src/report/view-of.ts';

const rules = await loadAll('rules');
const API = 'production/payments-api';

/** A night in which production runs a rebuild of what was tested; it is recorded at two in the afternoon. */
const first = (given: Given = {}) =>
  scenario({ gates: ['e2e'], ...given })
    .at('09:00')
    .built('payments@A', { run: '41', commit: 'c0ffee' })
    .tested('payments@A', { gate: 'e2e' })
    .at('14:00')
    .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
    .deployed('payments@B', API)
    .recorded();

/** The newest of its recordings, compared with the one before by the plan of either. */
function compared(nights: Scenario, { before = {}, after = {} }: { before?: Partial<Plan>; after?: Partial<Plan> } = {}): Report {
  const recordings = nights.recordings();
  const lawOf = (more: Partial<Plan>) => ({ plan: { ...nights.plan(), ...more }, rules, version: '0.1.0' });
  const earlier = judgeSince(recordings.slice(0, -1), lawOf(before), undefined);
  return judgeSince(recordings, lawOf(after), Earlier.parse(JSON.parse(JSON.stringify(earlier))));
}

const rebuilt = ({ findings }: Report) => findings.filter(({ rule }) => rule === 'rebuilt-after-test');
const FIRST = '2026-03-02T14:00:00Z';
const waiver = { rule: 'rebuilt-after-test', where: API, because: 'agreed', owner: 'team-payments', until: '2026-12-31' };

describe('where only what is new decides', () => {
  it('is what was counted before known: shown as such, and not counted', () => {
    const report = compared(first().at('15:00'));

    expect(report).toMatchObject({
      exitCode: 0,
      against: FIRST,
      because: ['everything in scope was seen and judged', `compared with ${FIRST}: 1 finding known from then`],
    });
    expect(rebuilt(report)).toMatchObject([{ severity: 'high', since: FIRST }]);
  });

  it('does a new finding count, and the known one beside it does not', () => {
    const report = compared(first().at('15:00').pushed('payments@H').deployed('payments@H', 'production/payments-worker'));

    expect(report.exitCode).toBe(1);
    expect(report.because).toEqual(['1 new finding at or above medium', `compared with ${FIRST}: 1 finding known from then`]);
    expect(report.findings.find(({ rule }) => rule === 'unknown-origin')).not.toHaveProperty('since');
  });

  const failing = (gate: string) =>
    scenario({ gates: ['e2e', 'scan'] })
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .at('09:05')
      .tested('payments@A', { gate, result: 'failed' })
      .at('10:00')
      .deployed('payments@A', API)
      .recorded();
  const failures = ({ findings }: Report) => findings.filter(({ rule }) => rule === 'failed-gate-promoted');

  it.each([
    ['e2e', 'scan'],
    ['scan', 'e2e'],
  ])('is a gate that failed new where %s is known to have failed, and %s is read later', (one, other) => {
    const report = compared(failing(one).at('09:07').tested('payments@A', { gate: other, result: 'failed' }).at('15:00'));

    expect(report.exitCode).toBe(1);
    expect(failures(report)).toMatchObject([{ facts: { gate: 'e2e, scan' } }]);
    expect(failures(report)[0]).not.toHaveProperty('since');
  });

  it('is a gate that failed known where another that had failed has passed since', () => {
    const two = failing('e2e').at('09:07').tested('payments@A', { gate: 'scan', result: 'failed' }).at('11:00').recorded();

    const report = compared(two.at('09:10').tested('payments@A', { gate: 'e2e' }).at('15:00'));

    expect(failures(report)).toMatchObject([{ facts: { gate: 'scan' }, since: '2026-03-02T11:00:00Z' }]);
  });

  it('is another artifact in the same place new, though its fingerprint is the same', () => {
    const report = compared(
      first().at('15:00').built('payments@C', { run: '58', commit: 'c0ffee', base: 'Z' }).deployed('payments@C', API),
    );

    expect(report.exitCode).toBe(1);
    expect(rebuilt(report)[0]?.fingerprint).toBe(rebuilt(compared(first().at('15:00')))[0]?.fingerprint);
  });

  it('is a finding new that would be told under a known one, and was not then', () => {
    const withdrawn = scenario({ gates: ['e2e'] })
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .tested('payments@A', { gate: 'e2e' })
      .at('10:00')
      .built('payments@D', { run: '60', commit: 'decaf0' })
      .deployed('payments@D', 'staging/payments-api')
      .deployed('payments@D', API)
      .at('14:00')
      .recorded()
      .at('15:00')
      .deployed('payments@A', 'staging/payments-api');

    const [next, later] = [compared(withdrawn), compared(withdrawn.recorded().at('16:00'))];

    expect([next.exitCode, later.exitCode]).toEqual([1, 0]);
    expect(next.findings.find(({ rule }) => rule === 'reversed-promotion')).not.toHaveProperty('under');
    expect(later.findings.find(({ rule }) => rule === 'reversed-promotion')).toHaveProperty('under');
  });

  it('is the same artifact in one more place new, and in one fewer known', () => {
    const more = compared(first().at('15:00').deployed('payments@B', 'production/payments-worker'));
    const fewer = scenario({ gates: ['e2e'] })
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .tested('payments@A', { gate: 'e2e' })
      .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
      .deployed('payments@B', API)
      .deployed('payments@B', 'production/payments-worker')
      .at('14:00')
      .recorded()
      .at('15:00')
      .deployed('payments@A', 'production/payments-worker');

    expect(more.exitCode).toBe(1);
    expect(rebuilt(compared(fewer))).toMatchObject([{ where: [expect.stringContaining('payments-api')], since: FIRST }]);
  });

  it.each<[string, { before?: Partial<Plan>; after?: Partial<Plan> }]>([
    ['was waived then, and is not any more', { before: { waivers: [waiver] } }],
  ])('is new what %s', (_, plans) => {
    expect(compared(first().at('15:00'), plans).exitCode).toBe(1);
  });

  it('is new what was waived until yesterday', () => {
    const expired = { waivers: [{ ...waiver, until: '2026-03-02' }] };

    expect(compared(first(expired).at('2026-03-03T02:00:00Z'))).toMatchObject({ exitCode: 1, waivers: [{ state: 'expired' }] });
  });

  it('is as inconclusive as it was what nobody was sure of', () => {
    const [finding] = rebuilt(compared(first().at('15:00')));
    const outcome = {
      rows: [],
      gaps: [],
      lastRank: [],
      strays: 0,
      unmatched: [],
      failOn: 'medium' as const,
      isAlone: false,
      isEnough: false,
      unclear: { all: 0, decisive: 0 },
      files: 0,
      untold: [],
      against: FIRST,
    };

    const concluded = exitCodeOf({ ...outcome, findings: [{ ...finding!, confidence: 'low' }] });

    expect(concluded).toEqual({
      exitCode: 3,
      because: ['1 finding of low confidence', `compared with ${FIRST}: 1 finding known from then`],
    });
  });

  it('is new what applies since', () => {
    const announced = { rules: { 'rebuilt-after-test': { appliesFrom: '2026-03-03', environments: {} } } };

    const report = compared(first(announced).at('2026-03-03T02:00:00Z'));

    expect(rebuilt(report)[0]).not.toHaveProperty('since');
    expect(report.exitCode).toBe(1);
  });

  it('stays what was known then known, since when it was', () => {
    const nights = first().at('15:00').recorded().at('16:00').recordings();
    const law = { plan: first().plan(), rules, version: '0.1.0' };
    const one = judgeSince(nights.slice(0, 1), law, undefined);
    const two = judgeSince(nights.slice(0, 2), law, one);

    const three = judgeSince(nights, law, two);

    expect([one, two, three].map(({ exitCode }) => exitCode)).toEqual([1, 0, 0]);
    expect(rebuilt(three)).toMatchObject([{ since: FIRST }]);
    expect(three.against).toBe('2026-03-02T15:00:00Z');
  });

  it('is an audit inconclusive that was so before, and that is so now', () => {
    const report = compared(first().blindTo('test', 'forbidden').at('15:00'));

    expect(report.exitCode).toBe(3);
    expect(report.gaps.length).toBeGreaterThan(0);
  });

  it('changes no standing, no gap and no finding but what is known of it', () => {
    const nights = first().at('15:00').deployed('payments@B', 'production/payments-worker');
    const plain = judgeSince(nights.recordings(), { plan: nights.plan(), rules, version: '0.1.0' }, undefined);

    const { against: _, exitCode: __, because: ___, findings, ...rest } = compared(nights);

    expect(plain).toMatchObject(rest);
    expect(findings.map(({ since: ____, ...finding }) => finding)).toEqual(plain.findings);
  });
});

describe('what cannot tell what is new', () => {
  const law = { plan: first().plan(), rules, version: '0.1.0' };
  const nights = first().at('15:00').recordings();
  const refusal = (earlier: Report) => () => judgeSince(nights.slice(0, 1), law, earlier);

  it('is refused where it is not older: compared with itself, nothing is new', () => {
    expect(refusal(judgeSince(nights.slice(0, 1), law, undefined))).toThrow(`is of ${FIRST}, and what is judged is of ${FIRST}`);
    expect(refusal(judgeSince(nights, law, undefined))).toThrow('is of 2026-03-02T15:00:00Z');
  });

  it.each<[string, Partial<Plan>]>([
    ['gates', { gates: [] }],
    ['severities', { rules: { 'rebuilt-after-test': { severity: 'low', environments: {} } } }],
    ['failOn', { failOn: 'info' }],
  ])('is refused where it was judged by other %s', (_, before) => {
    expect(() => compared(first().at('15:00'), { before })).toThrow('was judged by another plan than this one');
  });

  it('is welcome where only waivers or teams differ: they accuse nobody', () => {
    const teams = [{ name: 'team-payments', where: ['production/*'], images: [], labels: {} }];

    expect(compared(first().at('15:00'), { before: { teams } }).exitCode).toBe(0);
  });

  it('is refused where it shows one team its part', () => {
    const earlier = judgeSince(nights.slice(0, 1), law, undefined);

    expect(() => judgeSince(nights, law, viewOf(earlier, 'team-payments'))).toThrow('shows what team-payments owns alone');
  });
});

describe('a finding that is known', () => {
  it.each([
    ['table', `high rebuilt-after-test (confidence high, known from ${FIRST})`],
    ['markdown', `- known from ${FIRST}`],
    ['html', `<span class="chip">known from ${FIRST}</span>`],
    ['junit', `<skipped message="rebuilt-after-test, known from ${FIRST}: `],
    ['github', '::notice title=selfsame%3A rebuilt-after-test%2C known from 2026-03-02T14%3A00%3A00Z::'],
    ['sarif', '"baselineState":"unchanged"'],
    ['json', `"since":"${FIRST}"`],
  ])('is told as such in a report for %s', async (id, told) => {
    const reporter = (await loadAll('reporters')).find((one) => one.id === id);

    const text = [...(reporter?.render(compared(first().at('15:00')), { width: 200, color: false }) ?? [])].join('');

    expect(text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))).toContain(told);
    expect(text).not.toMatch(/<failure|::error/);
  });
});
