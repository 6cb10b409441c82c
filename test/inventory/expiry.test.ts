import type { Observation } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../src/inventory/ledger.ts';
import { readSketch } from '../../src/testing/observe.ts';

const production = 'production/payments-api';
const MONTH_AGO = '2026-02-01T09:00:00Z';
const YESTERDAY = '2026-03-01T09:00:00Z';
const rules = [{ by: 'pushed', number: 30 }] as const;

type Options = Readonly<{ pulls: string; listed: Readonly<Record<string, string>>; unread?: boolean }>;

/** What becomes of what production pulls: index I has the members A and R, and is one of the indexes that the repository lists. */
function expiryWhere({ pulls, listed, unread = false }: Options) {
  const given = scenario()
    .at('09:00')
    .built('payments@A', { run: '41', commit: 'c0ffee' })
    .built('payments@R', { run: '41', commit: 'c0ffee', platform: 'linux/arm64' })
    .indexed('payments@I', ['payments@A', 'payments@R'])
    .at('10:00')
    .deployed(pulls, production)
    .cleansUp('payments', rules, listed);
  const isIndex = (digest: string) => ['payments@I', 'payments@J'].some((sketch) => readSketch(sketch).digest === digest);
  const told = (seen: Observation): Observation[] => {
    if (seen.kind === 'index' && unread) return [];
    if (seen.kind !== 'lifecycle-policy') return [seen];
    return [{ ...seen, images: seen.images.map((image) => (isIndex(image.digest) ? { ...image, is: 'index' as const } : image)) }];
  };
  const recordings = given.recordings().map((recording) => ({ ...recording, observations: recording.observations.flatMap(told) }));
  const ledger = openLedger(recordings, given.plan());
  const row = ledger.rows.find(({ environment }) => environment === 'production');
  if (!row) throw new TypeError('nothing runs in production');
  return ledger.expiryOf(row, 30);
}

describe('what an index refers to', () => {
  it('goes when it would go by itself', () => {
    expect(expiryWhere({ pulls: 'payments@A', listed: { 'payments=A': MONTH_AGO } })).toMatchObject({ value: { is: 'expires', days: 0 } });
  });

  it('goes no sooner than the index', () => {
    const expiry = expiryWhere({ pulls: 'payments@A', listed: { 'payments=A': MONTH_AGO, 'payments:1.4=I': YESTERDAY } });

    expect(expiry).toMatchObject({ known: true, value: { is: 'expires', days: 28 } });
  });

  it('is not known to go where an index was not read: that may refer to it', () => {
    const listed = { 'payments=A': MONTH_AGO, 'payments:1.4=I': MONTH_AGO };

    expect(expiryWhere({ pulls: 'payments@A', listed, unread: true })).toEqual({ known: false, because: 'lifecycle-not-decided' });
  });

  it('does not matter to the index, which goes by its own rule', () => {
    const listed = { 'payments=A': YESTERDAY, 'payments:1.4=I': MONTH_AGO, 'payments:1.5=J': YESTERDAY };

    expect(expiryWhere({ pulls: 'payments@I', listed })).toMatchObject({ known: true, value: { is: 'expires', days: 0 } });
  });
});
