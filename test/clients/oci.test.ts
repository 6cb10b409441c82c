import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import {
  configOf,
  digestOf,
  type FakeRegistry,
  lookUp,
  manifestOf,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_MANIFEST,
  startRegistry,
} from '../fakes/registry.ts';

let registry: FakeRegistry;

beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.stop());

const gapsOf = (facts: readonly Seen[]) => facts.filter((fact) => fact.kind === 'gap');
const kindsOf = (facts: readonly Seen[]) => facts.map(({ kind }) => kind).filter((kind) => kind !== 'coverage');
const look = (digest: string) => lookUp(registry, { digests: { [digest]: ['tea/shop'] } });

/** Serves these bytes under their own digest, and looks it up. */
function serve(body: string | Buffer, mediaType = OCI_MANIFEST): Promise<Seen[]> {
  return look(registry.put('tea/shop', body, mediaType).digest);
}

/** An image whose config is these bytes. */
function serveConfig(body: string | Buffer): Promise<Seen[]> {
  return serve(JSON.stringify(manifestOf(registry.put('tea/shop', body, OCI_CONFIG))));
}

describe('a registry is not believed', () => {
  it('R01 where the bytes are not what was asked for: none of them is used', async () => {
    const { digest } = registry.image('tea/shop');
    registry.reply((_, response) => {
      const other = JSON.stringify(manifestOf({ mediaType: OCI_CONFIG, digest: digestOf('poison'), size: 6 }));
      response.writeHead(200, { 'content-type': OCI_MANIFEST, 'docker-content-digest': digest }).end(other);
      return true;
    });

    const facts = await look(digest);

    expect(kindsOf(facts)).toEqual(['gap']);
    expect(gapsOf(facts)).toMatchObject([{ because: 'untrusted', hint: expect.stringContaining('does not hold what its digest says') }]);
  });

  it('R01 where a config was changed: the manifest stands, its config is a gap', async () => {
    const image = registry.image('tea/shop');
    registry.reply((request, response) => {
      if (!request.url?.includes('/blobs/')) return false;
      response.writeHead(200).end(JSON.stringify(configOf({ os: 'plan9' })));
      return true;
    });

    const facts = await look(image.digest);

    expect(kindsOf(facts)).toEqual(['manifest', 'gap']);
    expect(gapsOf(facts)).toMatchObject([{ because: 'untrusted', locator: expect.stringContaining(image.config.digest) }]);
  });

  it('R01 and a repository with wrong bytes is not made up for by another with the right ones', async () => {
    const { digest } = registry.image('tea/shop');
    registry.put('tea/attic', 'poison', OCI_MANIFEST);
    registry.reply((request, response) => request.url?.includes('attic') && response.writeHead(200).end('poison') && true);

    const facts = await lookUp(registry, { digests: { [digest]: ['tea/attic', 'tea/shop'] } });

    expect(kindsOf(facts)).toEqual(['gap']);
  });

  it('R02 where its digest header lies and its bytes are right: the bytes win', async () => {
    const image = registry.image('tea/shop');
    registry.reply((_, response) => {
      const writeHead = response.writeHead.bind(response);
      response.writeHead = ((status: number, headers: object) =>
        writeHead(status, { ...headers, 'docker-content-digest': digestOf('lie') })) as typeof response.writeHead;
    });

    expect(kindsOf(await look(image.digest)).toSorted()).toEqual(['config', 'manifest']);
  });

  it('R04 R13 where a manifest or a config is larger than 8 MiB', async () => {
    const large = ' '.repeat(8 * 1024 * 1024 + 1);

    expect(gapsOf(await serve(large))).toMatchObject([{ because: 'too-large' }]);
    expect(gapsOf(await serveConfig(large))).toMatchObject([{ because: 'too-large' }]);
  });

  it('R05 where it encodes what was asked for as it is', async () => {
    const { digest } = registry.image('tea/shop', configOf(), 'spring');
    registry.reply((_, response) => void response.setHeader('content-encoding', 'gzip, br'));

    const facts = await lookUp(registry, { digests: { [digest]: ['tea/shop'] }, tags: ['tea/shop:spring'] });

    expect(gapsOf(facts)).toMatchObject([
      { of: 'content', because: 'malformed', hint: expect.stringContaining('encodes its answers') },
      { of: 'tag', because: 'malformed' },
    ]);
  });

  it.each([
    ['both members and layers', { ...manifestOf(registryLess()), manifests: [] }, OCI_MANIFEST],
    ['both layers and members', { schemaVersion: 2, manifests: [], layers: [] }, OCI_INDEX],
    ['another type than it is served as', { ...manifestOf(registryLess()), mediaType: OCI_INDEX }, OCI_MANIFEST],
    ['a negative size', { ...manifestOf({ ...registryLess(), size: -1 }) }, OCI_MANIFEST],
    ['no config', { schemaVersion: 2, layers: [] }, OCI_MANIFEST],
  ])('R06 R11 where a manifest has %s', async (_, body, mediaType) => {
    expect(gapsOf(await serve(JSON.stringify(body), mediaType))).toMatchObject([{ because: 'malformed' }]);
  });

  it('R11 where a size is not the size', async () => {
    const config = registry.put('tea/shop', JSON.stringify(configOf()), OCI_CONFIG);

    const facts = await serve(JSON.stringify(manifestOf({ ...config, size: config.size + 1 })));

    expect(gapsOf(facts)).toMatchObject([{ because: 'malformed', hint: expect.stringContaining('where it is named') }]);
  });

  it('R07 where indexes are in each other without end, or have members without end', async () => {
    let deep = registry.image('tea/shop') as { digest: string; size: number };
    for (let depth = 0; depth < 10; depth++)
      deep = registry.index('tea/shop', [{ mediaType: OCI_INDEX, digest: deep.digest, size: deep.size }]);
    const member = { mediaType: OCI_MANIFEST, digest: digestOf('nothing'), size: 1 };

    const nested = await look(deep.digest);
    const wide = await look(
      registry.index(
        'tea/shop',
        Array.from({ length: 10_000 }, () => member),
      ).digest,
    );

    expect(gapsOf(nested)).toMatchObject([{ because: 'too-large', hint: expect.stringContaining('inside 3 others') }]);
    expect(nested.filter(({ kind }) => kind === 'index')).toHaveLength(4);
    expect(gapsOf(wide)).toMatchObject([{ because: 'too-large', hint: expect.stringContaining('1000 members') }]);
  });

  it('R07 where few indexes have many images, as one that is asked for leads to thousands', async () => {
    const branches = Array.from({ length: 4 }, (_, branch) =>
      registry.index(
        'tea/shop',
        Array.from({ length: 600 }, (_, leaf) => ({ mediaType: OCI_MANIFEST, digest: digestOf(`${branch} ${leaf}`), size: 1 })),
      ),
    );

    const facts = await look(registry.index('tea/shop', branches).digest);

    expect(gapsOf(facts)).toMatchObject([{ because: 'too-large', hint: expect.stringContaining('have no end') }]);
    expect(registry.requests).toHaveLength(5);
  });

  it.each([
    'application/vnd.docker.distribution.manifest.v1+prettyjws',
    'application/vnd.docker.distribution.manifest.v1+json',
    'application/tea',
  ])('R10 where it answers with %s', async (mediaType) => {
    const { digest } = registry.put('tea/shop', '{"schemaVersion":1,"fsLayers":[]}', mediaType, 'old');

    const facts = await lookUp(registry, { digests: { [digest]: ['tea/shop'] }, tags: ['tea/shop:old'] });

    expect(gapsOf(facts)).toMatchObject([
      { of: 'content', because: 'unsupported', hint: expect.stringContaining('current builder') },
      { of: 'tag', because: 'unsupported' },
    ]);
  });

  it('R10 where an artifact is no image: its empty config would make all artifacts one', async () => {
    const empty = { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf('{}'), size: 2 };

    const facts = await serve(JSON.stringify(manifestOf(empty)));

    expect(kindsOf(facts)).toEqual(['gap']);
    expect(gapsOf(facts)).toMatchObject([{ because: 'unsupported', hint: expect.stringContaining('not compared') }]);
  });

  it.each([
    `sha256:${'AB'.repeat(32)}`,
    `sha256:${'a'.repeat(63)}`,
    'sha256:../../etc/passwd',
    'sha512:abc',
    'MD5:abc',
  ])('R12 where a digest is %s', async (digest) => {
    const facts = await serve(JSON.stringify(manifestOf({ ...registryLess(), digest: digest as never })));

    expect(gapsOf(facts)).toMatchObject([{ because: 'malformed' }]);
  });

  it('R12 where a digest cannot be computed, it is not asked for', async () => {
    const facts = await serve(JSON.stringify(manifestOf({ ...registryLess(), digest: 'md5:abc' as never })));

    expect(gapsOf(facts)).toMatchObject([{ because: 'unsupported', hint: expect.stringContaining('md5') }]);
    expect(registry.requests.map(({ path }) => path)).not.toContainEqual(expect.stringContaining('md5'));
  });

  it.each([
    ['a login page', '<html>Please log in</html>', 'text/html; charset=utf-8', 'malformed'],
    ['nothing', '', OCI_MANIFEST, 'malformed'],
    ['an error that says 200', '{"errors":[{"code":"UNKNOWN"}]}', OCI_MANIFEST, 'malformed'],
    ['half a manifest', JSON.stringify(manifestOf(registryLess())).slice(0, 80), OCI_MANIFEST, 'malformed'],
  ])('R23 where it answers with %s', async (_, body, mediaType, because) => {
    expect(gapsOf(await serve(body, mediaType))).toMatchObject([{ because }]);
  });

  it('R23 where a login page stands in for what was asked for', async () => {
    const { digest } = registry.image('tea/shop');
    registry.reply((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>') && true);

    expect(gapsOf(await look(digest))).toMatchObject([{ because: 'malformed', hint: expect.stringContaining('login pages') }]);
  });

  it('R27 where names are no names: they never become an address', async () => {
    const { digest } = registry.image('tea/shop');

    const facts = await lookUp(registry, { digests: { [digest]: ['../../secrets', 'tea/../shop', 'TEA', 'tea?x=1'] } });

    expect(registry.requests).toEqual([]);
    expect(facts.map((fact) => ('of' in fact ? fact.of : fact.kind))).toEqual(['tag']);
  });
});

/** What is said of a config that no registry has to hold. */
function registryLess() {
  return { mediaType: OCI_CONFIG, digest: digestOf('config'), size: 6 };
}
