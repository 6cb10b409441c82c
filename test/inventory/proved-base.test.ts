import { type Digest, Observation } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../src/inventory/ledger.ts';
import { readSketch } from '../../src/testing/observe.ts';

const running = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .heldBase('X')
  .namedBase('X')
  .deployed('payments@A', 'production/payments-api');

function indexOf(digest: Digest, { at, origin, image, digest: member }: Extract<Observation, { kind: 'manifest' }>): Observation {
  return Observation.parse({ kind: 'index', at, origin, image, digest, members: [{ digest: member, platform: 'linux/amd64' }] });
}

/** The only row, with every observation changed that a test wants changed, and more of them. */
function ledgerWith(changed: (seen: Observation) => Observation, more: (all: readonly Observation[]) => readonly Observation[] = () => []) {
  const recordings = running.recordings().map((recording) => {
    const { observations } = recording;
    return { ...recording, observations: [...observations.map(changed), ...more(observations)] };
  });
  const ledger = openLedger(recordings, running.plan());
  const [row] = ledger.rows;
  if (!row) throw new TypeError('nothing runs');
  return { ledger, row };
}

const namedAs = (image: { registry: string; repository: string; tag?: string }) =>
  ledgerWith((seen) => (seen.kind === 'build' ? { ...seen, base: seen.base.map((base) => ({ ...base, image })) } : seen));

describe('a base', () => {
  it('is not allowed for a name that its builder wrote: that repository was not seen to hold it', () => {
    const { ledger, row } = namedAs({ registry: 'bases.test', repository: 'hardened' });

    expect(ledger.allowedBaseOf(row, ['bases.test/*'])).toEqual({ known: false, because: 'base-not-read' });
    expect(ledger.allowedBaseOf(row, ['docker.io/*'])).toMatchObject({ known: true, value: { isAllowed: false } });
  });

  it('that is named by no tag is never said to be outdated, nor to be current', () => {
    const { ledger, row } = namedAs({ registry: 'docker.io', repository: 'library/node' });

    expect(ledger.baseNowOf(row, 30)).toEqual({ known: false, because: 'base-without-tag' });
  });

  it('is current where its tag names an index around it', () => {
    const { digest: index } = readSketch('node@I');
    const { ledger, row } = ledgerWith(
      (seen) => (seen.kind === 'tag' ? { ...seen, digest: index as Digest } : seen),
      (all) =>
        all.flatMap((seen) =>
          seen.kind === 'manifest' && seen.image.repository === 'library/node' ? [indexOf(index as Digest, seen)] : [],
        ),
    );

    expect(ledger.baseNowOf(row, 30)).toMatchObject({ known: true, value: { isOutdated: false } });
  });
});
