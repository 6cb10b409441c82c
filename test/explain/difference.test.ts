import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveClosure } from '../../src/clients/oci/closure.ts';
import { digestOf } from '../../src/clients/oci/verify.ts';
import { stamped } from '../../src/collect/stamp.ts';
import type { Digest } from '../../src/domain/digest.ts';
import type { Observation } from '../../src/domain/observation.ts';
import type { Rung } from '../../src/domain/standing.ts';
import { type Comparison, compareDigests } from '../../src/explain/difference.ts';
import { DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../fakes/registry.ts';

type Named = Readonly<{ digest: Digest; mediaType: string }>;
/** One image after many transformations, as tools wrote them. */
type Samples = Readonly<{ images: Record<string, Named>; blobs: string[] }>;
type Layer = Readonly<{ mediaType: string; digest: Digest; size: number }>;
type Config = Readonly<{
  created: string;
  config: Record<string, unknown>;
  rootfs: { type: string; diff_ids: readonly Digest[] };
  history: readonly { created: string }[];
}>;
type Manifest = Readonly<{ mediaType: string; layers: readonly Layer[]; annotations?: object }>;
/** An image before it is pushed, so that any part of it can be another. */
type Image = Readonly<{ config: Config; manifest: Manifest; isInIndex: boolean }>;

const { images, blobs } = JSON.parse(readFileSync(new URL('../clients/oci-samples.json', import.meta.url), 'utf8')) as Samples;
const held = new Map(blobs.map((text) => [digestOf(Buffer.from(text)), Buffer.from(text)]));
const named = (name: string): Named => images[name]!;

async function read(roots: readonly Named[]): Promise<readonly Observation[]> {
  const image = { registry: 'tea.test', repository: 'payments' };
  const wanted = roots.map(({ digest, mediaType }) => ({ digest, mediaType, repositories: ['payments'], is: 'manifest' as const }));
  const { contents } = await resolveClosure(wanted, (target) => {
    const found = { body: held.get(target.digest)!, mediaType: target.mediaType ?? '', locator: target.digest, image };
    return Promise.resolve({ held: found, is: target.is === 'config' ? 'config' : 'manifest', repository: 'payments' });
  });
  return contents.map((content) => stamped('registry', content, { now: () => new Date('2026-03-09T10:00:00Z'), strike: (text) => text }));
}

async function compare(a: Named, b: Named, bases: readonly string[] = []): Promise<readonly Comparison[]> {
  return compareDigests(a.digest, b.digest, await read([a, b, ...bases.map(named)]), undefined);
}

const ANNOTATED = ['app:prod-annotated', 'base:1', 'base:1-updated', 'base-index:1-updated'];

describe('an image that was changed by tools, against the image that it was', () => {
  it.each<readonly [string, Comparison['verdict'], Rung, Comparison['cause']]>([
    ['app:prod', 'one artifact', 'same-digest', undefined],
    ['app:idx', 'one artifact', 'same-manifest', undefined],
    ['app:idx-att1', 'one artifact', 'same-manifest', undefined],
    ['app:idx-att2-subject', 'one artifact', 'same-manifest', undefined],
    ['app:idx-harbor-trimmed', 'one artifact', 'same-manifest', undefined],
    ['app:idx-docker-list', 'one artifact', 'same-manifest', undefined],
    ['app:prod-docker-mt', 'one artifact', 'same-config', undefined],
    ['app:prod-zstd', 'one artifact', 'same-config', undefined],
    ['app:prod-gzip9', 'one artifact', 'same-config', undefined],
    ['app:prod-uncompressed', 'one artifact', 'same-config', undefined],
    ['app:prod-annotated', 'one artifact', 'same-config', undefined],
    ['app:prod-annotated-index-digest', 'one artifact', 'same-config', undefined],
    ['app:rebuild-config-ts', 'equivalent', 'same-rootfs-metadata', 'metadata-only'],
    // What Kubernetes does not run by is not kept of a config: a health check is told as build metadata.
    ['app:healthcheck', 'equivalent', 'same-rootfs-metadata', 'metadata-only'],
    ['app:label-change', 'equivalent', 'same-rootfs-labels', 'metadata-only'],
    ['app:env-change', 'different', 'same-rootfs-runtime-config', 'runtime-config'],
    ['app:app-update', 'different', 'same-base', 'app-layer'],
    ['app:deps-update', 'different', 'same-base', 'dependency-layer'],
    ['app:rebuild-layer-ts', 'different', 'same-base', 'dependency-layer'],
    ['app:base-update-linked', 'different', 'same-base', 'dependency-layer'],
    ['app:base-update', 'different', 'same-base', 'dependency-layer'],
    ['app:other-base', 'different', 'base-differs', 'base-image'],
    ['other:1', 'different', 'different', 'base-image'],
    ['base:1', 'different', 'same-base', 'app-layer'],
    ['base-index:1', 'different', 'same-base', 'app-layer'],
    ['base:1-updated', 'different', 'same-base', 'dependency-layer'],
    ['base-index:1-updated', 'different', 'same-base', 'dependency-layer'],
  ])('%s is %s by %s, whatever is asked first', async (name, verdict, rung, cause) => {
    const [there, back] = [await compare(named(name), named('app:prod')), await compare(named('app:prod'), named(name))];

    expect(there.map((one) => [one.platform, one.verdict, one.rung, one.cause])).toEqual([['linux/amd64', verdict, rung, cause]]);
    expect(back.map((one) => [one.platform, one.verdict, one.rung])).toEqual([['linux/amd64', verdict, rung]]);
  });

  it('has no rung where it is for another platform, though its layers are equal', async () => {
    const compared = await compare(named('app:prod-arm64'), named('app:prod'));

    expect(compared).toMatchObject([{ verdict: 'different', says: expect.stringContaining('no platform in common') }]);
    expect(compared[0]?.rung).toBeUndefined();
  });

  it('is told for every sample that there is', () => {
    expect(Object.keys(images)).toHaveLength(28);
  });

  it.each([
    ['app:base-update-linked', 'base-differs'],
    ['app:base-update', 'different'],
  ])('%s stands on another base where both bases were read', async (name, rung) => {
    const updated: Image = open('app:prod-annotated');
    const annotations = { 'org.opencontainers.image.base.digest': named('base:1-updated').digest };
    const claimed = push({ ...updated, manifest: { ...open(name).manifest, annotations }, config: open(name).config });

    expect(await compare(claimed, named('app:prod-annotated'), ANNOTATED)).toMatchObject([
      { verdict: 'different', rung, cause: 'base-image' },
    ]);
  });
});

function open(name: string): Image {
  const manifest = JSON.parse(String(held.get(named(name).digest))) as Manifest & { config: { digest: Digest } };
  return { manifest, config: JSON.parse(String(held.get(manifest.config.digest))) as Config, isInIndex: false };
}

function push({ config, manifest, isInIndex }: Image): Named {
  const asConfig = keep(config);
  const { mediaType: type } = (manifest as Manifest & { config: { mediaType: string } }).config;
  const pushed = { mediaType: manifest.mediaType, ...keep({ ...manifest, config: { mediaType: type, ...asConfig } }) };
  if (!isInIndex) return pushed;
  const members = [{ ...pushed, platform: { os: 'linux', architecture: 'amd64' } }];
  return { mediaType: OCI_INDEX, ...keep({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: members }) };
}

function keep(json: object): Readonly<{ digest: Digest; size: number }> {
  const body = Buffer.from(JSON.stringify(json));
  const digest = digestOf(body);
  held.set(digest, body);
  return { digest, size: body.length };
}

const LADDER: readonly Rung[] = [
  'same-digest',
  'same-manifest',
  'same-config',
  'same-rootfs-metadata',
  'same-rootfs-labels',
  'same-rootfs-runtime-config',
];
const other = (letter: string) => `sha256:${letter.repeat(64)}` as Digest;
const withConfig = (image: Image, changed: object): Image => ({
  ...image,
  config: { ...image.config, config: { ...image.config.config, ...changed } },
});
const withManifest = (image: Image, changed: Partial<Manifest>): Image => ({ ...image, manifest: { ...image.manifest, ...changed } });
/** A config and a manifest that disagree on how many layers there are would not be believed. */
const withLayers = (image: Image, change: (diffIds: readonly Digest[]) => readonly Digest[]): Image => {
  const diffIds = change(image.config.rootfs.diff_ids);
  const [first] = image.manifest.layers;
  const config = { ...image.config, rootfs: { ...image.config.rootfs, diff_ids: diffIds } };
  return { ...withManifest(image, { layers: diffIds.map((digest) => ({ ...first!, digest })) }), config };
};

type Step = Readonly<{ name: string; leaves: Rung; change: (image: Image) => Image }>;
const STEPS: readonly Step[] = [
  { name: 'wrapped into an index', leaves: 'same-manifest', change: (image) => ({ ...image, isInIndex: true }) },
  {
    name: 'packed anew',
    leaves: 'same-config',
    change: (image) =>
      withManifest(image, { layers: image.manifest.layers.map((layer, at) => ({ ...layer, digest: other(`${at}`), size: 1 })) }),
  },
  { name: 'annotated', leaves: 'same-config', change: (image) => withManifest(image, { annotations: { owner: 'payments' } }) },
  { name: 'written as Docker does', leaves: 'same-config', change: (image) => withManifest(image, { mediaType: DOCKER_MANIFEST }) },
  {
    name: 'built later',
    leaves: 'same-rootfs-metadata',
    change: (image) => ({ ...image, config: { ...image.config, created: '2026-03-02T10:00:00Z' } }),
  },
  {
    name: 'built by steps of other times',
    leaves: 'same-rootfs-metadata',
    change: (image) => {
      const history = image.config.history.map((step) => ({ ...step, created: '2026-03-02T10:00:00Z' }));
      return { ...image, config: { ...image.config, history } };
    },
  },
  { name: 'labelled', leaves: 'same-rootfs-labels', change: (image) => withConfig(image, { Labels: { revision: 'c0ffee' } }) },
  { name: 'run by another user', leaves: 'same-rootfs-runtime-config', change: (image) => withConfig(image, { User: '65532' }) },
  { name: 'started otherwise', leaves: 'same-rootfs-runtime-config', change: (image) => withConfig(image, { Entrypoint: ['/checkout'] }) },
];

describe('an image after any transformations', () => {
  it('stands on the lowest rung that one of them leaves it', async () => {
    const changed = fc.shuffledSubarray([...STEPS]);

    await fc.assert(
      fc.asyncProperty(changed, async (steps) => {
        const image = push(steps.reduce((now, { change }) => change(now), open('app:prod')));
        const lowest = Math.max(0, ...steps.map(({ leaves }) => LADDER.indexOf(leaves)));

        const [only] = await compare(image, named('app:prod'));

        expect([steps.map(({ name }) => name), only?.rung]).toEqual([steps.map(({ name }) => name), LADDER[lowest]]);
      }),
    );
  });

  it.each<readonly [string, (diffIds: readonly Digest[]) => readonly Digest[], Rung, Comparison['cause']]>([
    ['with two upper layers in another order', ([a, b, c, d]) => [a!, b!, d!, c!], 'same-base', 'dependency-layer'],
    ['with all layers in another order', (all) => all.toReversed(), 'different', 'base-image'],
    ['with another last layer', (all) => [...all.slice(0, -1), other('a')], 'same-base', 'app-layer'],
    ['with a layer more', (all) => [...all, other('a')], 'same-base', 'layers-added'],
    ['with a layer less', (all) => all.slice(0, -1), 'same-base', 'app-layer'],
    ['on another first layer', (all) => [other('a'), ...all.slice(1)], 'base-differs', 'base-image'],
    ['with all layers of another image', (all) => all.map((_, at) => other(`${at}`)), 'different', 'layers-converted'],
  ])('is another one %s, however it is packed', async (_, layers, rung, cause) => {
    const changed = withLayers(open('app:prod'), layers);
    const packed = push({ ...changed, isInIndex: true });

    const compared = [await compare(push(changed), named('app:prod')), await compare(packed, named('app:idx'))];

    expect(compared).toMatchObject([[{ verdict: 'different', rung, cause }], [{ verdict: 'different', rung, cause }]]);
  });

  it('is what it was where an index was flattened to its member', async () => {
    const member = push({ ...open('app:prod'), manifest: { ...open('app:prod').manifest, mediaType: OCI_MANIFEST } });

    expect(await compare(member, named('app:idx'))).toMatchObject([{ platform: 'linux/amd64', rung: 'same-manifest' }]);
  });
});
