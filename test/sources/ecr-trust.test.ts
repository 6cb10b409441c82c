import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import { type FakeEcr, lookUpEcr, refusedBy, startEcr } from '../fakes/ecr.ts';
import { configOf, type Descriptor, OCI_MANIFEST } from '../fakes/registry.ts';
import { type Bundle, COMMIT, ISSUER, RELEASE, type Sigstore, startSigstore } from '../fakes/sigstore.ts';

const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const TEST_RESULT = 'https://in-toto.io/attestation/test-result/v0.1';
const SLSA = 'https://slsa.dev/provenance/v1';
const SBOM = 'https://spdx.dev/Document/v2.3';
const REPOSITORY = 'acme/payments';

let sigstore: Sigstore;
let fake: FakeEcr;
let image: Descriptor;
let trust: object;

beforeAll(async () => {
  sigstore = await startSigstore();
  const root = path.join(mkdtempSync(path.join(tmpdir(), 'selfsame-ecr-trust-')), 'trusted_root.json');
  writeFileSync(root, JSON.stringify(sigstore.trustedRoot));
  trust = { roots: [root], accept: [{ for: ['provenance', 'test-result'], issuer: ISSUER, identity: RELEASE }] };
});
beforeEach(async () => {
  fake = await startEcr();
  image = fake.image(REPOSITORY);
});
afterEach(() => fake.stop());
afterAll(() => sigstore.close());

const statement = (predicateType: string, predicate: object) =>
  JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: REPOSITORY, digest: { sha256: image.digest.slice('sha256:'.length) } }],
    predicateType,
    predicate,
  });
const built = () => {
  const resolvedDependencies = [{ uri: 'git+https://github.com/acme/payments@refs/heads/main', digest: { gitCommit: COMMIT } }];
  return statement(SLSA, {
    buildDefinition: { buildType: 'make', resolvedDependencies },
    runDetails: { metadata: { finishedOn: '2026-03-01T09:30:00Z' } },
  });
};
const passed = () => statement(TEST_RESULT, { result: 'PASSED', configuration: [{ name: 'e2e' }] });

/** Attaches a bundle to the image as cosign does since version 3: a manifest that has it as its subject. */
function attach(bundle: Bundle | object, predicateType: string): Descriptor {
  const blob = fake.put(REPOSITORY, bundle, 'application/octet-stream');
  const annotations = { 'dev.sigstore.bundle.predicateType': predicateType };
  const subject = { digest: image.digest };
  return fake.put(REPOSITORY, { schemaVersion: 2, artifactType: BUNDLE, subject, annotations, layers: [{ ...blob, mediaType: BUNDLE }] });
}

/** Attaches an envelope that nobody signed as cosign 2 does, under a tag made of the digest. */
function attachUnderTag(payload: string): void {
  const envelope = { payloadType: 'application/vnd.in-toto+json', payload: Buffer.from(payload).toString('base64'), signatures: [] };
  const blob = fake.put(REPOSITORY, envelope, 'application/octet-stream');
  const layers = [{ ...blob, mediaType: 'application/vnd.dsse.envelope.v1+json', annotations: { predicateType: SLSA } }];
  fake.tag(REPOSITORY, `${image.digest.replace(':', '-')}.att`, fake.put(REPOSITORY, { schemaVersion: 2, layers }, OCI_MANIFEST).digest);
}

const look = (config: object = {}) => lookUpEcr(fake, { digests: { [image.digest]: [REPOSITORY] } }, { referrers: 'true', ...config });
const ofKind = <K extends Seen['kind']>(facts: readonly Seen[], kind: K) =>
  facts.filter((fact): fact is Extract<Seen, { kind: K }> => fact.kind === kind);
const callsOf = (action: string) => fake.calls.filter((call) => call.action === action);

describe('a bundle that refers to an image in ECR', () => {
  it('is a verified build, or a verified test, where its signer is accepted', async () => {
    attach(await sigstore.sign({ data: built() }), SLSA);
    attach(await sigstore.sign({ data: passed() }), TEST_RESULT);

    const facts = await look({ trust });

    expect(ofKind(facts, 'build')).toMatchObject([{ trust: 'verified', run: { id: '41' }, outputs: [{ digest: image.digest }] }]);
    expect(ofKind(facts, 'test')).toMatchObject([{ trust: 'verified', gate: 'e2e', result: 'passed', subject: { digest: image.digest } }]);
    expect(ofKind(facts, 'gap')).toEqual([]);
  });

  it('is a claim of a build, and no test, where nobody is accepted', async () => {
    attach(await sigstore.sign({ data: built() }), SLSA);
    attach(await sigstore.sign({ data: passed() }), TEST_RESULT);

    const facts = await look();

    expect(ofKind(facts, 'build')).toMatchObject([{ trust: 'declared' }]);
    expect(ofKind(facts, 'test')).toEqual([]);
  });

  it('of somebody else is a gap that names him', async () => {
    const identity = RELEASE.replace('acme', 'mallory');
    attach(await sigstore.sign({ data: built(), identity }), SLSA);

    const facts = await look({ trust });

    expect(ofKind(facts, 'build')).toEqual([]);
    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'build', because: 'untrusted', hint: expect.stringContaining(identity) }]);
  });

  it('is found on whatever page it is listed', async () => {
    for (let nth = 0; nth < 120; nth++) attach({ nth }, SBOM);
    attach(await sigstore.sign({ data: built() }), SLSA);

    const facts = await look({ trust });

    expect(ofKind(facts, 'build')).toMatchObject([{ trust: 'verified' }]);
    expect(callsOf('ListImageReferrers').map(({ input }) => input['maxResults'])).toEqual([50, 50, 50]);
    expect(fake.downloads).toHaveLength(2);
  });

  it('is asked for of an index and of its members', async () => {
    const index = fake.index(REPOSITORY, [{ ...image, platform: { os: 'linux', architecture: 'amd64' } }]);
    attach(await sigstore.sign({ data: built() }), SLSA);

    const facts = await lookUpEcr(fake, { digests: { [index.digest]: [REPOSITORY] } }, { referrers: 'true', trust });

    expect(ofKind(facts, 'build')).toMatchObject([{ trust: 'verified', outputs: [{ digest: image.digest }] }]);
    expect(callsOf('ListImageReferrers')).toHaveLength(2);
  });

  it('that ECR does not hand out is a gap, and no silence', async () => {
    const attached = attach(await sigstore.sign({ data: built() }), SLSA);
    fake.reply(({ action, input }) => {
      const [id] = (input['imageIds'] ?? []) as readonly { imageDigest?: string }[];
      if (action !== 'BatchGetImage' || id?.imageDigest !== attached.digest) return undefined;
      return { status: 200, body: { images: [], failures: [{ imageId: id, failureCode: 'ImageInaccessible' }] } };
    });

    expect(ofKind(await look({ trust }), 'gap')).toMatchObject([{ of: 'build', because: 'unsupported' }]);
  });
});

describe('what cosign 2 attached in ECR', () => {
  it('is found under its tag, by the hundred', async () => {
    const others = Array.from({ length: 150 }, (_, nth) => fake.image(REPOSITORY, configOf({ author: `${nth}` })).digest);
    attachUnderTag(built());
    const digests = Object.fromEntries([image.digest, ...others].map((digest) => [digest, [REPOSITORY]]));

    const facts = await lookUpEcr(fake, { digests }, { referrers: 'true' });

    const byTag = callsOf('BatchGetImage').filter(({ input }) => JSON.stringify(input['imageIds']).includes('.att'));
    expect(ofKind(facts, 'build')).toMatchObject([{ trust: 'declared', outputs: [{ digest: image.digest }] }]);
    expect(byTag).toHaveLength(2);
    expect(ofKind(facts, 'gap')).toEqual([]);
  });
});

describe('what refers to an image in ECR', () => {
  it('is asked for of nothing where it is switched off', async () => {
    attach(await sigstore.sign({ data: built() }), SLSA);

    expect(ofKind(await look({ referrers: 'false', trust }), 'build')).toEqual([]);
    expect(callsOf('ListImageReferrers')).toEqual([]);
  });

  it('may not be listed: a gap names the permission, and the image is read', async () => {
    fake.reply(({ action }) => (action === 'ListImageReferrers' ? refusedBy('AccessDeniedException') : undefined));

    const facts = await look();

    expect(ofKind(facts, 'manifest')).toHaveLength(1);
    expect(ofKind(facts, 'gap')).toMatchObject([
      { of: 'build', because: 'forbidden', hint: expect.stringMatching(/ecr:ListImageReferrers.*ecr:BatchGetImage/) },
    ]);
  });
});

describe('what hangs on a digest in several repositories of ECR', () => {
  const PROMOTED = 'prod/payments';
  const promoted = (config: object = {}) => {
    const asked = { digests: { [image.digest]: [REPOSITORY, PROMOTED] }, arePulled: true };
    return lookUpEcr(fake, asked, { referrers: 'true', ...config });
  };
  const attachmentsIn = (facts: readonly Seen[]) =>
    Object.fromEntries(ofKind(facts, 'attachments').map(({ image: { repository }, types }) => [repository, types]));

  it('is listed in each by its type, signatures of cosign 2 included', async () => {
    fake.copy(REPOSITORY, PROMOTED, image.digest);
    attach({}, SBOM);
    attachUnderTag(built());
    const signature = fake.put(REPOSITORY, { schemaVersion: 2, layers: [] });
    fake.tag(REPOSITORY, `${image.digest.replace(':', '-')}.sig`, signature.digest);

    const facts = await promoted();

    expect(attachmentsIn(facts)).toEqual({
      [REPOSITORY]: ['application/vnd.dev.cosign.simplesigning.v1+json', 'application/vnd.dsse.envelope.v1+json', SBOM],
      [PROMOTED]: [],
    });
  });

  it('is found under its tag in the repository that the image was not read in', async () => {
    fake.copy(REPOSITORY, PROMOTED, image.digest);
    const attested = fake.put(PROMOTED, { schemaVersion: 2, layers: [] });
    fake.tag(PROMOTED, `${image.digest.replace(':', '-')}.att`, attested.digest);

    const facts = await promoted();

    expect(attachmentsIn(facts)).toEqual({ [REPOSITORY]: [], [PROMOTED]: ['application/vnd.dsse.envelope.v1+json'] });
  });

  it('is not listed where the repository does not hold the digest', async () => {
    fake.image(PROMOTED);
    fake.remove(PROMOTED, image.digest);

    expect(Object.keys(attachmentsIn(await promoted()))).toEqual([REPOSITORY]);
  });

  it('may not be listed: that is a gap, and no empty list', async () => {
    fake.copy(REPOSITORY, PROMOTED, image.digest);
    fake.reply(({ action, input }) => {
      return action === 'ListImageReferrers' && input['repositoryName'] === PROMOTED ? refusedBy('ThrottlingException') : undefined;
    });

    const facts = await promoted();

    expect(Object.keys(attachmentsIn(facts))).toEqual([REPOSITORY]);
    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'build', because: 'rate-limited', scope: { repository: PROMOTED } }]);
  });
});
