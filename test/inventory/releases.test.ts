import fc from 'fast-check';
import { expect, it } from 'vitest';
import { identify } from '../../src/domain/identify.ts';
import type { Observation } from '../../src/domain/observation.ts';
import { openLedger } from '../../src/inventory/ledger.ts';
import { judge } from '../../src/judge/judge.ts';
import { optionsOf } from '../../src/judge/policy.ts';
import { loadMember } from '../../src/registry.ts';
import { type Judged, recordsOf, vouchedAs } from './estate-laws.ts';
import { estate } from './random-estate.ts';
import { RELEASES } from './random-plan.ts';

/** LAWS_SEED looks elsewhere, LAWS_TIMES looks longer. */
const LOOK = { seed: Number(process.env.LAWS_SEED ?? 20260302), times: Number(process.env.LAWS_TIMES ?? 1) };
const RULES = await Promise.all(Object.keys(RELEASES).map((id) => loadMember('rules', id)));

/** What every rule about releases comes to, by what runs as it was observed: an artifact may go by another name once a record is lost. */
function outcomesOf({ recordings, plan }: Judged): ReadonlyMap<string, string> {
  const ledger = openLedger(recordings, plan);
  const judged = RULES.flatMap((rule) =>
    ledger.rows.map((row) => ({ rule, row, verdict: judge(rule, row, ledger, optionsOf(rule, plan)) })),
  );
  return new Map(
    judged.flatMap(({ rule, row, verdict }) =>
      row.running.map((image) => [`${rule.id} ${row.where} ${identify(image)}`, verdict.outcome] as const),
    ),
  );
}

function losing({ recordings, plan }: Judged, lost: Observation): Judged {
  const isGone = (seen: Observation) => identify(seen) === identify(lost) || (seen.kind === 'coverage' && seen.of === vouchedAs(lost));
  return {
    plan,
    recordings: recordings.map((recording) => ({ ...recording, observations: recording.observations.filter((seen) => !isGone(seen)) })),
  };
}

it('losing a record, with the vouching for its kind, excuses no release', { timeout: 60_000 * LOOK.times }, () => {
  const law = fc.property(estate, (given) => {
    const asked = { ...given, plan: { ...given.plan, rules: RELEASES } };
    const guilty = [...outcomesOf(asked)].filter(([, outcome]) => outcome === 'drift').map(([name]) => name);
    const losable = guilty.length > 0 ? recordsOf(asked).filter(({ kind }) => kind !== 'running-image') : [];
    for (const lost of losable) {
      const after = outcomesOf(losing(asked, lost));
      const excused = guilty.filter((name) => ['pass', 'not-applicable'].includes(after.get(name) ?? ''));
      expect(excused, `once it lost ${JSON.stringify(lost)}`).toEqual([]);
    }
  });

  const looked = fc.check(law, { seed: LOOK.seed, numRuns: 120 * LOOK.times });

  expect(looked.failed ? fc.defaultReportMessage(looked) : undefined).toBeUndefined();
});
