import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import type { BuildRecord } from '../../src/domain/observation.ts';
import { openLedger } from '../../src/inventory/ledger.ts';

type Source = NonNullable<BuildRecord['source']>;

const built = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .at('10:00')
  .recordedBuild('payments@A', { run: '57', commit: 'c0ffee' })
  .at('14:00')
  .deployed('payments@A', 'production/payments-api');

/** What is told of two records whose sources are these. */
function conflictOf(one: Source | undefined, other: Source | undefined) {
  const recordings = built.recordings().map((recording) => ({
    ...recording,
    observations: recording.observations.map((seen) => {
      if (seen.kind !== 'build') return seen;
      const { source: _, ...record } = seen;
      const source = seen.run?.id === '41' ? one : other;
      return { ...record, ...(source ? { source } : {}) };
    }),
  }));
  const ledger = openLedger(recordings, built.plan());
  const [row] = ledger.rows;
  if (!row) throw new TypeError('nothing is deployed');
  const conflict = ledger.conflictOf(row);
  return conflict.known
    ? conflict.value?.between === 'records'
      ? conflict.value.records.map(({ run }) => run?.id)
      : conflict.value
    : conflict.because;
}

const here = { repository: 'acme/payments', commit: 'c0ffee' };

describe('two records of one digest', () => {
  it.each<[string, Source, Source]>([
    ['two commits', here, { ...here, commit: 'decaf0' }],
    ['one commit of two repositories', here, { ...here, repository: 'mallory/payments' }],
    ['two repositories without a commit', { repository: 'acme/payments' }, { repository: 'acme/ledger' }],
    ['two trees', { ...here, tree: 'beech' }, { ...here, commit: 'decaf0', tree: 'birch' }],
  ])('contradict each other with %s', (_, one, other) => {
    expect(conflictOf(one, other)).toEqual(['41', '57']);
  });

  it.each<[string, Source | undefined, Source | undefined]>([
    ['name one commit', here, here],
    ['write one repository in several ways', here, { ...here, repository: 'https://github.com/Acme/Payments.git' }],
    ['name one tree in two copies', { ...here, tree: 'beech' }, { repository: 'mallory/payments', commit: 'decaf0', tree: 'beech' }],
    ['of which one names no source', here, undefined],
    ['of which one names no commit', here, { repository: 'acme/payments' }],
    ['of which one names a commit and one a tree', here, { repository: 'acme/payments', tree: 'beech' }],
  ])('agree that %s', (_, one, other) => {
    expect(conflictOf(one, other)).toBeUndefined();
  });
});
