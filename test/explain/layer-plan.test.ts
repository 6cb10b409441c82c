import { describe, expect, it } from 'vitest';
import { ImageConfig, ImageManifest } from '../../src/domain/content.ts';
import type { Digest } from '../../src/domain/digest.ts';
import type { Observation } from '../../src/domain/observation.ts';
import { planLayers } from '../../src/explain/layer-plan.ts';

const seen = { at: '2026-03-02T09:00:00Z', origin: { source: 'shop', locator: 'here' } };
const platform = 'linux/amd64';
const sha = (name: string) => `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64)}` as Digest;

/** An image of layers that have a letter each, and what made them. */
function image(name: string, layers: string, steps: string = layers): readonly Observation[] {
  const diffIds = layers.split('').map(sha);
  const history = steps.split('').map((step) => ({ createdBy: `RUN TOKEN=secret make ${step.toUpperCase()}`, empty: false }));
  const config = { ...seen, kind: 'config', digest: sha(`config ${name}`), platform, diffIds, history, runtime: {} };
  const held = diffIds.map((diffId) => ({ digest: diffId, size: 7, mediaType: 'tar' }));
  const reference = { registry: 'registry.test', repository: 'tea/shop' };
  const manifest = { ...seen, kind: 'manifest', digest: sha(name), image: reference, mediaType: 'm', config: config.digest, layers: held };
  return [ImageConfig.parse(config), ImageManifest.parse(manifest)];
}

/** The pairs to compare, by the letters of their layers. */
function planned(a: readonly [string, string?], b: readonly [string, string?]): string[] | undefined {
  const observations = [...image('a', ...a), ...image('b', ...b)];
  const plan = planLayers({ a: sha('a'), b: sha('b'), platform }, observations);
  const letterOf = (side: { diffId: Digest } | undefined) =>
    side ? String.fromCharCode(Number.parseInt(side.diffId.slice(7, 9), 16)) : '-';
  return plan?.pairs.map((pair) => letterOf(pair.a) + letterOf(pair.b));
}

describe('the layers to compare', () => {
  it.each([
    ['BXA', 'BYA', ['XY']],
    ['BXA', 'BYC', ['XY', 'AC']],
    ['XA', 'YA', ['XY']],
    ['BA', 'BXA', ['-X']],
    ['BXYA', 'BA', ['X-', 'Y-']],
  ])('of %s and %s are those that are not shared, in their places', (a, b, pairs) => {
    expect(planned([a], [b])).toEqual(pairs);
  });

  it('are paired by what made them, where one image has more', () => {
    expect(planned(['BXA', 'BMN'], ['BYZC', 'BMON'])).toEqual(['XY', '-Z', 'AC']);
  });

  it('are none where all are shared, or an image was not read', () => {
    expect(planned(['BA'], ['BA'])).toBeUndefined();
    expect(planLayers({ a: sha('a'), b: sha('lost'), platform }, image('a', 'BA'))).toBeUndefined();
  });

  it('are told with their place, where their bytes are, and what made them, without values', () => {
    const plan = planLayers({ a: sha('a'), b: sha('b'), platform }, [...image('a', 'BX'), ...image('b', 'BY')]);

    expect(plan?.pairs[0]?.a).toEqual({
      diffId: sha('X'),
      at: 2,
      of: 2,
      step: 'RUN TOKEN=… make X',
      part: 'unknown',
      blob: { digest: sha('X'), size: 7, mediaType: 'tar' },
      image: { registry: 'registry.test', repository: 'tea/shop' },
      source: 'shop',
    });
  });
});
