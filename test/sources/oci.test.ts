import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import { Observation } from '../../src/domain/observation.ts';
import oci from '../../src/sources/oci.ts';
import { openEdge } from '../fakes/edge.ts';
import { configOf, type FakeRegistry, lookUp, OCI_MANIFEST, sendJson, startRegistry } from '../fakes/registry.ts';

let registry: FakeRegistry;

beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.stop());

const ofKind = <K extends Seen['kind']>(facts: readonly Seen[], kind: K) =>
  facts.filter((fact): fact is Extract<Seen, { kind: K }> => fact.kind === kind);

/** A shop for two platforms, with a note by BuildKit on the first. */
function fillShop(): { index: string; amd64: string; arm64: string; note: string; config: string } {
  const amd64 = registry.image('tea/shop');
  const arm64 = registry.image('tea/shop', configOf({ architecture: 'arm64', variant: 'v8' }));
  const note = registry.image('tea/shop', configOf({ architecture: 'unknown', os: 'unknown' }));
  const attests = { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': amd64.digest };
  const index = registry.index(
    'tea/shop',
    [
      { mediaType: OCI_MANIFEST, digest: amd64.digest, size: amd64.size, platform: { os: 'linux', architecture: 'amd64' } },
      { mediaType: OCI_MANIFEST, digest: arm64.digest, size: arm64.size, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
      {
        mediaType: OCI_MANIFEST,
        digest: note.digest,
        size: note.size,
        annotations: attests,
        platform: { os: 'unknown', architecture: 'unknown' },
      },
    ],
    'spring',
  );
  return { index: index.digest, amd64: amd64.digest, arm64: arm64.digest, note: note.digest, config: amd64.config.digest };
}

describe('an index', () => {
  it('leads to its images and their configs; R09 what attests to an image is named, and is no image', async () => {
    const shop = fillShop();

    const facts = await lookUp(registry, { digests: { [shop.index]: ['tea/shop'] } });

    expect(ofKind(facts, 'index')).toMatchObject([
      {
        digest: shop.index,
        image: { registry: registry.host, repository: 'tea/shop', digest: shop.index },
        locator: `http://${registry.host}/v2/tea/shop/manifests/${shop.index}`,
        members: [
          { digest: shop.amd64, platform: 'linux/amd64' },
          { digest: shop.arm64, platform: 'linux/arm64/v8' },
          { digest: shop.note, platform: 'unknown/unknown', attests: shop.amd64 },
        ],
      },
    ]);
    expect(ofKind(facts, 'manifest').map(({ digest }) => digest)).toEqual([shop.amd64, shop.arm64].toSorted());
    expect(ofKind(facts, 'manifest').map(({ bytes }) => bytes)).toEqual([shop.amd64, shop.arm64].toSorted());
    expect(ofKind(facts, 'config').map(({ bytes }) => bytes)).toEqual([undefined, undefined]);
    expect(ofKind(facts, 'config').map(({ platform }) => platform)).toEqual(expect.arrayContaining(['linux/amd64', 'linux/arm64/v8']));
    expect(ofKind(facts, 'coverage').map(({ of, scope }) => [of, scope])).toEqual([
      ['content', { registry: registry.host }],
      ['tag', { registry: registry.host }],
    ]);
  });

  it('for Windows tells one build of it from another', async () => {
    const windows = registry.image('tea/shop', configOf({ os: 'windows', 'os.version': '10.0.20348.2340' }));
    const platform = { os: 'windows', architecture: 'amd64', 'os.version': '10.0.20348.2340' };
    const index = registry.index('tea/shop', [{ mediaType: OCI_MANIFEST, digest: windows.digest, size: windows.size, platform }]);

    const facts = await lookUp(registry, { digests: { [index.digest]: ['tea/shop'] } });

    expect(ofKind(facts, 'index')[0]?.members).toEqual([{ digest: windows.digest, platform: 'windows/amd64:10.0.20348.2340' }]);
    expect(ofKind(facts, 'config')[0]?.platform).toBe('windows/amd64:10.0.20348.2340');
  });
});

describe('a digest', () => {
  it('is looked for in every repository it was seen in', async () => {
    const image = registry.image('tea/shop');

    const facts = await lookUp(registry, { digests: { [image.digest]: ['tea/attic', 'tea/shop'] } });

    expect(ofKind(facts, 'manifest')).toMatchObject([{ image: { repository: 'tea/shop' }, config: image.config.digest }]);
    expect(ofKind(facts, 'gap')).toEqual([]);
  });

  it.each([404, 500])('that is a bare config is found as a blob, where it is no manifest and is answered with %i', async (status) => {
    const { config } = registry.image('tea/shop');
    registry.reply((request, response) => request.url?.includes('/manifests/') && sendJson(response, status, {}));

    const facts = await lookUp(registry, { digests: { [config.digest]: ['tea/shop'] } });

    expect(ofKind(facts, 'config')).toMatchObject([
      { digest: config.digest, locator: `http://${registry.host}/v2/tea/shop/blobs/${config.digest}` },
    ]);
    expect(ofKind(facts, 'coverage')).toHaveLength(2);
  });

  it('seen only at other registries, or only outside the configured repositories, is left to others', async () => {
    const [shop, attic] = [registry.image('tea/shop'), registry.image('tea/attic', configOf({ os: 'plan9' }))];
    const wanted = { [shop.digest]: ['tea/shop'], [attic.digest]: ['tea/attic'] };

    const elsewhere = await lookUp({ host: 'localhost:1' }, {});
    const narrowed = await lookUp(registry, { digests: wanted }, { repositories: ['tea/s*'] });

    expect(elsewhere.map(({ kind }) => kind)).toEqual(['coverage', 'coverage']);
    expect(ofKind(narrowed, 'manifest').map(({ digest }) => digest)).toEqual([shop.digest]);
    expect(ofKind(narrowed, 'gap')).toEqual([]);
    expect(ofKind(narrowed, 'coverage').map(({ of }) => of)).toEqual(['tag']);
  });

  it('that is nowhere is one gap that says what to grant, and the others are still found', async () => {
    const image = registry.image('tea/shop');
    const lost = `sha256:${'0'.repeat(64)}`;

    const facts = await lookUp(registry, { digests: { [lost]: ['tea/shop'], [image.digest]: ['tea/shop'] } });

    expect(ofKind(facts, 'manifest')).toHaveLength(1);
    expect(ofKind(facts, 'coverage').map(({ of }) => of)).toEqual(['tag']);
    expect(ofKind(facts, 'gap')).toEqual([
      {
        kind: 'gap',
        of: 'content',
        because: 'not-found',
        scope: { registry: registry.host, repository: 'tea/shop' },
        locator: `http://${registry.host}/v2/tea/shop/manifests/${lost}`,
        hint: `${registry.host}/tea/shop is not accessible or not there: grant read access to it, or see whether somebody deleted the image.`,
      },
    ]);
  });

  it.each([
    [403, 'forbidden', /grant the login of this source read access/],
    [429, 'rate-limited', /answers no more requests for now/],
    [500, 'unreachable', /scan again when it is well/],
    [302, 'untrusted', /name the registry itself/],
    [418, 'malformed', /check that "registry" names an OCI registry/],
  ])('that is answered with %i is a gap: %s', async (status, because, hint) => {
    const { digest } = registry.image('tea/shop');
    registry.reply((_, response) => sendJson(response, status, {}, { location: '/elsewhere' }));

    const facts = await lookUp(registry, { digests: { [digest]: ['tea/shop'] } });

    expect(ofKind(facts, 'gap')).toMatchObject([{ because, hint: expect.stringMatching(hint) }]);
  });
});

describe('the source', () => {
  it('says the same twice, in one order, as facts that can be recorded', async () => {
    const { index, config } = fillShop();
    const asked = { digests: { [index]: ['tea/shop'], [config]: ['tea/shop'] }, tags: ['tea/shop:spring'] };

    const first = await lookUp(registry, asked);
    const again = await lookUp(registry, { ...asked, digests: Object.fromEntries(Object.entries(asked.digests).toReversed()) });

    expect(again).toEqual(first);
    const stamped = first.map(({ locator, ...fact }) => ({
      ...fact,
      at: '2026-03-01T12:00:00Z',
      origin: { source: 'oci', locator },
      ...('scope' in fact ? { scope: { ...fact.scope, source: 'oci' } } : {}),
    }));
    expect(stamped.map((fact) => Observation.safeParse(fact).error)).toEqual(stamped.map(() => undefined));
  });

  it('vouches for nothing it was refused, whichever request fails', async () => {
    const { index } = fillShop();
    const asked = { digests: { [index]: ['tea/shop'] }, tags: ['tea/shop:spring'] };
    const whole = await lookUp(registry, asked);
    const count = registry.requests.length;

    for (let failing = 1; failing <= count; failing++) {
      const before = registry.requests.length;
      registry.reply((_, response, nth) => nth === before + failing && sendJson(response, 500, {}));
      const facts = await lookUp(registry, asked);

      const gaps = ofKind(facts, 'gap').map(({ of }) => of);
      expect(gaps, `request ${failing}`).toHaveLength(1);
      expect(ofKind(facts, 'coverage').map(({ of }) => of)).not.toContain(gaps[0]);
      expect(whole).toEqual(expect.arrayContaining(facts.filter(({ kind }) => kind !== 'gap')));
    }
    expect(count).toBe(7);
  });

  it.each([
    ['no tags that nobody asked for', { digests: { [`sha256:${'c0ffee'.padEnd(64, '0')}`]: ['tea/shop'] } }, 'content'],
    ['no contents that nobody asked for', { tags: ['tea/shop:spring'] }, 'tag'],
  ])('vouches for %s, where no login will do', async (_, asked, of) => {
    fillShop();
    registry.reply((_, response) => sendJson(response, 401, {}, { 'www-authenticate': 'Basic realm="tea"' }));

    const facts = await lookUp(registry, asked);

    expect(facts).toMatchObject([{ kind: 'gap', of, because: 'unauthenticated' }]);
  });

  it.each([
    ['beyond-loopback', [{ requests: 3, withoutTls: true }]],
    ['true', []],
  ])('N09 says that it asked without TLS where that is allowed for any host: %s', async (insecure, accounts) => {
    const { config } = registry.image('tea/shop');

    const facts = await lookUp(registry, { digests: { [config.digest]: ['tea/shop'] }, tags: ['tea/shop:spring'] }, { insecure });

    expect(ofKind(facts, 'registry')).toMatchObject(accounts);
  });

  it('asks every host through the limit it is given', async () => {
    const { index } = fillShop();
    const hosts: string[] = [];
    const edge = { ...openEdge(), limit: <T>(host: string, job: () => Promise<T>) => (hosts.push(host), job()) };

    await lookUp(registry, { digests: { [index]: ['tea/shop'] } }, { edge });

    expect(hosts).toEqual(registry.requests.map(() => registry.host));
  });

  it.each([
    [{ registry: 'tea.test/shop' }, 'is no registry'],
    [{ registry: 'tea.test', insecure: 'true' }, 'beyond-loopback'],
    [{ registry: 'localhost.evil.test', insecure: 'true' }, 'beyond-loopback'],
    [{ registry: 'tea.test', username: 'brewer' }, 'belong together'],
    [{ registry: 'tea.test', mirror: 'x' }, 'mirror'],
  ])('refuses the configuration %j', (config, says) => {
    expect(oci.config.safeParse(config).error?.message).toContain(says);
  });

  it('answers for its registry as image references write it', () => {
    const config = oci.config.parse({ registry: 'Index.docker.io' });

    expect(oci.expects(config)).toEqual([
      { of: 'content', scope: { registry: 'docker.io' } },
      { of: 'tag', scope: { registry: 'docker.io' } },
    ]);
  });
});
