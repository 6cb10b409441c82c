import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen, Wanted } from '../../src/collect/define-source.ts';
import type { ImageReference } from '../../src/domain/image-reference.ts';
import oci from '../../src/sources/oci.ts';
import { openEdge } from '../fakes/edge.ts';
import {
  configOf,
  type Descriptor,
  digestOf,
  type FakeRegistry,
  lookUp,
  manifestOf,
  OCI_CONFIG,
  OCI_MANIFEST,
  startRegistry,
} from '../fakes/registry.ts';

let registry: FakeRegistry;
let elsewhere: FakeRegistry;

beforeEach(async () => {
  [registry, elsewhere] = await Promise.all([startRegistry(), startRegistry()]);
});
afterEach(() => Promise.all([registry.stop(), elsewhere.stop()]));

/** What the source says when it is asked for what no image reference can be. */
async function observe(wanted: Partial<Wanted>, named = registry.host): Promise<Seen[]> {
  const config = oci.config.parse({ registry: named, insecure: 'true', cache: 'off', referrers: 'false' });
  const facts: Seen[] = [];
  const all = { digests: [], tags: [], commits: [], lines: [], ...wanted };
  for await (const fact of oci.observe(config, all, openEdge())) facts.push(fact);
  return facts;
}
const observeTag = (image: ImageReference) => observe({ tags: [image] });
const gapsOf = (facts: readonly Seen[]) => facts.filter((fact) => fact.kind === 'gap');
const look = (digest: string) => lookUp(registry, { digests: { [digest]: ['tea/shop'] } });
const putManifest = (manifest: object): Descriptor => registry.put('tea/shop', JSON.stringify(manifest), OCI_MANIFEST);

describe('an address in a manifest', () => {
  it('R20 is never asked: layers that lie elsewhere are told by their digests', async () => {
    const config = registry.put('tea/shop', JSON.stringify(configOf()), OCI_CONFIG);
    const layer = {
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      digest: digestOf('Windows'),
      size: 17,
      urls: [`http://${elsewhere.host}/v2/tea/shop/blobs/leaf`, 'http://169.254.169.254/latest'],
    };
    const edge = openEdge();

    const { digest } = putManifest({ ...manifestOf(config), layers: [layer] });
    const facts = await lookUp(registry, { digests: { [digest]: ['tea/shop'] } }, { edge, referrers: 'true' });

    expect(facts.find(({ kind }) => kind === 'manifest')).toMatchObject({ layers: [{ digest: layer.digest }] });
    expect(JSON.stringify(facts)).not.toContain(elsewhere.host);
    expect([elsewhere.requests, new Set(edge.hosts)]).toEqual([[], new Set([registry.host])]);
  });
});

describe('a size in a manifest', () => {
  it.each(['-1', '1.5', '9223372036854775808', '1e400', '"6"', 'null'])('R11 is none where it is %s', async (size) => {
    const stated = JSON.stringify(manifestOf({ mediaType: OCI_CONFIG, digest: digestOf('config'), size: 6 }));
    const { digest } = registry.put('tea/shop', stated.replace('"size":6', `"size":${size}`), OCI_MANIFEST);

    const facts = await look(digest);

    expect(gapsOf(facts)).toMatchObject([{ because: 'malformed' }]);
    expect(registry.requests).toHaveLength(1);
  });
});

describe('a tag', () => {
  it.each(['__proto__', 'constructor', 'toString', 'sha256-c0ffee'])('R25 R27 may be called %s', async (tag) => {
    const image = registry.image('tea/shop', configOf(), tag);

    const facts = await lookUp(registry, { tags: [`tea/shop:${tag}`] });

    expect(facts[0]).toMatchObject({ kind: 'tag', digest: image.digest, image: { tag } });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each(['--help', '@', 'latest;rm -rf', '../../blobs', '%2e%2e', `a${'b'.repeat(128)}`])('R27 is none where it is %j', async (tag) => {
    const image = { registry: registry.host, repository: 'tea/shop', tag };

    const facts = await observeTag(image);

    expect(registry.requests).toEqual([]);
    expect(facts.filter(({ kind }) => kind === 'tag')).toEqual([]);
  });
});

describe('a registry', () => {
  const seenAt = async (named: string, configured = '127.0.0.1:PORT') => {
    const image = registry.image('tea/shop');
    const [seen, own] = [named, configured].map((host) => host.replace('PORT', registry.host.split(':')[1] ?? ''));
    await observe({ digests: [{ digest: image.digest, seenIn: [{ registry: seen ?? '', repository: 'tea/shop' }] }] }, own);
    return registry.requests.length > 0;
  };

  it('R26 is itself', async () => {
    expect(await seenAt('127.0.0.1:PORT')).toBe(true);
  });

  it.each([
    ['LOCALHOST:PORT', 'localhost:PORT'],
    ['localhost:PORT', 'LocalHost:PORT'],
  ])('R26 is itself in letters of any case: %s is %s', async (named, configured) => {
    expect(await seenAt(named, configured)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '127.0.0.1:443',
    '127.0.0.1.:PORT',
    'localhost:PORT',
    'localhost.evil.test:PORT',
    '127.0.0.1:PORT.evil.test',
  ])('R26 is not %s', async (named) => {
    expect(await seenAt(named)).toBe(false);
  });
});
