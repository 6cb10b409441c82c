import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import { sha256 } from '../../src/domain/identify.ts';
import { type Descriptor, type FakeRegistry, lookUp, OCI_MANIFEST, sendJson, startRegistry } from '../fakes/registry.ts';
import { type Bundle, COMMIT, ISSUER, RELEASE, type Sigstore, startSigstore } from '../fakes/sigstore.ts';

const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const TEST_RESULT = 'https://in-toto.io/attestation/test-result/v0.1';
const SLSA = 'https://slsa.dev/provenance/v1';
const REPOSITORY = 'acme/payments';

let sigstore: Sigstore;
let registry: FakeRegistry;
let image: Descriptor;
let trust: object;

beforeAll(async () => {
  sigstore = await startSigstore();
  const root = path.join(mkdtempSync(path.join(tmpdir(), 'selfsame-oci-trust-')), 'trusted_root.json');
  writeFileSync(root, JSON.stringify(sigstore.trustedRoot));
  trust = { roots: [root], accept: [{ for: ['provenance', 'test-result'], issuer: ISSUER, identity: RELEASE }] };
});

beforeEach(async () => {
  registry = await startRegistry();
  image = registry.image(REPOSITORY);
});

afterEach(() => registry.stop());
afterAll(() => sigstore.close());

const statement = (predicateType: string, predicate: object, of = image.digest) =>
  JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: REPOSITORY, digest: { sha256: of.slice('sha256:'.length) } }],
    predicateType,
    predicate,
  });
const built = (gitCommit = COMMIT) =>
  statement(SLSA, {
    buildDefinition: {
      buildType: 'make',
      resolvedDependencies: [{ uri: 'git+https://github.com/acme/payments@refs/heads/main', digest: { gitCommit } }],
    },
    runDetails: {},
  });
const passed = () => statement(TEST_RESULT, { result: 'PASSED', configuration: [{ name: 'e2e' }] });

/** Attaches bundles to the image as cosign does: one manifest each, which the referrers API lists. */
function attach(...bundles: readonly (readonly [Bundle, string, string?])[]): void {
  const manifests = bundles.map(([bundle, predicateType, created]) => {
    const blob = registry.put(REPOSITORY, JSON.stringify(bundle), 'application/octet-stream');
    const layers = [{ ...blob, mediaType: BUNDLE }];
    const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, artifactType: BUNDLE, subject: { digest: image.digest }, layers };
    const annotations = {
      'dev.sigstore.bundle.predicateType': predicateType,
      ...(created ? { 'org.opencontainers.image.created': created } : {}),
    };
    return { ...registry.put(REPOSITORY, JSON.stringify(manifest), OCI_MANIFEST), artifactType: BUNDLE, annotations };
  });
  registry.reply((request, response) => {
    if (request.url?.includes(`/referrers/${image.digest}`)) return sendJson(response, 200, { schemaVersion: 2, manifests });
    return false;
  });
}

/** Attaches an envelope as cosign 2 does: under a tag made of the digest, its certificate and the log's promise as annotations. */
function attachInPieces({ dsseEnvelope, verificationMaterial: { certificate, tlogEntries: [entry] = [] } }: Bundle): void {
  const { logIndex, logId, integratedTime, canonicalizedBody: body, inclusionPromise } = entry!;
  const promise = {
    SignedEntryTimestamp: inclusionPromise?.signedEntryTimestamp,
    Payload: {
      body,
      integratedTime: Number(integratedTime),
      logIndex: Number(logIndex),
      logID: Buffer.from(logId.keyId, 'base64').toString('hex'),
    },
  };
  const annotations = {
    'dev.sigstore.cosign/certificate': `-----BEGIN CERTIFICATE-----\n${certificate?.rawBytes}\n-----END CERTIFICATE-----\n`,
    'dev.sigstore.cosign/bundle': JSON.stringify(promise),
    predicateType: SLSA,
  };
  const blob = registry.put(REPOSITORY, JSON.stringify(dsseEnvelope), 'application/octet-stream');
  const layers = [{ ...blob, mediaType: 'application/vnd.dsse.envelope.v1+json', annotations }];
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, layers };
  registry.put(REPOSITORY, JSON.stringify(manifest), OCI_MANIFEST, `${image.digest.replace(':', '-')}.att`);
}

const look = (config: object = {}) => lookUp(registry, { digests: { [image.digest]: [REPOSITORY] } }, { referrers: 'true', ...config });
const ofKind = <K extends Seen['kind']>(facts: readonly Seen[], kind: K) =>
  facts.filter((fact): fact is Extract<Seen, { kind: K }> => fact.kind === kind);
const withOneByteChanged = (bundle: Bundle): Bundle => {
  const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString().replace('"make"', '"cake"');
  return { ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload: Buffer.from(payload).toString('base64') } };
};

describe('a bundle that hangs on an image', () => {
  it('is a verified build where its signer is accepted, with the run of the certificate', async () => {
    attach([await sigstore.sign({ data: built() }), SLSA]);

    const facts = await look({ trust });

    expect(ofKind(facts, 'build')).toMatchObject([
      {
        trust: 'verified',
        at: sigstore.signedAt.toISOString(),
        source: { repository: 'acme/payments', commit: COMMIT },
        run: { id: '41', attempt: 2 },
        outputs: [{ digest: image.digest }],
        signature: { by: RELEASE, verifier: '@sigstore/verify 4.1.3' },
      },
    ]);
    expect(ofKind(facts, 'gap')).toEqual([]);
  });

  it('is a verified test where its signer is accepted for it', async () => {
    attach([await sigstore.sign({ data: passed() }), TEST_RESULT]);

    expect(ofKind(await look({ trust }), 'test')).toMatchObject([
      {
        trust: 'verified',
        gate: 'e2e',
        result: 'passed',
        subject: { digest: image.digest },
        run: { id: '41' },
        signature: { by: RELEASE },
      },
    ]);
  });

  it('is a verified gate where it is a summary of a verifier and a policy that are named, and is not asked for where none is', async () => {
    const type = 'https://slsa.dev/verification_summary/v1';
    const [id, uri] = ['https://acme.test/verifier', 'https://acme.test/policies/release'];
    const said = { verifier: { id }, policy: { uri }, resourceUri: REPOSITORY, verificationResult: 'FAILED', verifiedLevels: ['FAILED'] };
    attach([await sigstore.sign({ data: statement(type, said) }), type]);
    const named = { for: ['verification'], issuer: ISSUER, identity: RELEASE, verifier: id, policies: [uri], resources: ['acme/*'] };

    const tests = [await look({ trust: { ...trust, accept: [named] } }), await look({ trust })].map((facts) => ofKind(facts, 'test'));

    expect(tests).toMatchObject([[{ gate: uri, result: 'failed', trust: 'verified', subject: { digest: image.digest } }], []]);
  });

  it('S39 is not fetched where it lists parts, however large it is', async () => {
    const type = 'https://spdx.dev/Document/v2.3';
    attach(
      [await sigstore.sign({ data: statement(type, { packages: ['c'.repeat(1 << 20)] }) }), type],
      [await sigstore.sign({ data: built() }), SLSA],
    );

    const facts = await look({ trust });

    expect(ofKind(facts, 'build')).toMatchObject([{ trust: 'verified' }]);
    expect(registry.requests.filter(({ path }) => path.includes('/blobs/'))).toHaveLength(2);
  });

  it('S39 is one of very many: a hundred are read, and that there are more leaves builds open', async () => {
    const good = await sigstore.sign({ data: built() });
    attach(...Array.from({ length: 150 }, (_, nth) => [{ ...good, nth } as Bundle, SLSA] as const));

    const facts = await look();

    expect(registry.requests.filter(({ path }) => path.includes('/blobs/')).length).toBeLessThan(110);
    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'build', because: 'too-large' }]);
  });

  it.each([true, false])('S39 is read among very many others where it is the newest of them: %s', async (isNewest) => {
    const [good, other] = [await sigstore.sign({ data: built() }), await sigstore.sign({ data: built('decaf'.padEnd(40, '0')) })];
    const days = Array.from({ length: 150 }, (_, nth) => new Date(Date.UTC(2026, 0, 1 + nth)).toISOString());
    const at = isNewest ? days.length - 1 : 0;
    attach(...days.map((day, nth) => [{ ...(nth === at ? good : other), nth } as Bundle, SLSA, day] as const));

    const builds = ofKind(await look(), 'build');

    expect(builds.some(({ source }) => source?.commit === COMMIT)).toBe(isNewest);
    expect(builds).toHaveLength(100);
  });

  it('is verified where cosign 2 attached it in pieces, and kept with all of them: its envelope alone verifies for nobody', async () => {
    const bundle = await sigstore.sign({ data: built() });
    attachInPieces(bundle);

    const builds = ofKind(await look({ trust }), 'build');

    expect(builds).toMatchObject([{ trust: 'verified', signature: { by: RELEASE } }]);
    expect(builds[0]?.bytes).not.toBe(`sha256:${sha256(JSON.stringify(bundle.dsseEnvelope))}`);
  });

  it('is a claim of a build, and no test, where nobody is accepted: whoever may push could have signed it', async () => {
    attach([await sigstore.sign({ data: built() }), SLSA], [await sigstore.sign({ data: passed() }), TEST_RESULT]);

    const facts = [
      ...(await look()),
      ...(await look({ trust: { ...trust, accept: [{ for: ['https://spdx.dev/Document/v2.3'], issuer: ISSUER, identity: RELEASE }] } })),
    ];

    expect(ofKind(facts, 'build')).toMatchObject([{ trust: 'declared' }, { trust: 'declared' }]);
    expect(ofKind(facts, 'test')).toEqual([]);
    expect(ofKind(facts, 'gap')).toEqual([]);
  });

  it.each([true, false])('of which one byte was changed is a gap and no build, whoever is accepted or nobody', async (isTrusting) => {
    attach([withOneByteChanged(await sigstore.sign({ data: built() })), SLSA]);

    const facts = await look(isTrusting ? { trust } : {});

    expect(ofKind(facts, 'build')).toEqual([]);
    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'build', because: 'untrusted', hint: expect.stringContaining('was changed since') }]);
  });

  it('of somebody else is a gap that names both, and leaves the one that is accepted alone', async () => {
    const identity = RELEASE.replace('acme', 'mallory');
    attach([await sigstore.sign({ data: passed(), identity }), TEST_RESULT], [await sigstore.sign({ data: passed() }), TEST_RESULT]);

    const facts = await look({ trust });

    expect(ofKind(facts, 'test')).toMatchObject([{ signature: { by: RELEASE } }]);
    expect(ofKind(facts, 'gap')).toMatchObject([
      {
        of: 'test',
        because: 'untrusted',
        scope: { repository: REPOSITORY },
        hint: expect.stringContaining(`is signed by ${identity} (issuer ${ISSUER}), and accepted for test-result is ${RELEASE}`),
      },
    ]);
  });

  it('whose statement contradicts its certificate is a gap', async () => {
    attach([await sigstore.sign({ data: built('f'.repeat(40)) }), SLSA]);

    const facts = await look({ trust });

    expect(ofKind(facts, 'build')).toEqual([]);
    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'build', because: 'untrusted', hint: expect.stringContaining('names the commit') }]);
  });

  it('of something that is neither a build nor a test is asked of nobody', async () => {
    const sbom = statement('https://spdx.dev/Document/v2.3', {});
    attach([await sigstore.sign({ data: sbom, identity: 'https://scanner.test' }), SLSA]);

    expect(ofKind(await look({ trust }), 'gap')).toEqual([]);
  });

  it('that passed, and lists that nothing ran, is a gap (C06)', async () => {
    attach([await sigstore.sign({ data: statement(TEST_RESULT, { result: 'PASSED', passedTests: [] }) }), TEST_RESULT]);

    expect(ofKind(await look({ trust }), 'gap')).toMatchObject([
      { of: 'test', because: 'malformed', hint: expect.stringContaining('no test ran') },
    ]);
  });
});
