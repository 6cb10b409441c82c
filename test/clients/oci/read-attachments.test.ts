import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../../src/collect/define-source.ts';
import { configOf, type FakeRegistry, lookUp, OCI_MANIFEST, type Reply, sendJson, startRegistry } from '../../fakes/registry.ts';

const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

let registry: FakeRegistry;

beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.stop());

const ofKind = <K extends Seen['kind']>(facts: readonly Seen[], kind: K) =>
  facts.filter((fact): fact is Extract<Seen, { kind: K }> => fact.kind === kind);

/** One image in both repositories. */
function copied(): string {
  registry.image('prod/shop');
  return registry.image('tea/shop').digest;
}

const promoted = (digest: string) =>
  lookUp(registry, { digests: { [digest]: ['tea/shop', 'prod/shop'] }, arePulled: true }, { referrers: 'true' });
const typesIn = (facts: readonly Seen[]) =>
  Object.fromEntries(ofKind(facts, 'attachments').map(({ image, types }) => [image.repository, types]));

/** The referrers API, with a list for one repository and an empty one for all others. */
const listing =
  (repository: string, manifests: readonly object[]): Reply =>
  (request, response) =>
    request.url?.includes('/referrers/') &&
    sendJson(response, 200, { schemaVersion: 2, manifests: request.url.startsWith(`/v2/${repository}/`) ? manifests : [] });

/** An attestation as a list names it; nobody fetches it for its type. */
const bundle = () => ({
  mediaType: OCI_MANIFEST,
  digest: registry.image('tea/shop', configOf({ author: 'bundle' })).digest,
  size: 7,
  artifactType: 'application/spdx+json',
});

describe('what hangs on a promoted digest', () => {
  it('is listed in each repository that holds it, by the referrers API', async () => {
    const digest = copied();
    registry.reply(
      listing('tea/shop', [
        bundle(),
        { ...bundle(), artifactType: BUNDLE, annotations: { 'dev.sigstore.bundle.predicateType': 'https://spdx.dev/Document' } },
      ]),
    );

    const facts = await promoted(digest);

    expect(typesIn(facts)).toEqual({ 'tea/shop': ['application/spdx+json', 'https://spdx.dev/Document'], 'prod/shop': [] });
  });

  it('is found under the tags of cosign, and under that of the tag schema', async () => {
    const digest = copied();
    const tag = digest.replace(':', '-');
    registry.put('tea/shop', JSON.stringify({ layers: [] }), OCI_MANIFEST, `${tag}.sig`);
    registry.reply(listing('tea/shop', []));

    const facts = await promoted(digest);

    expect(typesIn(facts)).toEqual({ 'tea/shop': ['application/vnd.dev.cosign.simplesigning.v1+json'], 'prod/shop': [] });
  });

  it('is there where it was tagged before the registry had the API', async () => {
    const digest = copied();
    registry.index('prod/shop', [], digest.replace(':', '-'));
    registry.reply(listing('tea/shop', []));

    const facts = await promoted(digest);

    expect(typesIn(facts)).toEqual({ 'tea/shop': [], 'prod/shop': ['application/vnd.oci.image.index.v1+json'] });
  });

  it('is not said of a repository that does not hold the digest: one that is hidden lists nothing either', async () => {
    const { digest } = registry.image('tea/shop');
    registry.reply(listing('tea/shop', [bundle()]));

    const facts = await promoted(digest);

    expect(Object.keys(typesIn(facts))).toEqual(['tea/shop']);
  });

  it('is a gap where the list is refused', async () => {
    const digest = copied();
    registry.reply((request, response) => request.url?.startsWith('/v2/prod/shop/referrers/') && sendJson(response, 403, {}));

    const facts = await promoted(digest);

    expect(Object.keys(typesIn(facts))).toEqual(['tea/shop']);
    const [gap] = ofKind(facts, 'gap');
    expect(gap).toMatchObject({ of: 'build', because: 'forbidden', scope: { repository: 'prod/shop' } });
  });

  it.each([{}, { errors: [{ code: 'UNKNOWN' }] }])('R23 is a gap where the list is %j', async (body) => {
    const digest = copied();
    registry.reply((request, response) => request.url?.startsWith('/v2/prod/shop/referrers/') && sendJson(response, 200, body));

    const facts = await promoted(digest);

    expect(Object.keys(typesIn(facts))).toEqual(['tea/shop']);
    expect(ofKind(facts, 'gap')).toContainEqual(
      expect.objectContaining({ of: 'build', because: 'malformed', scope: { registry: registry.host, repository: 'prod/shop' } }),
    );
  });

  it('is asked for of no digest that lies in one repository alone', async () => {
    const { digest } = registry.image('tea/shop');

    const facts = await lookUp(registry, { digests: { [digest]: ['tea/shop'] }, arePulled: true }, { referrers: 'true' });

    expect(ofKind(facts, 'attachments')).toEqual([]);
    expect(registry.requests.filter(({ path }) => path.endsWith('.sig'))).toEqual([]);
  });
});
