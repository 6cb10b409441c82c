import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupBy } from '../../src/domain/order.ts';
import type { Vouchable } from '../../src/domain/statement.ts';
import {
  askingOnlyAddsDoubt,
  bystanderChangesNothing,
  conclude,
  judgingLeavesInputAlone,
  losingAcquitsNobody,
  orderIsIrrelevant,
  recordsOf,
  rowsArePopulation,
  vouchingMayBeSplit,
} from './estate-laws.ts';
import { type Estate, estate } from './random-estate.ts';

/** LAWS_SEED looks elsewhere, LAWS_TIMES looks longer. */
const LOOK = { seed: Number(process.env.LAWS_SEED ?? 20260302), times: Number(process.env.LAWS_TIMES ?? 1) };

/** The smallest estate that breaks a law, told as it came to be; undefined where none does. */
function offence(runs: number, law: (given: Estate, pick: number) => void): string | undefined {
  const looked = fc.check(fc.property(estate, fc.nat(), law), { seed: LOOK.seed, numRuns: runs * LOOK.times });
  return looked.failed ? fc.defaultReportMessage(looked) : undefined;
}

const SCOPES = [{}, { environment: 'staging' }, { environment: 'production' }, { registry: 'registry.test' }, { project: 'acme/payments' }];
const KINDS: readonly Vouchable[] = ['running-image', 'build', 'test', 'content', 'tag', 'approval'];
const oneOf = <T>(all: readonly T[], pick: number) => all[pick % all.length] as T;

describe('of every estate', { timeout: 60_000 * LOOK.times }, () => {
  it('losing a record, with the vouching for its kind, acquits nobody, hides no row and turns no exit to 0', () => {
    const law = (given: Estate, pick: number) => {
      const before = conclude(given);
      const byKind = groupBy(recordsOf(given), ({ kind }) => kind);
      // Every other kind has many records that say the same.
      const lost = [...byKind].flatMap(([kind, records]) =>
        kind === 'running-image' || kind === 'index' ? records : [oneOf(records, pick)],
      );
      for (const one of lost) losingAcquitsNobody(given, one, before);
    };

    expect(offence(400, law)).toBeUndefined();
  });

  it('the order of recordings and observations does not matter', () => {
    expect(offence(150, orderIsIrrelevant)).toBeUndefined();
  });

  it('an unrelated workload changes no other row', () => {
    expect(offence(150, bystanderChangesNothing)).toBeUndefined();
  });

  it('every slot and artifact is one row, and the rows are the population', () => {
    expect(offence(200, rowsArePopulation)).toBeUndefined();
  });

  it('a source that is asked and answers nothing acquits and accuses nobody, and turns no exit to 0', () => {
    const law = (given: Estate, pick: number) =>
      askingOnlyAddsDoubt(given, { of: oneOf(KINDS, pick), scope: oneOf(SCOPES, pick >> 3), always: pick % 2 === 0 });

    expect(offence(150, law)).toBeUndefined();
  });

  it('an environment may be vouched for whole, or namespace by namespace', () => {
    expect(offence(150, vouchingMayBeSplit)).toBeUndefined();
  });

  it('judging twice gives the same bytes', () => {
    expect(offence(100, judgingLeavesInputAlone)).toBeUndefined();
  });
});
