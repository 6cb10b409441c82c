import { Digest } from 'selfsame';
import { type Scenario, scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { readSketch } from '../../src/testing/observe.ts';
import { everyDecisionIsKept, judgeAll, outcomeOf, rewritten, withoutRecordOf } from './outcome.ts';

const API = 'production/payments-api';

const testedInStaging = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .at('09:10')
  .tested('payments@A', { gate: 'e2e' })
  .at('09:12')
  .deployed('payments@A', 'staging/payments-api');

const ranInStaging = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .deployed('payments@A', 'staging/payments-api');

const indexOfTwo = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .built('payments@R', { run: '41', commit: 'c0ffee', platform: 'linux/arm64' })
  .indexed('payments@I', ['payments@A', 'payments@R']);

const repacked = (diffId: string) => `sha256:${diffId.slice(7).split('').toReversed().join('')}`;

/** Production runs what a registry made of A: every layer packed anew, the rest of the config as it was. */
function lazilyPulled(ran: Scenario): Scenario {
  const converted = ran.at('13:00').built('payments@B', { run: 'none', commit: 'c0ffee', like: 'payments@A', but: 'metadata' });
  return withoutRecordOf(
    'none',
    rewritten(converted.at('14:00').deployed('payments@B', API), (seen) =>
      seen.kind === 'config' && seen.created === '2026-03-02T13:00:00Z'
        ? [{ ...seen, created: '2026-03-02T09:00:00Z', diffIds: seen.diffIds.map((diffId) => Digest.parse(repacked(diffId))) }]
        : [seen],
    ),
  );
}

describe('decisions A, identity and platform', () => {
  it('A1: two clusters run one digest, and nothing else could be read', () => {
    const given = scenario()
      .withoutSource('build')
      .withoutSource('test')
      .withoutSource('content')
      .withoutSource('tag')
      .at('09:00')
      .deployed('payments@A', 'staging/payments-api')
      .at('10:00')
      .deployed('payments@A', API);

    expect(outcomeOf(given)).toEqual({ rows: [`${API} selfsame (rehearsed)`], counted: [], shown: [], exit: 0 });
    expect(judgeAll(given).rows[0]?.standing).toMatchObject({ tier: 'observed', order: 'not-established' });
  });

  it('A3: staging runs the amd64 member of an index, production only the arm64 one', () => {
    const given = scenario()
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .built('payments@R', { run: '41', commit: 'c0ffee', platform: 'linux/arm64' })
      .indexed('payments@I', ['payments@A', 'payments@R'])
      .deployed('payments@I', 'staging/payments-api')
      .at('10:00')
      .deployed('payments@I', API, 'linux/arm64');

    expect(outcomeOf(given)).toEqual({
      rows: [`${API} untested (other-platform)`],
      counted: [],
      shown: ['low platform-not-tested'],
      exit: 0,
    });
  });

  it('A5: an index has two amd64 members of unequal config, and each runtime may choose another', () => {
    const given = scenario()
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .built('payments@Z', { run: '42', commit: 'c0ffee', base: 'Y' })
      .indexed('payments@I', ['payments@A', 'payments@Z'])
      .deployed('payments@I', 'staging/payments-api')
      .at('10:00')
      .deployed('payments@I', API);

    expect(outcomeOf(given)).toEqual({ rows: [`${API} unresolved (ambiguous-member)`], counted: [], shown: [], exit: 3 });
  });

  it('A5: the registry may not be read, so that nobody knows whether the digest is such an index', () => {
    const given = scenario()
      .blindTo('content', 'forbidden')
      .at('09:00')
      .deployed('payments@I', 'staging/payments-api')
      .at('10:00')
      .deployed('payments@I', API);

    expect(outcomeOf(given)).toEqual({ rows: [`${API} unresolved (content-unknown)`], counted: [], shown: [], exit: 3 });
  });

  it('A7: docker pull, tag and push gave the production registry another manifest of one config', () => {
    const copied = testedInStaging
      .at('13:00')
      .built('copy.test/payments@B', { run: 'none', commit: 'c0ffee', like: 'payments@A', but: 'bytes' })
      .at('14:00')
      .deployed('copy.test/payments@B', API);
    const given = withoutRecordOf('none', copied);

    expect(outcomeOf(given)).toEqual({
      rows: [`${API} selfsame (rehearsed)`],
      counted: [],
      shown: ['low promotion-changed-digest'],
      exit: 0,
    });
  });

  it('A9: the runtime reports an imported name, and the pod is pinned by digest', () => {
    const given = rewritten(testedInStaging.at('14:00').deployed('payments@A', API), (seen) =>
      seen.kind === 'running-image' && seen.environment === 'production'
        ? [{ ...seen, reported: 'docker.io/library/import-2026-03-02:stage', digest: undefined }]
        : [seen],
    );

    expect(outcomeOf(given)).toEqual({ rows: [`${API} selfsame (rehearsed)`], counted: [], shown: [], exit: 0 });
  });

  it('A9: the runtime reports an image that resolves to another than the one the pod is pinned to', () => {
    const other = testedInStaging.at('14:00').built('payments@D', { run: '60', commit: 'decaf0' }).deployed('payments@D', API);
    const given = rewritten(other, (seen) =>
      seen.kind === 'running-image' && seen.environment === 'production'
        ? [{ ...seen, declared: { spec: readSketch('payments@A').declared } }]
        : [seen],
    );

    expect(outcomeOf(given)).toEqual({ rows: [`${API} unresolved (declared-contradicts-reported)`], counted: [], shown: [], exit: 3 });
  });

  it('A11: the production registry converted the image for lazy pulling, and no build is known', () => {
    const given = lazilyPulled(withoutRecordOf('41', ranInStaging.withoutSource('build')));

    expect(outcomeOf(given)).toEqual({ rows: [`${API} rebuilt (derived)`], counted: ['high rebuilt-after-test'], shown: [], exit: 1 });
    expect(judgeAll(given).findings[0]?.confidence).toBe('medium');
  });

  it('A11: the same, and every build was listed', () => {
    const given = lazilyPulled(ranInStaging);

    expect(outcomeOf(given)).toEqual({ rows: [`${API} foreign (no-build-made-it)`], counted: ['high unknown-origin'], shown: [], exit: 1 });
  });

  it('A13: one root filesystem, and the environment was baked into its configuration', () => {
    const given = testedInStaging
      .at('14:00')
      .built('payments@B', { run: '57', commit: 'c0ffee', like: 'payments@A', but: 'runtime-config' })
      .deployed('payments@B', API);

    expect(outcomeOf(given)).toMatchObject({ rows: [`${API} rebuilt (same-source)`], counted: ['high rebuilt-after-test'], exit: 1 });
    expect(judgeAll(given).rows[0]?.standing.rung).toBe('same-rootfs-runtime-config');
  });

  it('A15: e2e passed on the index without naming a platform, and production runs its arm64 member', () => {
    const given = indexOfTwo.at('09:10').tested('payments@I', { gate: 'e2e' }).at('14:00').deployed('payments@I', API, 'linux/arm64');

    expect(outcomeOf(given)).toEqual({
      rows: [`${API} selfsame (rehearsed)`],
      counted: [],
      shown: ['low platform-not-tested'],
      exit: 0,
    });
  });

  it('A15: e2e names the platform that production runs', () => {
    const given = indexOfTwo
      .at('09:10')
      .tested('payments@I', { gate: 'e2e', platform: 'linux/arm64' })
      .at('14:00')
      .deployed('payments@I', API, 'linux/arm64');

    expect(outcomeOf(given)).toEqual({ rows: [`${API} selfsame (rehearsed)`], counted: [], shown: [], exit: 0 });
  });

  everyDecisionIsKept('A');
});
