import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import { stamped } from '../../src/collect/stamp.ts';
import type { Digest } from '../../src/domain/digest.ts';
import { openBases } from '../../src/inventory/base.ts';
import { openClosure } from '../../src/inventory/closure.ts';
import { EMPTY_LAYER } from '../../src/inventory/identity.ts';
import { openEdge } from '../fakes/edge.ts';
import {
  configOf,
  type Descriptor,
  digestOf,
  type FakeRegistry,
  lookUp,
  OCI_CONFIG,
  OCI_MANIFEST,
  startRegistry,
} from '../fakes/registry.ts';

const BASE_DIGEST = 'org.opencontainers.image.base.digest';
const AMD64 = { os: 'linux', architecture: 'amd64' };

let registry: FakeRegistry;

beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.stop());

/** An image of these layers, by their diffIDs. */
function put(repository: string, diffIds: readonly string[], { labels = {}, annotations = {} } = {}): Descriptor {
  const config = configOf({ config: { Labels: labels }, rootfs: { type: 'layers', diff_ids: diffIds } });
  const stated = registry.put(repository, JSON.stringify(config), OCI_CONFIG);
  const layers = diffIds.map((diffId) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: diffId, size: 3 }));
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: stated, layers, annotations };
  return registry.put(repository, JSON.stringify(manifest), OCI_MANIFEST);
}

/** What is concluded from everything that the registry says of these images. */
async function conclude(...images: readonly Descriptor[]) {
  const facts = await lookUp(registry, { digests: Object.fromEntries(images.map(({ digest }) => [digest, ['tea/shop']])) });
  const observations = facts.map((fact) => stamped('oci', fact, openEdge()));
  const closure = openClosure(observations);
  const bases = openBases(() => observations, closure);
  const artifactOf = ({ digest }: Descriptor) => closure.artifactOf(digest, 'linux/amd64');
  const baseOf = (image: Descriptor) => {
    const artifact = artifactOf(image);
    return typeof artifact === 'string' ? artifact : bases.baseOf(artifact);
  };
  return { facts, artifactOf, baseOf };
}

const kindsOf = (facts: readonly Seen[]) => facts.map(({ kind }) => kind).toSorted();
const [bottom, middle, top] = ['bottom', 'middle', 'top'].map(digestOf) as [Digest, Digest, Digest];

describe('what a registry says of an image proves nothing', () => {
  it('R08 where an index has two images for one platform, and none is chosen for being first', async () => {
    const [first, second] = [put('tea/shop', [bottom]), put('tea/shop', [top])];
    const index = registry.index('tea/shop', [
      { ...first, platform: AMD64 },
      { ...second, platform: AMD64 },
    ]);

    const { artifactOf } = await conclude(index);

    expect(artifactOf(index)).toBe('ambiguous-member');
    expect(artifactOf(second)).toMatchObject({ digest: second.digest });
  });

  it('R15 of its base where that has no layers, or empty ones alone, or one layer twice', async () => {
    const [scratch, hollow, twice] = [[], [EMPTY_LAYER, EMPTY_LAYER], [bottom, bottom]].map((diffIds) => put('tea/shop', diffIds));
    const claiming = [scratch, hollow, twice].map((base) =>
      put('tea/shop', [EMPTY_LAYER, bottom, top], { annotations: { [BASE_DIGEST]: base?.digest ?? '' } }),
    );

    const { baseOf } = await conclude(...[scratch, hollow, twice].flatMap((base) => base ?? []), ...claiming);

    expect(claiming.map(baseOf)).toEqual([undefined, undefined, undefined]);
  });

  it('R16 of its base where its layers belie it; where they bear it out, it does', async () => {
    const [node, other] = [put('tea/shop', [bottom, middle]), put('tea/shop', [middle])];
    const forged = put('tea/shop', [bottom, middle, top], { annotations: { [BASE_DIGEST]: other.digest } });
    const honest = put('tea/shop', [bottom, middle, digestOf('leaf')], { annotations: { [BASE_DIGEST]: node.digest } });

    const { baseOf } = await conclude(node, other, forged, honest);

    expect(baseOf(honest)).toMatchObject({ method: 'annotation', layers: 2 });
    expect(baseOf(forged)).toMatchObject({ method: 'known', layers: 2, confidence: 'medium' });
  });

  it('R17 of its source: labels are kept as words, and are no record of a build', async () => {
    const labels = { 'org.opencontainers.image.source': 'https://github.com/acme/payments', 'org.opencontainers.image.revision': 'c0ffee' };
    const image = put('tea/shop', [bottom], { labels });

    const { facts } = await conclude(image);

    expect(facts.find(({ kind }) => kind === 'config')).toMatchObject({ labels });
    expect(kindsOf(facts)).not.toContain('build');
  });

  it('R28 of where it belongs: a copy in another repository is the same artifact, and where it was found is told', async () => {
    const [shop, copy] = [put('tea/shop', [bottom]), put('tea/attic', [bottom])];

    const facts = await lookUp(registry, { digests: { [shop.digest]: ['tea/attic'] } });

    expect(copy.digest).toBe(shop.digest);
    expect(facts.find(({ kind }) => kind === 'manifest')).toMatchObject({ digest: shop.digest, image: { repository: 'tea/attic' } });
  });
});

describe('a clock of a registry', () => {
  it.each([
    'Thu, 01 Jan 1970 00:00:00 GMT',
    'Fri, 31 Dec 2060 23:59:59 GMT',
    'yesterday',
  ])('N18 that says %s dates nothing', async (date) => {
    const image = put('tea/shop', [bottom]);
    registry.image('tea/shop', configOf(), 'spring');
    const asked = { digests: { [image.digest]: ['tea/shop'] }, tags: ['tea/shop:spring'] };
    const before = await lookUp(registry, asked);
    registry.reply((_, response) => void response.setHeader('date', date).setHeader('last-modified', date));

    const after = await lookUp(registry, asked);

    // How that clock stands to ours is told, and is no date of anything.
    const isOfTheClock = ({ kind }: Seen) => kind === 'registry';
    expect(after.filter((fact) => !isOfTheClock(fact))).toEqual(before.filter((fact) => !isOfTheClock(fact)));
    expect(after.map((fact) => stamped('oci', fact, openEdge()).at)).toEqual(after.map(() => '2026-03-01T12:00:00.000Z'));
  });
});

const bodyOf = async (digest: Digest) =>
  Buffer.from(await (await fetch(`http://${registry.host}/v2/tea/shop/manifests/${digest}`)).arrayBuffer());

describe('a tag that moves while it is looked at', () => {
  it('R03 names one digest in one scan, with its time, and what is read under that digest is not what came later', async () => {
    const [before, after] = [put('tea/shop', [bottom]), put('tea/shop', [top])];
    const bodies = new Map(await Promise.all([before, after].map(async ({ digest }) => [digest, await bodyOf(digest)] as const)));
    let asked = 0;
    registry.reply((request, response) => {
      if (!request.url?.endsWith('/manifests/spring')) return false;
      const named = ++asked === 1 ? before : after;
      response.writeHead(200, { 'content-type': OCI_MANIFEST, 'docker-content-digest': named.digest });
      response.end(request.method === 'HEAD' ? undefined : bodies.get(named.digest));
      return true;
    });

    const first = await lookUp(registry, { tags: ['tea/shop:spring', 'tea/shop:spring'], digests: { [before.digest]: ['tea/shop'] } });
    const second = await lookUp(registry, { tags: ['tea/shop:spring'] });

    const tagsIn = (facts: readonly Seen[]) => facts.filter((fact) => fact.kind === 'tag').map(({ digest }) => digest);
    expect([tagsIn(first), tagsIn(second)]).toEqual([[before.digest], [after.digest]]);
    expect(first.find(({ kind }) => kind === 'manifest')).toMatchObject({ digest: before.digest });
    expect(stamped('oci', first.find(({ kind }) => kind === 'tag')!, openEdge())).toMatchObject({ at: '2026-03-01T12:00:00.000Z' });
  });

  it('R03 names what it named last, and what it named a moment before is told beside it', async () => {
    const [before, after] = [put('tea/shop', [bottom]), put('tea/shop', [top])];
    const body = await bodyOf(after.digest);
    registry.reply((request, response) => {
      if (!request.url?.endsWith('/manifests/spring')) return false;
      const named = request.method === 'HEAD' ? before : after;
      response.writeHead(200, { 'content-type': OCI_MANIFEST, 'docker-content-digest': named.digest });
      response.end(request.method === 'HEAD' ? undefined : body);
      return true;
    });

    const facts = await lookUp(registry, { tags: ['tea/shop:spring'] });

    expect(facts.filter(({ kind }) => kind === 'tag')).toMatchObject([
      {
        digest: after.digest,
        locator: expect.stringMatching(new RegExp(`/manifests/spring \\(a moment before, a header named ${before.digest}\\)$`)),
      },
    ]);
  });
});
