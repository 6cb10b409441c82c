import { Observation } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { expect, it } from 'vitest';
import { openLedger } from '../../src/inventory/ledger.ts';

const raced = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .at('10:00')
  .deployed('payments:main=A', 'staging/payments-api')
  .at('11:00')
  .built('payments@B', { run: '57', commit: 'decaf0' })
  .held('payments@B')
  .at('14:00')
  .deployed('payments:main=B', 'production/payments-api');

const MINUTE_MS = 60_000;
const seen = { at: '2026-03-02T14:00:00Z', origin: { source: 'scenario', locator: 'clocks' } };
const ofRegistry = (skewMs: number, registry = 'registry.test') =>
  Observation.parse({ ...seen, kind: 'registry', registry, requests: 1, skewMs });
const ofCluster = (skewMs: number) => Observation.parse({ ...seen, kind: 'cluster', cluster: 'test', pods: 2, denied: [], skewMs });

/** What is known of the race where a listing of the registry dates the push, and clocks are not one. */
function raceWhere(pushedAt: string, clocks: readonly Observation[]) {
  const dated = (one: Observation): Observation[] => {
    if (one.kind === 'build') return [];
    if (one.kind === 'manifest') return [{ ...one, pushedAt: undefined }];
    return [one.kind === 'presence' ? { ...one, pushedAt } : one];
  };
  const recordings = raced
    .recordings()
    .map((recording) => ({ ...recording, observations: [...recording.observations.flatMap(dated), ...clocks] }));
  const ledger = openLedger(recordings, raced.plan());
  const row = ledger.rows.find(({ environment }) => environment === 'production');
  return row && ledger.raceOf(row);
}

it.each<[string, string, readonly Observation[], object]>([
  ['is known where the clocks are one', '2026-03-02T10:05:00Z', [], { known: true }],
  ['is known where they differ by less', '2026-03-02T10:05:00Z', [ofRegistry(4 * MINUTE_MS)], { known: true }],
  ['is not known where the registry is ahead by more', '2026-03-02T10:05:00Z', [ofRegistry(5 * MINUTE_MS)], { because: 'clocks-differ' }],
  ['is not known where it is behind by more', '2026-03-02T13:56:00Z', [ofRegistry(-5 * MINUTE_MS)], { because: 'clocks-differ' }],
  ['is not known to be none, either', '2026-03-02T09:57:00Z', [ofRegistry(5 * MINUTE_MS)], { because: 'clocks-differ' }],
  [
    'is not known where cluster and registry differ by more together',
    '2026-03-02T10:05:00Z',
    [ofRegistry(3 * MINUTE_MS), ofCluster(-3 * MINUTE_MS)],
    { because: 'clocks-differ' },
  ],
  ['has nothing to do with another registry', '2026-03-02T10:05:00Z', [ofRegistry(9 * MINUTE_MS, 'ghcr.io')], { known: true }],
])('a race %s', (_, pushedAt, clocks, expected) => {
  expect(raceWhere(pushedAt, clocks)).toMatchObject(expected);
});
