import { judgeRecorded, Plan, type Report } from 'selfsame';
import { type Given, type Scenario, scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { defineCustom } from '../../src/custom/define-custom.ts';
import { CustomRule } from '../../src/domain/plan.ts';
import { foresee } from '../../src/explain/foresee.ts';
import { loadAll } from '../../src/registry.ts';
import { readSketch } from '../../src/testing/observe.ts';

const ours = await loadAll('rules');
const API = 'production/payments-api';
const approvals = { production: { ci: ['prod'] } };

/** What runs was rehearsed, and of everything else nothing is missing. */
const rehearsed = (given: Given = {}) =>
  scenario(given)
    .at('09:00')
    .built('payments@A', { run: '41', commit: 'c0ffee' })
    .deployed('payments@A', 'staging/payments-api')
    .at('14:00')
    .deployed('payments@A', API);

const asking = (setting: object = {}, given: Given = {}) =>
  rehearsed({ ...given, rules: { 'unapproved-promotion': { options: { approvals }, ...setting } } });

function judged(given: Scenario, custom: readonly object[] = []): Report {
  const own = custom.map((written) => defineCustom(CustomRule.parse(written), (key) => `selfsame.yaml: custom.0.${key}`));
  return judgeRecorded(given.recordings(), Plan.parse(given.plan()), [...ours, ...own], '0.1.0');
}

/** The image that runs is to go there once more. */
function checked(given: Scenario) {
  const { declared, digest } = readSketch('payments@A');
  const law = { plan: Plan.parse(given.plan()), rules: ours, version: '0.1.0' };
  return foresee([{ image: declared, digest: digest!, environment: 'production' }], given.recordings(), law);
}

describe('a rule that was told what to judge by', () => {
  it('leaves the audit open where it cannot tell, and says of how many rows, why, and what to do', () => {
    const report = judged(
      asking()
        .listedApprovalsOf('57')
        .released('checkout@K', { to: 'prod', run: '57' })
        .deployed('payments@A', 'production/payments-worker'),
    );

    expect(report.exitCode).toBe(3);
    expect(report.because).toEqual([
      'unapproved-promotion cannot tell of 2 rows (approvals not covered): let a source list approvals (`deployments: "true"` of github-actions), or record them with `selfsame record approve`',
    ]);
  });

  it('leaves it open where no source tells of what it judges by', () => {
    expect(judged(asking()).because[0]).toContain('unapproved-promotion cannot tell of 1 row (not configured)');
  });

  it.each<[string, Scenario]>([
    ['nobody told it', rehearsed()],
    ['it was told nothing', asking({ options: { approvals: {} } })],
    ['it is turned off', asking({ severity: 'off' })],
    ['what it finds would not count', asking({ severity: 'info' })],
    ['it applies later', asking({ appliesFrom: '2026-12-01' })],
    [
      'what it would find is waived',
      asking({}, { waivers: [{ rule: 'unapproved-promotion', where: API, because: 'x', owner: 'team-payments', until: '2026-12-31' }] }),
    ],
  ])('does not where %s', (_, given) => {
    expect(judged(given).exitCode).toBe(0);
  });

  it('is not counted once more of a row that is unresolved', () => {
    const given = scenario({ rules: { 'unapproved-promotion': { options: { approvals } } } })
      .at('14:00')
      .deployed('payments:1.4', API);

    expect(judged(given).because).toEqual(['1 row unresolved']);
  });

  it('lets no image go to production of which it cannot tell', () => {
    const given = asking().listedApprovalsOf('57').released('checkout@K', { to: 'prod', run: '57' });

    const { exitCode, rows } = checked(given);

    expect([exitCode, rows[0]?.untold]).toEqual([3, ['unapproved-promotion (leave: approvals-not-covered)']]);
  });

  it.each([
    ['lets an image go', {}, 0],
    ['lets the accepted digest go', { digest: readSketch('payments@A').digest }, 0],
    ['lets no other than the accepted digest go', { digest: readSketch('payments@B').digest }, 3],
    ['lets no image go any more', { until: '2026-01-31' }, 3],
  ])('%s of which it cannot tell, as the waiver of what it would find says', (_, of, expected) => {
    const waiver = { rule: 'unapproved-promotion', where: API, because: 'x', owner: 'team-payments', until: '2026-12-31', ...of };
    const given = asking({}, { waivers: [waiver] })
      .listedApprovalsOf('57')
      .released('checkout@K', { to: 'prod', run: '57' });

    expect(checked(given).exitCode).toBe(expected);
    expect(judged(given).exitCode).toBe(expected);
  });
});

describe('a rule without code', () => {
  const written = { id: 'signed-off', title: 'It is signed off', severity: 'medium', message: '{where} runs.', fix: 'Stop it.' };

  it('leaves the audit open where it cannot tell what it asserts, and not where it cannot tell what would be wrong', () => {
    const label = 'labels["signed-off"] == "yes"';

    const [asserted, drifting] = [{ assert: label }, { drift: label }].map((claim) => judged(rehearsed(), [{ ...written, ...claim }]));

    expect([asserted?.exitCode, drifting?.exitCode]).toEqual([3, 0]);
    expect(asserted?.because[0]).toMatch(/^signed-off cannot tell of 1 row /);
  });
});
