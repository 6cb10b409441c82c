import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { BuildRecord } from '../../src/domain/observation.ts';
import { openWorld } from '../../src/inventory/open-world.ts';

const built = scenario().at('09:00').built('payments@A', { run: '41', commit: 'c0ffee' }).deployed('payments@A', 'staging/payments-api');

/** The source of what was built, where its registry holds this beside the record. */
function sourceWith(claimed: Partial<BuildRecord>) {
  const [recording] = built.recordings();
  const record = recording?.observations.find((seen) => seen.kind === 'build');
  if (!recording || record?.kind !== 'build') throw new TypeError('nothing was built');
  const { run: _, source: _source, ...beside } = record;
  const claim = BuildRecord.parse({ ...beside, at: '2026-03-02T08:59:00Z', trust: 'artifact', ...claimed });
  const world = openWorld([{ ...recording, observations: [...recording.observations, claim] }], built.plan());
  const artifact = world.sightings[0]?.artifact;
  return artifact && world.sourceOf(artifact);
}

describe('the source of an artifact', () => {
  it('is what its record says, where what lies beside it names none', () => {
    expect(sourceWith({})).toMatchObject({ keys: ['acme/payments c0ffee'], build: { trust: 'recorded' } });
  });

  it('is not known where what lies beside it names another', () => {
    expect(sourceWith({ source: { repository: 'acme/payments', commit: 'decaf0' } })).toBeUndefined();
  });
});
