import type { Observation } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { heldOf } from '../../src/inventory/held.ts';
import { openLedger } from '../../src/inventory/ledger.ts';
import { openWorld } from '../../src/inventory/open-world.ts';
import { wantedFrom } from '../../src/inventory/wanted.ts';
import { readSketch } from '../../src/testing/observe.ts';

const mirrored = scenario({ mirrors: { 'mirror.test': 'registry.test' } })
  .at('09:00')
  .pushed('payments@A')
  .deployed('mirror.test/payments@A', 'production/payments-api')
  .held('registry.test/payments@A');

/** As if only one registry were configured. */
function heldWithOnly(registry: string) {
  const [recording] = mirrored.recordings();
  const isOfContent = (seen: Observation) => (seen.kind === 'expected' || seen.kind === 'coverage') && seen.of === 'content';
  const observations = recording?.observations.map((seen) =>
    isOfContent(seen) && 'scope' in seen ? { ...seen, scope: { ...seen.scope, registry } } : seen,
  ) as Observation[];
  const recordings = [{ takenAt: { from: '', to: '' }, digest: '', observations }];
  const [row] = openLedger(recordings, mirrored.plan()).rows;
  return row && heldOf(openWorld(recordings, mirrored.plan()), row);
}

describe('what is pulled through a mirror', () => {
  it('is held where nobody was to ask the mirror, and its origin holds it', () => {
    expect(heldWithOnly('registry.test')).toMatchObject({ known: true, value: { is: 'held', repository: 'mirror.test/payments' } });
  });

  it('is not known to be held where the mirror was to be asked, and did not say', () => {
    expect(heldWithOnly('mirror.test')).toEqual({ known: false, because: 'presence-not-read' });
  });
});

describe('whether it is held is wanted', () => {
  const wantedIn = (given: typeof mirrored) =>
    wantedFrom(
      given.recordings().flatMap(({ observations }) => observations),
      given.plan(),
    ).digests.filter(({ pulledFrom }) => pulledFrom);
  const started = scenario().at('09:00').built('payments@A', { run: '41', commit: 'c0ffee' });

  it('of what runs downstream, and of nothing upstream', () => {
    expect(wantedIn(started.deployed('payments@A', 'staging/payments-api'))).toEqual([]);
    expect(wantedIn(started.deployed('payments@A', 'production/payments-api'))).toMatchObject([
      { digest: readSketch('payments@A').digest },
    ]);
  });

  it('where it is declared to be pulled from, and not under the name that its runtime reports', () => {
    const byTag = started.deployed('payments:1.4=A', 'production/payments-api').recordings()[0]?.observations ?? [];
    const reported = `attic.test/payments@${readSketch('payments@A').digest}`;
    const crossed = byTag.map((seen) => (seen.kind === 'running-image' ? { ...seen, reported } : seen));

    const [wanted] = wantedFrom(crossed, started.plan()).digests.filter(({ pulledFrom }) => pulledFrom);

    expect(wanted).toMatchObject({
      seenIn: [{ registry: 'attic.test' }, { registry: 'registry.test' }],
      pulledFrom: [{ registry: 'registry.test', repository: 'payments' }],
    });
  });

  it('of an index, and of its image for the platform that it runs on', () => {
    const indexed = started
      .built('payments@R', { run: '41', commit: 'c0ffee', platform: 'linux/arm64' })
      .indexed('payments@I', ['payments@A', 'payments@R']);
    const running = indexed.deployed('payments@I', 'production/payments-api');
    const rolled = running
      .had('payments@I', 'production/payments-api', { revision: 1 })
      .deployed('payments@B', 'production/payments-api', { revision: 2 });

    const digestsOf = (...names: readonly string[]) => names.map((name) => readSketch(name).digest ?? '').toSorted();
    expect(wantedIn(running).map(({ digest }) => digest)).toEqual(digestsOf('payments@I', 'payments@A'));
    expect(wantedIn(rolled).map(({ digest }) => digest)).toEqual(digestsOf('payments@I', 'payments@A', 'payments@B'));
  });

  it('of what a roll-back would bring, and of no older revision', () => {
    const rolled = started
      .had('payments@C', 'production/payments-api', { revision: 1 })
      .had('payments@B', 'production/payments-api', { revision: 2 })
      .deployed('payments@A', 'production/payments-api', { revision: 3 });

    const digests = ['payments@A', 'payments@B'].map((name) => readSketch(name).digest ?? '');
    expect(wantedIn(rolled).map(({ digest }) => digest)).toEqual(digests.toSorted());
  });
});
