import { describe, expect, it } from 'vitest';
import { ImageConfig, ImageIndex, ImageManifest } from '../../src/domain/content.ts';
import type { Digest } from '../../src/domain/digest.ts';
import { BuildRecord, type Observation } from '../../src/domain/observation.ts';
import { type Base, openBases } from '../../src/inventory/base.ts';
import { openClosure } from '../../src/inventory/closure.ts';
import { compareIn } from '../../src/inventory/compare.ts';
import { EMPTY_LAYER } from '../../src/inventory/identity.ts';

const BASE_DIGEST = 'org.opencontainers.image.base.digest';
const BASE_NAME = 'org.opencontainers.image.base.name';
const BUILDPACKS = 'io.buildpacks.lifecycle.metadata';
const PLATFORM = 'linux/amd64';
const seen = { at: '2026-03-02T09:00:00Z', origin: { source: 'registry', locator: 'here' } };

const sha = (name: string) => `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64)}` as Digest;
const diffIds = (layers: string) => layers.split('').map((letter) => (letter === 'E' ? EMPTY_LAYER : sha(`layer ${letter}`)));
const node = { registry: 'docker.io', repository: 'library/node', tag: '24' };
const byHand = (layers: string) => ({
  history: layers.split('').map((step) => ({ createdBy: `step ${step.toUpperCase()}`, empty: false })),
});

type More = Readonly<{ annotations?: Record<string, string>; config?: Partial<ImageConfig> }>;

/** A manifest and its config, of layers that have a letter each. */
function image(name: string, layers: string, { annotations = {}, config = {} }: More = {}): readonly Observation[] {
  const repository = { registry: 'registry.test', repository: name };
  return [
    ImageManifest.parse({
      ...seen,
      kind: 'manifest',
      digest: sha(name),
      image: repository,
      mediaType: 'm',
      config: sha(`config ${name}`),
      layers: [],
      annotations,
    }),
    ImageConfig.parse({
      ...seen,
      kind: 'config',
      digest: sha(`config ${name}`),
      platform: PLATFORM,
      diffIds: diffIds(layers),
      runtime: {},
      ...config,
    }),
  ];
}

function builtOn(name: string, ...bases: readonly string[]): Observation {
  const outputs = [{ image: { registry: 'registry.test', repository: name }, digest: sha(name), role: 'manifest' }];
  const base = bases.map((of) => ({ image: node, digest: sha(of) }));
  return BuildRecord.parse({ ...seen, kind: 'build', outputs, base, trust: 'artifact' });
}

function open(...observations: readonly (Observation | readonly Observation[])[]) {
  const all = observations.flat();
  const closure = openClosure(all);
  const bases = openBases(() => all, closure);
  const artifact = (name: string) => {
    const found = closure.artifactOf(sha(name), PLATFORM);
    if (typeof found === 'string') throw new TypeError(found);
    return found;
  };
  return {
    baseOf: (name: string): Base | undefined => bases.baseOf(artifact(name)),
    compare: (a: string, b: string) => compareIn({ bases }, artifact(a), artifact(b)),
  };
}

describe('the base of an image', () => {
  it('is what its annotation names, where its layers begin with that', () => {
    const annotations = { [BASE_DIGEST]: sha('node'), [BASE_NAME]: 'node:24' };

    const { baseOf } = open(image('node', 'XY'), image('shop', 'XYA', { annotations }));

    expect(baseOf('shop')).toMatchObject({ method: 'annotation', confidence: 'high', layers: 2, name: `library/node:24@${sha('node')}` });
  });

  it('may be named by its index', () => {
    const members = [{ digest: sha('node'), platform: PLATFORM }];
    const index = ImageIndex.parse({ ...seen, kind: 'index', digest: sha('index'), image: node, members });

    const { baseOf } = open(index, image('node', 'XY'), image('shop', 'XYA', { annotations: { [BASE_DIGEST]: sha('index') } }));

    expect(baseOf('shop')).toMatchObject({ method: 'annotation', layers: 2 });
  });

  it('R16 is not what its annotation names, where its layers begin with another', () => {
    const { baseOf } = open(image('node', 'XZ'), image('shop', 'XYA', { annotations: { [BASE_DIGEST]: sha('node') } }));

    expect(baseOf('shop')).toBeUndefined();
  });

  it('is not known where what is named was not read', () => {
    const { baseOf } = open(image('shop', 'XYA', { annotations: { [BASE_DIGEST]: sha('node') } }));

    expect(baseOf('shop')).toBeUndefined();
  });

  it('is, of everything a build took in, what most of its layers are of', () => {
    const { baseOf } = open(
      image('golang', 'G'),
      image('alpine', 'X'),
      image('node', 'XY'),
      image('shop', 'XYA'),
      builtOn('shop', 'golang', 'alpine', 'node'),
    );

    expect(baseOf('shop')).toMatchObject({ method: 'provenance', layers: 2 });
  });

  it('is where buildpacks say that it ends', () => {
    const labels = { [BUILDPACKS]: JSON.stringify({ runImage: { topLayer: sha('layer Y'), image: 'registry.test/run:1' } }) };

    const { baseOf } = open(image('shop', 'XYA', { config: { labels } }));

    expect(baseOf('shop')).toMatchObject({ method: 'buildpacks', layers: 2, name: 'registry.test/run:1' });
  });

  it('is not where the buildpacks of its own base say that theirs ends', () => {
    const labels = { [BUILDPACKS]: JSON.stringify({ runImage: { topLayer: sha('layer X') } }) };

    const { baseOf } = open(
      image('node', 'XY', { config: { labels } }),
      image('shop', 'XYA', { config: { labels } }),
      builtOn('shop', 'node'),
    );

    expect(baseOf('shop')).toMatchObject({ method: 'provenance', layers: 2 });
  });

  it('is not what a label names that its base had already', () => {
    const labels = { [BASE_DIGEST]: sha('debian') };

    const { baseOf } = open(
      image('debian', 'X'),
      image('node', 'XY', { config: { labels } }),
      image('shop', 'XYA', { config: { labels } }),
    );

    expect(baseOf('node')).toMatchObject({ method: 'annotation', layers: 1 });
    expect(baseOf('shop')).toMatchObject({ method: 'known', confidence: 'medium', layers: 1 });
  });

  it('is what others are known to stand on, where its layers begin with that', () => {
    const { baseOf } = open(image('node', 'XY'), image('shop', 'XYA'), image('cart', 'XYB'), builtOn('cart', 'node'));

    expect(baseOf('shop')).toMatchObject({ method: 'known', confidence: 'medium', layers: 2 });
  });

  it('is never what it only shares with a sibling', () => {
    const { baseOf } = open(image('cart', 'XY'), image('shop', 'XYA'));

    expect(baseOf('shop')).toBeUndefined();
  });

  it('is another build of one that is known, where its steps begin with those', () => {
    const { baseOf } = open(
      image('node', 'XY', { config: byHand('XY') }),
      image('cart', 'XYB', { config: byHand('XYB') }),
      builtOn('cart', 'node'),
      image('shop', 'XZA', { config: { history: [...byHand('XY').history, { createdBy: 'step A', empty: false }] } }),
    );

    expect(baseOf('shop')).toMatchObject({ method: 'history', confidence: 'low', layers: 2, name: 'another build of library/node:24' });
  });

  it('R14 is not told by a history that does not pair with its layers', () => {
    const { baseOf } = open(
      image('node', 'XY', { config: byHand('X') }),
      image('shop', 'XZA', { config: byHand('XYA') }),
      builtOn('cart', 'node'),
    );

    expect(baseOf('shop')).toBeUndefined();
  });

  it('R15 is never an image of empty layers', () => {
    const { baseOf } = open(image('scratch', 'E'), image('shop', 'EA'), builtOn('shop', 'scratch'));

    expect(baseOf('shop')).toBeUndefined();
  });
});

describe('two images', () => {
  const old = [image('node-1', 'XY'), image('tested', 'XYDA'), builtOn('tested', 'node-1')];

  it('differ in their base, though it kept its first layer', () => {
    const { compare } = open(...old, image('node-2', 'XZ'), image('shipped', 'XZCB'), builtOn('shipped', 'node-2'));

    expect(compare('shipped', 'tested')).toMatchObject({
      rung: 'different',
      cause: 'base-image',
      says: expect.stringContaining('another base image, from its layer 2 on'),
      bases: { shipped: { name: `library/node:24@${sha('node-2')}` }, rehearsed: { name: `library/node:24@${sha('node-1')}` } },
    });
  });

  it('differ in nothing but their base, where all above is the same', () => {
    const { compare } = open(...old, image('node-2', 'XZ'), image('shipped', 'XZDA'), builtOn('shipped', 'node-2'));

    expect(compare('shipped', 'tested')).toMatchObject({ rung: 'base-differs', cause: 'base-image' });
  });

  it('differ above their base, where that is one', () => {
    const { compare } = open(...old, image('shipped', 'XYCA'), builtOn('shipped', 'node-1'));

    expect(compare('shipped', 'tested')).toMatchObject({ rung: 'same-base', cause: 'dependency-layer' });
  });

  it('differ above the base of either, where one of them was found to stand on more', () => {
    const { compare } = open(...old, image('alpine', 'X'), image('shipped', 'XYCA'), builtOn('shipped', 'alpine'));

    expect(compare('shipped', 'tested')).toMatchObject({ rung: 'same-base', cause: 'dependency-layer' });
  });

  it('differ in dependencies as far as is known, where one base is not', () => {
    const { compare } = open(...old, image('shipped', 'XZCB'));

    expect(compare('shipped', 'tested')).toMatchObject({ rung: 'same-base', cause: 'dependency-layer' });
  });

  it('are one on top of the other, whatever that is called', () => {
    const { compare } = open(...old, image('shipped', 'XYDAP'), builtOn('shipped', 'tested'));

    expect(compare('shipped', 'tested')).toMatchObject({ rung: 'same-base', cause: 'layers-added' });
  });
});
