import type { Observation } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { expect, it } from 'vitest';
import { openLedger } from '../../src/inventory/ledger.ts';
import { readSketch } from '../../src/testing/observe.ts';

const repacked = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .deployed('payments@A', 'staging/payments-api')
  .at('14:00')
  .built('payments@C', { run: '57', commit: 'c0ffee', like: 'payments@A', but: 'bytes' })
  .deployed('payments@C', 'production/payments-api');

type Manifest = Extract<Observation, { kind: 'manifest' }>;

/** What is said of the copy where its manifest is another in this. */
function howWith(changed: Partial<Manifest>): unknown {
  const copy = readSketch('payments@C').digest;
  const recordings = repacked.recordings().map((recording) => ({
    ...recording,
    observations: recording.observations.map((seen) => (seen.kind === 'manifest' && seen.digest === copy ? { ...seen, ...changed } : seen)),
  }));
  const ledger = openLedger(recordings, repacked.plan());
  const [promotion] = ledger.rows.map((row) => ledger.promotionOf(row));
  return promotion?.known && typeof promotion.value === 'object' ? promotion.value.how : promotion;
}

const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json';
const layer = { digest: readSketch('payments@L').digest ?? readSketch('payments@C').digest, size: 17, mediaType: 'application/x-gzip' };

it.each<[string, Partial<Manifest>, string]>([
  ['another type', { mediaType: DOCKER }, `its manifest was rewritten as ${DOCKER}`],
  ['other layer blobs of the same content', { layers: [layer as Manifest['layers'][number]] }, 'its layers were compressed anew'],
  ['nothing but its manifest', { annotations: { team: 'payments' } }, 'its manifest was written anew'],
])('a promotion that changed %s says so', (_, changed, says) => {
  expect(howWith(changed)).toBe(says);
});
