import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../src/domain/digest.ts';
import { wantedFrom } from '../../src/inventory/wanted.ts';

type Played = ReturnType<typeof scenario>;

const basesWantedIn = (given: Played): readonly { seenIn: readonly object[]; baseFor?: readonly string[]; digest: Digest }[] =>
  wantedFrom(
    given.recordings().flatMap(({ observations }) => observations),
    given.plan(),
  ).digests.filter(({ baseFor }) => baseFor);

const tested = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .deployed('payments@A', 'staging/payments-api')
  .at('14:00');

describe('the bases that are wanted', () => {
  it('are those of what runs and was not seen before, and of what ran before it', () => {
    const bases = basesWantedIn(
      tested.built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' }).deployed('payments@B', 'production/payments-api'),
    );

    expect(bases).toHaveLength(2);
    expect(bases.map(({ digest: _, ...base }) => base)).toEqual([
      { seenIn: [{ registry: 'docker.io', repository: 'library/node' }], baseFor: ['linux/amd64'] },
      { seenIn: [{ registry: 'docker.io', repository: 'library/node' }], baseFor: ['linux/amd64'] },
    ]);
  });

  it('are none where one artifact runs everywhere', () => {
    const bases = basesWantedIn(tested.deployed('payments@A', 'production/payments-api'));

    expect(bases).toEqual([]);
  });

  const judging = { rules: { 'base-outdated': { options: { days: '30' } } } };
  const everywhere = (given: Played) =>
    given
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .deployed('payments@A', 'staging/payments-api')
      .deployed('payments@A', 'production/payments-api');

  it('are all of what runs downstream once bases are judged, and what their tags name now', () => {
    const given = everywhere(scenario(judging)).namedBase('Y');
    const { tags } = wantedFrom(
      given.recordings().flatMap(({ observations }) => observations),
      given.plan(),
    );

    expect(basesWantedIn(given)).toHaveLength(2);
    expect(tags).toEqual([{ registry: 'docker.io', repository: 'library/node', tag: '24' }]);
  });

  it('are none of a vendor’s image', () => {
    const bases = basesWantedIn(
      tested.built('library/nginx@N', { run: '9', commit: 'decaf0' }).deployed('library/nginx@N', 'production/proxy'),
    );

    expect(bases).toEqual([]);
  });
});
