import type { Observation } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../src/inventory/ledger.ts';
import { readSketch } from '../../src/testing/observe.ts';

const production = 'production/payments-api';
const raced = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .at('10:00')
  .deployed('payments:main=A', 'staging/payments-api')
  .at('11:00')
  .built('payments@B', { run: '57', commit: 'decaf0' })
  .held('payments@B')
  .at('14:00')
  .deployed('payments:main=B', production);

/** What is known of the race where nobody recorded the build, the registry dates nothing, and a listing does. */
function raceWhere(listedAt: string | undefined) {
  const told = (seen: Observation): Observation[] => {
    if (seen.kind === 'build' && seen.outputs[0]?.digest === readSketch('payments@B').digest) return [];
    if (seen.kind === 'manifest') return [{ ...seen, pushedAt: undefined }];
    return [seen.kind === 'presence' && listedAt ? { ...seen, pushedAt: listedAt } : seen];
  };
  const recordings = raced.recordings().map((recording) => ({ ...recording, observations: recording.observations.flatMap(told) }));
  const ledger = openLedger(recordings, raced.plan());
  const row = ledger.rows.find(({ environment }) => environment === 'production');
  if (!row) throw new TypeError('nothing runs in production');
  return ledger.raceOf(row);
}

describe('a push that only a listing dates', () => {
  it('landed between what upstream and what downstream resolved', () => {
    const race = raceWhere('2026-03-02T11:30:00Z');

    expect(race).toMatchObject({ known: true, value: { pushedAt: '2026-03-02T11:30:00Z' } });
    expect(race.known && race.evidence.map(({ kind }) => kind)).toContain('presence');
  });

  it('was there before upstream started', () => {
    expect(raceWhere('2026-03-02T09:30:00Z')).toMatchObject({ known: true, value: 'not-between' });
  });

  it('is not known where no listing says it either', () => {
    expect(raceWhere(undefined)).toEqual({ known: false, because: 'push-not-known' });
  });
});
