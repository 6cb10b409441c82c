import fc from 'fast-check';
import { type Plan, type Report } from 'selfsame';
import { describe, expect, it } from 'vitest';
import { judgeSince } from '../../src/audit.ts';
import { Waiver } from '../../src/domain/plan.ts';
import { loadAll } from '../../src/registry.ts';
import { type Judged, judge } from '../inventory/estate-laws.ts';
import { estate } from '../inventory/random-estate.ts';

const RULES = await loadAll('rules');

/** LAWS_SEED looks elsewhere, LAWS_TIMES looks longer. */
const LOOK = { seed: Number(process.env.LAWS_SEED ?? 20260302), numRuns: 100 * Number(process.env.LAWS_TIMES ?? 1) };

const where = fc.constantFrom('production/*', 'production/payments-api', '*/payments-*', 'production/default/*/app', 'staging/*');
const about = fc.oneof(
  fc.record({ rule: fc.constantFrom(...RULES.map(({ id }) => id)) }),
  fc.record({ rule: fc.constantFrom('rebuilt-after-test', 'untested-digest', 'tag-without-digest', 'unknown-origin') }),
  fc.record({ standing: fc.constantFrom('rebuilt' as const, 'untested' as const, 'foreign' as const, 'unresolved' as const) }),
);
const terms = fc.record({
  where,
  owner: fc.constantFrom('team-payments', 'team-ledger', undefined),
  because: fc.constantFrom('agreed', 'measured'),
  until: fc.constantFrom('2020-01-01', '2026-03-20', '2099-12-31'),
});
const waivers = fc.array(
  fc.tuple(about, terms).map(([one, other]) => Waiver.parse({ ...one, ...other })),
  { minLength: 1, maxLength: 6 },
);
const teams = fc.array(fc.record({ where: fc.array(where, { maxLength: 2 }), images: fc.subarray(['registry.test/payments', '*']) }), {
  minLength: 1,
  maxLength: 3,
});

/** What accuses, apart from what became of it: a waiver for one of the places of a finding tells it apart from the rest. */
function accusations({ findings }: Report): readonly string[] {
  const all = findings.flatMap(({ rule, message, where: places, artifact }) =>
    places.map((place) => `${rule} ${message} ${place} ${artifact}`),
  );
  return [...new Set(all)].toSorted();
}

const standings = ({ rows }: Report) => rows.map(({ where: place, artifact, standing }) => [place, artifact, standing]);

const withPlan = (given: Judged, more: Partial<Plan>): Judged => ({ ...given, plan: { ...given.plan, ...more } });

function holds<T>(given: fc.Arbitrary<T>, law: (estate: Judged, more: T) => void): string | undefined {
  const looked = fc.check(fc.property(estate, given, law), LOOK);
  return looked.failed ? fc.defaultReportMessage(looked) : undefined;
}

describe('of every estate', { timeout: 120_000 }, () => {
  it('a waiver changes no standing, hides no accusation and closes no gap, and none makes a clean audit worse', () => {
    const offence = holds(waivers, (given, all) => {
      const [bare, waived] = [judge(given), judge(withPlan(given, { waivers: all }))];

      expect(standings(waived)).toEqual(standings(bare));
      expect(accusations(waived)).toEqual(accusations(bare));
      expect(waived.gaps).toEqual(bare.gaps);
      expect(waived.unknowns).toEqual(bare.unknowns);
      if (bare.exitCode === 0) expect(waived.exitCode).toBe(0);
    });

    expect(offence).toBeUndefined();
  });

  it('the order of waivers makes no difference', () => {
    const offence = holds(waivers, (given, all) => {
      expect(judge(withPlan(given, { waivers: all.toReversed() }))).toEqual(judge(withPlan(given, { waivers: all })));
    });

    expect(offence).toBeUndefined();
  });

  it('an owner changes nothing but whose it is', () => {
    const offence = holds(teams, (given, all) => {
      const named = all.map((team, at) => ({ name: `team-${at}`, labels: {}, ...team }));
      const [bare, owned] = [judge(given), judge(withPlan(given, { teams: named }))];

      const rows = owned.rows.map(({ owner: _, ...row }) => row);
      const findings = owned.findings.map(({ owners: _, ...finding }) => finding);
      expect({ ...owned, rows, findings, teams: [], plan: bare.plan }).toEqual(bare);
    });

    expect(offence).toBeUndefined();
  });

  it('rules that apply later accuse as they will, and decide nothing: an audit with doubts stays inconclusive', () => {
    const later = Object.fromEntries(RULES.map(({ id }) => [id, { appliesFrom: '2099-01-01', environments: {} }]));
    const offence = holds(fc.constant(later), (given, rules) => {
      const set = Object.entries(given.plan.rules).map(([id, own]) => [id, { ...own, appliesFrom: '2099-01-01' }]);
      const [bare, announced] = [judge(given), judge(withPlan(given, { rules: { ...rules, ...Object.fromEntries(set) } }))];

      expect(standings(announced)).toEqual(standings(bare));
      expect(accusations(announced)).toEqual(accusations(bare));
      expect(announced.exitCode).not.toBe(1);
      if (bare.gaps.length > 0) expect(announced.exitCode).toBe(3);
    });

    expect(offence).toBeUndefined();
  });

  it('what is known from before turns drift into nothing worse than doubt, and no doubt into a pass', () => {
    const offence = holds(fc.constant(undefined), ({ recordings, plan }) => {
      const inOrder = recordings.toSorted((a, b) => (a.takenAt.to < b.takenAt.to ? -1 : 1));
      const [newest, ...earlier] = inOrder.toReversed();
      const before = earlier.filter(({ takenAt }) => newest && takenAt.to < newest.takenAt.to);
      if (before.length === 0) return;
      const law = { plan, rules: RULES, version: '0.0.0' };

      const plain = judge({ recordings, plan });
      const compared = judgeSince(recordings, law, judge({ recordings: before, plan }));

      expect(standings(compared)).toEqual(standings(plain));
      expect(compared.findings.map(({ since: _, ...finding }) => finding)).toEqual(plain.findings);
      if (plain.exitCode !== 1) expect(compared.exitCode).toBe(plain.exitCode);
      if (plain.because.length > 1) expect(compared.exitCode).not.toBe(0);
    });

    expect(offence).toBeUndefined();
  });
});
