import { readFileSync } from 'node:fs';
import type http from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../../src/collect/define-source.ts';
import {
  configOf,
  type Descriptor,
  type FakeRegistry,
  lookUp,
  OCI_INDEX,
  OCI_MANIFEST,
  sendJson,
  startRegistry,
} from '../../fakes/registry.ts';

const IN_TOTO = 'application/vnd.in-toto+json';
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const SLSA = 'https://slsa.dev/provenance/v0.2';
const COMMIT = 'c0ffee0000000000000000000000000000000000';
const REPOSITORY = 'tea/shop';

let registry: FakeRegistry;
let image: Descriptor;

beforeEach(async () => {
  registry = await startRegistry();
  image = registry.image(REPOSITORY, configOf({ created: '2026-03-01T09:00:00Z' }));
});
afterEach(() => registry.stop());

const buildsIn = (facts: readonly Seen[]) => facts.filter((fact) => fact.kind === 'build');
const gapsIn = (facts: readonly Seen[]) => facts.filter((fact) => fact.kind === 'gap');
const hexOf = ({ digest }: Pick<Descriptor, 'digest'>) => digest.slice('sha256:'.length);

function provenance(of: Pick<Descriptor, 'digest'>, changed: object = {}): object {
  return {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: SLSA,
    subject: [{ name: '_', digest: { sha256: hexOf(of) } }],
    predicate: {
      builder: { id: 'https://github.com/acme/tea/actions/runs/41/attempts/2' },
      buildType: 'https://mobyproject.org/buildkit@v1',
      materials: [{ uri: 'pkg:docker/node@24?platform=linux%2Famd64', digest: { sha256: '7'.repeat(64) } }],
      invocation: {
        configSource: { uri: 'https://github.com/acme/tea.git#refs/heads/main', digest: { sha1: COMMIT } },
        parameters: { args: { 'build-arg:CHANNEL': 'stable', 'build-arg:NPM_TOKEN': 'hunter2hunter2' } },
      },
      metadata: { buildFinishedOn: '2026-03-01T09:01:00.123456Z' },
      ...changed,
    },
  };
}

/** A manifest of statements. */
function attach(statement: object, changed: object = {}, layer: object = {}): Descriptor {
  const blob = registry.put(REPOSITORY, JSON.stringify(statement), 'application/octet-stream');
  const config = { mediaType: 'application/vnd.oci.empty.v1+json', digest: `sha256:${'e'.repeat(64)}`, size: 2 };
  const layers = [{ ...blob, mediaType: IN_TOTO, annotations: { 'in-toto.io/predicate-type': SLSA }, ...layer }];
  return registry.put(REPOSITORY, JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers, ...changed }), OCI_MANIFEST);
}

function indexWith(note: Descriptor): Descriptor {
  const annotations = { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': image.digest };
  const platform = { os: 'unknown', architecture: 'unknown' };
  return registry.index(REPOSITORY, [
    { mediaType: OCI_MANIFEST, digest: image.digest, size: image.size },
    { mediaType: OCI_MANIFEST, digest: note.digest, size: note.size, platform, annotations },
  ]);
}

function sendText(response: http.ServerResponse, text: string): boolean {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(text);
  return true;
}

const look = ({ digest }: Pick<Descriptor, 'digest'>, config: Readonly<Record<string, unknown>> = {}) =>
  lookUp(registry, { digests: { [digest]: [REPOSITORY] } }, config);

describe('what BuildKit puts beside an image', () => {
  it.each<[string, () => object]>([
    ['as it was until 2026', () => ({})],
    [
      'as an artifact with a subject',
      () => ({ artifactType: 'application/vnd.docker.attestation.manifest.v1+json', subject: { digest: image.digest } }),
    ],
  ])('is a build of it, claimed: %s', async (_, form) => {
    const index = indexWith(attach(provenance(image), form()));

    const facts = await look(index);

    expect(buildsIn(facts)).toMatchObject([
      {
        at: '2026-03-01T09:01:00.123Z',
        run: { platform: 'github-actions', repository: 'acme/tea', id: '41', attempt: 2 },
        source: { repository: 'acme/tea', commit: COMMIT, ref: 'refs/heads/main' },
        outputs: [
          { image: { registry: registry.host, repository: REPOSITORY }, digest: image.digest, role: 'manifest', platform: 'linux/amd64' },
        ],
        base: [{ image: { registry: 'docker.io', repository: 'library/node', tag: '24' }, digest: `sha256:${'7'.repeat(64)}` }],
        arguments: { CHANNEL: 'stable' },
        trust: 'declared',
      },
    ]);
    expect(JSON.stringify(facts)).not.toContain('hunter2');
  });

  it('is dated by the image where it says no time', async () => {
    const index = indexWith(attach(provenance(image, { metadata: {} })));

    const facts = await look(index);

    expect(buildsIn(facts)).toMatchObject([{ at: '2026-03-01T09:00:00.000Z' }]);
  });

  it('is no build where it speaks of another image', async () => {
    const index = indexWith(attach(provenance({ digest: `sha256:${'9'.repeat(64)}` as Descriptor['digest'] })));

    const facts = await look(index);

    expect(buildsIn(facts)).toEqual([]);
    expect(gapsIn(facts)).toMatchObject([{ of: 'build', because: 'untrusted', scope: { repository: REPOSITORY } }]);
  });

  it('is no build where it is a list of packages, which is not even fetched', async () => {
    const index = indexWith(attach({}, {}, { annotations: { 'in-toto.io/predicate-type': 'https://spdx.dev/Document' } }));

    const facts = await look(index);

    expect([buildsIn(facts), gapsIn(facts)]).toEqual([[], []]);
  });

  it('leaves a gap where nothing dates it', async () => {
    image = registry.image(REPOSITORY);
    const index = indexWith(attach(provenance(image, { metadata: {} })));

    const facts = await look(index);

    expect(gapsIn(facts)).toMatchObject([{ of: 'build', because: 'unsupported' }]);
  });

  it('leaves a gap where it cannot be read, and the image is known all the same', async () => {
    const note = attach(provenance(image));
    const index = indexWith(note);
    registry.reply((request, response) => (request.url?.endsWith(note.digest) ? sendJson(response, 403, {}) : false));

    const facts = await look(index);

    expect(gapsIn(facts)).toMatchObject([{ of: 'build', because: 'forbidden' }]);
    expect(facts).toContainEqual(expect.objectContaining({ kind: 'coverage', of: 'content' }));
  });
});

describe('what refers to an image', () => {
  const referrer = (found: Descriptor, changed: object = {}) => ({
    mediaType: OCI_MANIFEST,
    digest: found.digest,
    size: found.size,
    ...changed,
  });
  const answerReferrers = (manifests: readonly object[]) =>
    registry.reply((request, response) =>
      request.url === `/v2/${REPOSITORY}/referrers/${image.digest}` ? sendJson(response, 200, { schemaVersion: 2, manifests }) : false,
    );

  it('is listed by the referrers API', async () => {
    const bundle = { dsseEnvelope: { payloadType: IN_TOTO, payload: Buffer.from(JSON.stringify(provenance(image))).toString('base64') } };
    const found = attach(bundle, { subject: { digest: image.digest } }, { mediaType: BUNDLE, annotations: {} });
    answerReferrers([
      referrer(found, { artifactType: BUNDLE, annotations: { 'dev.sigstore.bundle.predicateType': SLSA } }),
      referrer(attach({}), { artifactType: 'application/vnd.acme.scan' }),
    ]);

    const facts = await look(image, { referrers: 'true' });

    expect(buildsIn(facts)).toMatchObject([{ run: { id: '41' }, trust: 'declared' }]);
    expect(gapsIn(facts)).toEqual([]);
  });

  it.each<[string, string]>([
    ['an empty object', '{}'],
    ['an error', '{"errors":[{"code":"UNKNOWN"}]}'],
    ['no list', '{"schemaVersion":2,"manifests":null}'],
    ['no JSON', '<html>'],
    ['nothing', ''],
  ])('R23 is a gap where the API answers 200 with %s, with what to do', async (_, body) => {
    registry.reply((request, response) => request.url?.includes('/referrers/') && sendText(response, body));

    const facts = await look(image, { referrers: 'true' });

    const hint = expect.stringMatching(new RegExp(`^See what http://${registry.host}/v2/${REPOSITORY}/referrers/`));
    expect(gapsIn(facts)).toMatchObject([{ of: 'build', because: 'malformed', scope: { repository: REPOSITORY }, hint }]);
  });

  it('R23 is a gap where a later page is no list', async () => {
    const next = { link: `</v2/${REPOSITORY}/referrers/${image.digest}?page=2>; rel="next"` };
    registry.reply((request, response) => {
      if (!request.url?.includes('/referrers/')) return false;
      return request.url.endsWith('page=2') ? sendText(response, '{}') : sendJson(response, 200, { manifests: [] }, next);
    });

    const facts = await look(image, { referrers: 'true' });

    expect(gapsIn(facts)).toMatchObject([{ of: 'build', because: 'malformed' }]);
  });

  it('R23 is a gap where the tag that stands for the list holds none', async () => {
    registry.put(REPOSITORY, JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX }), OCI_INDEX, `sha256-${hexOf(image)}`);

    const facts = await look(image, { referrers: 'true' });

    expect(gapsIn(facts)).toMatchObject([{ of: 'build', because: 'malformed' }]);
  });

  it.each([
    [1000, []],
    [1001, ['too-large']],
  ])('R18 is listed by %i on one page: %j', async (count, reasons) => {
    const scan = referrer(attach({}), { artifactType: 'application/vnd.acme.scan' });
    answerReferrers(Array.from({ length: count }, () => scan));

    const facts = await look(image, { referrers: 'true' });

    expect(gapsIn(facts).map(({ because }) => because)).toEqual(reasons);
  });

  it('R19 is found under a tag made of the digest where there is no such API', async () => {
    const found = attach(provenance(image), { subject: { digest: image.digest } });
    registry.index(REPOSITORY, [referrer(found, { artifactType: IN_TOTO })], `sha256-${hexOf(image)}`);

    const facts = await look(image, { referrers: 'true' });

    expect(buildsIn(facts)).toHaveLength(1);
    const asked = registry.requests.map(({ method, path }) => `${method} ${path}`);
    expect(asked).toContain(`GET /v2/${REPOSITORY}/referrers/${image.digest}`);
    expect(asked).toContain(`HEAD /v2/${REPOSITORY}/manifests/sha256-${hexOf(image)}`);
  });

  it('is found where cosign attaches it', async () => {
    const envelope = readFileSync(new URL('../../../fixtures/attestations/slsa-generator-v0.2.dsse.json', import.meta.url), 'utf8');
    const blob = registry.put(REPOSITORY, envelope, 'application/octet-stream');
    const layers = [{ ...blob, mediaType: 'application/vnd.dsse.envelope.v1+json', annotations: { predicateType: SLSA } }];
    const config = registry.image(REPOSITORY).config;
    registry.put(
      REPOSITORY,
      JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }),
      OCI_MANIFEST,
      `sha256-${hexOf(image)}.att`,
    );

    const facts = await look(image, { referrers: 'true' });

    // The envelope is of another image: it was read, and not believed.
    expect(gapsIn(facts)).toMatchObject([{ of: 'build', because: 'untrusted' }]);
  });

  it('is asked of a registry without that API once', async () => {
    const other = registry.image(REPOSITORY, configOf({ architecture: 'arm64' }));

    await lookUp(registry, { digests: { [image.digest]: [REPOSITORY], [other.digest]: [REPOSITORY] } }, { referrers: 'true' });

    expect(registry.requests.filter(({ path }) => path.includes('/referrers/'))).toHaveLength(1);
  });

  it('is not asked for where that is turned off', async () => {
    await look(image, { referrers: 'false' });

    expect(registry.requests).toHaveLength(2);
  });

  it('R18 says nothing where its subject is another image', async () => {
    const found = attach(provenance(image), { subject: { digest: `sha256:${'9'.repeat(64)}` } });
    answerReferrers([referrer(found, { artifactType: IN_TOTO })]);

    const facts = await look(image, { referrers: 'true' });

    expect([buildsIn(facts), gapsIn(facts)]).toMatchObject([[], [{ because: 'untrusted' }]]);
  });

  it.each([
    ['R18, S39 has no end', (nth: number) => `</v2/${REPOSITORY}/referrers/IMAGE?page=${nth}>; rel="next"`, 'too-large'],
    ['R21 goes on at another host', () => '<http://169.254.169.254/latest>; rel="next"', 'untrusted'],
    ['R22 goes round', () => `</v2/${REPOSITORY}/referrers/IMAGE?page=1>; rel="next"`, 'untrusted'],
  ])('%s: no more of it is read', async (_, linkOf, because) => {
    registry.reply((request, response, nth) => {
      if (!request.url?.includes('/referrers/')) return false;
      return sendJson(response, 200, { manifests: [] }, { link: linkOf(nth).replace('IMAGE', image.digest) });
    });

    const facts = await look(image, { referrers: 'true' });

    expect(gapsIn(facts)).toMatchObject([{ of: 'build', because }]);
    expect(registry.requests.length).toBeLessThan(20);
  });
});

describe('a base', () => {
  it('is read for the platforms of what stands on it, and nothing is asked of what is said of it', async () => {
    const arm64 = registry.image(REPOSITORY, configOf({ architecture: 'arm64' }));
    const index = registry.index(REPOSITORY, [
      { ...image, mediaType: OCI_MANIFEST, platform: { os: 'linux', architecture: 'amd64' } },
      { ...arm64, mediaType: OCI_MANIFEST, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
    ]);

    const facts = await lookUp(registry, { digests: { [index.digest]: [REPOSITORY] } }, { referrers: 'true', baseFor: ['linux/amd64'] });

    expect(facts.filter(({ kind }) => kind === 'config')).toHaveLength(1);
    expect(registry.requests).toHaveLength(3);
  });

  it('that is gone leaves a gap, and what stands on it is covered', async () => {
    const facts = await lookUp(registry, { digests: { [`sha256:${'9'.repeat(64)}`]: [REPOSITORY] } }, { baseFor: ['linux/amd64'] });

    expect(facts.map(({ kind }) => kind)).toEqual(['gap', 'coverage', 'coverage']);
  });
});
