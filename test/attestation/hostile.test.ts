import { constants, createHash, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AcceptedIdentity } from '../../src/attestation/policy.ts';
import { type Root, readRoot } from '../../src/attestation/trusted-root.ts';
import { type Trust, verifyAttestation } from '../../src/attestation/verify.ts';
import { type Bundle, CLAIMS, ISSUER, RELEASE, type Signing, type Sigstore, startSigstore } from '../fakes/sigstore.ts';

const DIGEST = '7'.repeat(64);
const TEST_RESULT = 'https://in-toto.io/attestation/test-result/v0.1';
const statement = (changed: object = {}) =>
  JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'ghcr.io/acme/payments', digest: { sha256: DIGEST } }],
    predicateType: TEST_RESULT,
    predicate: { result: 'PASSED' },
    ...changed,
  });
const ACCEPTED: AcceptedIdentity = { for: ['test-result'], issuer: ISSUER, identity: RELEASE };
const encode = (text: string | Uint8Array) => Buffer.from(text).toString('base64');

let sigstore: Sigstore;
let root: Root;
let good: Bundle;
let other: Bundle;

beforeAll(async () => {
  sigstore = await startSigstore();
  root = readRoot(Buffer.from(JSON.stringify(sigstore.trustedRoot)));
  good = await sigstore.sign({ data: statement(), witness: 'both' });
  other = await sigstore.sign({ data: statement({ predicate: { result: 'FAILED' } }) });
});

afterAll(() => sigstore.close());

const verify = (bundle: unknown, trust: Partial<Trust> = {}) =>
  verifyAttestation(Buffer.from(typeof bundle === 'string' ? bundle : JSON.stringify(bundle)), {
    roots: [root],
    identities: [ACCEPTED],
    keys: [],
    ...trust,
  });
const damaged = (damage: (bundle: Bundle) => unknown): unknown => {
  const copy = structuredClone(good);
  return damage(copy) ?? copy;
};

it('what is good is verified, in this table too', () => {
  expect(verify(good).statement.subjects).toEqual([`sha256:${DIGEST}`]);
});

type Damage = (bundle: Bundle) => unknown;
const change = (text: string) => (text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`);
const inside = (bundle: Bundle, of: (material: Bundle['verificationMaterial']) => void): void => {
  of(bundle.verificationMaterial);
};
const nameOf =
  (name: string): Damage =>
  (bundle) =>
    inside(bundle, ({ tlogEntries: [entry] = [] }) => {
      if (entry) entry.inclusionProof.checkpoint.envelope = entry.inclusionProof.checkpoint.envelope.replace(/— \S+/, `— ${name}`);
    });

describe('a damaged bundle', () => {
  it.each<[string, Damage, string]>([
    ['S01 whose subject was changed', (b) => void (b.dsseEnvelope.payload = encode(statement().replace('77', '78'))), 'untrusted'],
    ['S02 whose signature was changed', (b) => b.dsseEnvelope.signatures.forEach((one) => (one.sig = change(one.sig))), 'untrusted'],
    ['S03 whose payload is called text', (b) => void (b.dsseEnvelope.payloadType = 'text/plain'), 'unsupported'],
    ['S09 with junk among its base64', (b) => void (b.dsseEnvelope.payload = `*${b.dsseEnvelope.payload}`), 'malformed'],
    ['S10 with base64 that ends in bits of nobody', (b) => void (b.dsseEnvelope.payload = 'e31='), 'malformed'],
    ['S11 with a suffix to its media type', (b) => void (b.mediaType += '; charset=utf-8'), 'malformed'],
    ['S12 of a version that nobody has written', (b) => void (b.mediaType = 'application/vnd.dev.sigstore.bundle.v0.9+json'), 'malformed'],
    ['S13 with two signatures', (b) => void b.dsseEnvelope.signatures.push({ sig: encode('another') }), 'malformed'],
    ['S14 without a signature', (b) => void (b.dsseEnvelope.signatures = []), 'malformed'],
    ['S15 with one log entry twice', (b) => inside(b, (m) => m.tlogEntries?.push(...(m.tlogEntries ?? []))), 'untrusted'],
    [
      'S16 with one log entry twice, its copy without a time',
      (b) => inside(b, (m) => m.tlogEntries?.push(...m.tlogEntries.map((entry) => ({ ...entry, integratedTime: '0' })))),
      'untrusted',
    ],
    [
      'S17 whose log entry was dated back',
      (b) => inside(b, (m) => m.tlogEntries?.forEach((one) => (one.integratedTime = '1700000000'))),
      'untrusted',
    ],
    ['S18 with the log entry of another', (b) => inside(b, (m) => (m.tlogEntries = other.verificationMaterial.tlogEntries)), 'untrusted'],
    ['S19 that no log has taken in', (b) => inside(b, (m) => delete m.tlogEntries), 'untrusted'],
    ['S20 whose checkpoint is signed by a pattern', nameOf('(.*.*.*.*.*.*.*.*.*.*.*.*)x'), 'malformed'],
    ['S21 whose checkpoint is signed by nobody', nameOf(''), 'malformed'],
    ['S22 whose checkpoint has no end', nameOf('l'.repeat(1 << 20)), 'malformed'],
    ['S23 with the certificate of another', (b) => inside(b, (m) => (m.certificate = other.verificationMaterial.certificate)), 'untrusted'],
    ['S24 without a certificate', (b) => inside(b, (m) => delete m.certificate), 'malformed'],
    ['S25 with a certificate and a key', (b) => inside(b, (m) => (m.publicKey = { hint: 'release' })), 'malformed'],
    [
      'S26 whose certificate is cut',
      (b) => inside(b, (m) => (m.certificate = { rawBytes: (m.certificate?.rawBytes ?? '').slice(0, 400) })),
      'untrusted',
    ],
    ['S27 whose keys are spelt in another way', ({ dsseEnvelope, ...rest }) => ({ ...rest, dsse_envelope: dsseEnvelope }), 'malformed'],
    ['S28 that is nested without end', () => `${'['.repeat(5000)}${']'.repeat(5000)}`, 'too-large'],
    ['S29 that is cut', (b) => JSON.stringify(b).slice(0, -20), 'malformed'],
    ['S30 that is nothing', () => 'null', 'malformed'],
    ['S30 that is empty', () => '', 'malformed'],
    ['S31 that signs a file as well', (b) => ({ ...b, messageSignature: { signature: encode('x') } }), 'malformed'],
    [
      'S31 that is a statement as well, so that its own signature would be of something else',
      (b) => ({ ...b, _type: 'https://in-toto.io/Statement/v1' }),
      'malformed',
    ],
    ['S32 that holds one key twice', (b) => JSON.stringify(b).replace('"mediaType"', '"mediaType":"x","mediaType"'), 'malformed'],
    [
      'whose timestamp is none',
      (b) => inside(b, (m) => (m.timestampVerificationData = { rfc3161Timestamps: [{ signedTimestamp: encode('noon') }] })),
      'untrusted',
    ],
  ])('%s is rejected, whole and soon', (_, damage, because) => {
    const started = performance.now();

    const verifying = () => verify(damaged(damage));

    expect(verifying).toThrow(expect.objectContaining({ because }));
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('a time', () => {
  it('that a log gives without a promise is not believed: the timestamp beside it is', () => {
    const dated = damaged((bundle) =>
      inside(bundle, ({ tlogEntries: [entry] = [] }) => {
        if (entry) Object.assign(entry, { inclusionPromise: undefined, integratedTime: '1700000000' });
      }),
    );

    expect(verify(dated).signer.signedAt).toBe(sigstore.signedAt.toISOString());
  });

  it('that nobody vouches for is none', () => {
    const undated = damaged((bundle) =>
      inside(bundle, (material) => {
        delete material.timestampVerificationData;
        for (const entry of material.tlogEntries ?? []) delete entry.inclusionPromise;
      }),
    );

    expect(() => verify(undated)).toThrow(expect.objectContaining({ because: 'untrusted' }));
  });
});

describe('what somebody has signed who is accepted', () => {
  it.each<[string, Omit<Signing, 'data'> & { data?: string }, string]>([
    ['S04 is rejected where it is no statement', { data: statement(), type: 'text/plain' }, 'unsupported'],
    ['S05 is rejected where it is no JSON', { data: 'PASSED' }, 'malformed'],
    [
      'S06 is rejected where it says one key twice',
      { data: statement().replace('"predicate"', '"predicate":{},"predicate"') },
      'malformed',
    ],
    [
      'S07 is rejected where it is a statement of another type',
      { data: statement({ _type: 'https://in-toto.io/Statement/v9' }) },
      'unsupported',
    ],
    ['S08 is rejected where it speaks of nothing', { data: statement({ subject: [] }) }, 'malformed'],
    [
      'S34 is rejected where he is accepted for another',
      { data: statement({ predicateType: 'https://slsa.dev/provenance/v1' }) },
      'untrusted',
    ],
    [
      'is rejected where its certificate makes a claim twice',
      { again: { claim: 12, value: 'https://github.com/acme/other' } },
      'untrusted',
    ],
    ['is rejected where its certificate names two issuers', { claims: { ...CLAIMS, 1: 'https://issuer.test' } }, 'untrusted'],
    ['S19 is rejected where no log has taken it in', { witness: 'authority' }, 'untrusted'],
  ])('%s', async (_, signing, because) => {
    const bundle = await sigstore.sign({ data: statement(), ...signing });

    expect(() => verify(bundle)).toThrow(expect.objectContaining({ because }));
  });
});

describe('S34 a good signature of somebody else', () => {
  it.each<[string, string]>([
    ['of another workflow', RELEASE.replace('release', 'nightly')],
    ['of a branch', RELEASE.replace('main', 'main-2')],
    ['of a fork', RELEASE.replace('acme', 'mallory')],
    ['that a pattern would take for it', RELEASE.replace('github.com', 'githubXcom')],
    ['that holds it', `https://evil.test/?${RELEASE}`],
    ['that begins like it', `${RELEASE}.evil`],
  ])('%s is rejected, and the hint names both', async (_, identity) => {
    const bundle = await sigstore.sign({ data: statement(), identity });

    expect(() => verify(bundle)).toThrow(
      expect.objectContaining({
        because: 'untrusted',
        hint: expect.stringContaining(`signed by ${identity} (issuer ${ISSUER}), and accepted for test-result is ${RELEASE} (issuer`),
      }),
    );
  });

  it.each<[string, Partial<AcceptedIdentity>, string]>([
    ['of another issuer', { issuer: 'https://issuer.test' }, 'issuer https://issuer.test'],
    ['of a longer issuer', { issuer: ISSUER.slice(0, -1) }, 'is signed by'],
    ['of another repository', { repository: 'acme/ledger' }, 'repository is acme/payments and not acme/ledger'],
    ['of another workflow', { workflow: '.github/workflows/nightly.yml' }, 'workflow is .github/workflows/release.yml'],
    ['S37 of a runner that is not accepted', { runner: 'self-hosted' }, 'runner is github-hosted and not self-hosted'],
    ['S37 of a trigger that is not accepted', { triggers: ['release', 'schedule'] }, 'trigger is push and not release or schedule'],
    ['that is accepted for something else', { for: ['provenance'] }, 'accepted for test-result is nobody'],
  ])('%s is rejected', (_, changed, says) => {
    const verifying = () => verify(good, { identities: [{ ...ACCEPTED, ...changed }] });

    expect(verifying).toThrow(expect.objectContaining({ because: 'untrusted', message: expect.stringContaining(says) }));
  });

  const BY_TAG = { ...ACCEPTED, identity: 'https://github.com/acme/payments/.github/workflows/release.yml', refs: ['refs/tags/v*'] };

  it.each<[string, string, string | undefined, boolean]>([
    ['of a tag', 'refs/tags/v1.4', 'refs/tags/v1.4', true],
    ['of another tag', 'refs/tags/nightly', 'refs/tags/nightly', false],
    ['of a branch', 'refs/heads/main', 'refs/heads/main', false],
    ['of a branch that is called a tag', 'refs/heads/main', 'refs/tags/v1.4', false],
    ['of a tag that its issuer does not claim', 'refs/tags/v1.4', undefined, false],
    ['of a longer name', 'refs/tags/v1.4.evil', 'refs/tags/v1.4', false],
  ])('that is accepted by its ref, %s', async (_, named, claimed, isAccepted) => {
    const others = Object.fromEntries(Object.entries(CLAIMS).filter(([claim]) => claim !== '14'));
    const signing = { identity: `${BY_TAG.identity}@${named}`, claims: claimed ? { ...others, 14: claimed } : others };

    const bundle = await sigstore.sign({ data: statement(), ...signing });

    const verifying = () => verify(bundle, { identities: [BY_TAG] }).signer.ref;
    if (isAccepted) expect(verifying()).toBe(claimed);
    else expect(verifying).toThrow(expect.objectContaining({ because: 'untrusted' }));
  });

  it('is rejected where nobody is accepted, and where there is no root', () => {
    for (const trust of [{ identities: [] }, { roots: [] }])
      expect(() => verify(good, trust)).toThrow(expect.objectContaining({ because: 'untrusted' }));
  });
});

describe('S38 a trusted root', () => {
  type Written = {
    tlogs: { publicKey: { validFor?: object } }[];
    certificateAuthorities: { validFor?: object }[];
    timestampAuthorities: object[];
  };
  // The fake writes it so.
  const written = () => structuredClone(sigstore.trustedRoot) as Written;

  it.each<[string, (root: Written) => unknown]>([
    ['without a beginning of its log', (of) => of.tlogs.forEach((log) => delete log.publicKey.validFor)],
    ['without a beginning of its authority', (of) => of.certificateAuthorities.forEach((one) => (one.validFor = {}))],
    ['without an authority', (of) => (of.certificateAuthorities = [])],
    ['that can date nothing', (of) => [(of.tlogs = []), (of.timestampAuthorities = [])]],
  ])('%s is none', (_, damage) => {
    const damagedRoot = written();
    damage(damagedRoot);

    expect(() => readRoot(Buffer.from(JSON.stringify(damagedRoot)))).toThrow(expect.objectContaining({ because: 'malformed' }));
  });

  it('whose authority had ended before the signature proves nothing', () => {
    const ended = written();
    for (const one of ended.certificateAuthorities) one.validFor = { start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' };

    const verifying = () => verify(good, { roots: [readRoot(Buffer.from(JSON.stringify(ended)))] });

    expect(verifying).toThrow(expect.objectContaining({ because: 'untrusted' }));
  });

  it('of somebody else proves nothing', async () => {
    const elsewhere = await startSigstore();
    await elsewhere.close();

    const verifying = () => verify(good, { roots: [readRoot(Buffer.from(JSON.stringify(elsewhere.trustedRoot)))] });

    expect(verifying).toThrow(expect.objectContaining({ because: 'untrusted' }));
  });
});

describe('a signature by a key', () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const held = { key: 'release.pub', keyId: 'release', for: ['test-result'], publicKey: pair.publicKey };
  const keys = (changed: object = {}): Partial<Trust> => ({ keys: [{ ...held, ...changed }] });
  const encoded = (payload: string) => Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${Buffer.byteLength(payload)} ${payload}`);
  const envelope = (sig: Uint8Array, changed: object = {}) => ({
    payload: encode(statement()),
    payloadType: 'application/vnd.in-toto+json',
    signatures: [{ sig: encode(sig) }],
    ...changed,
  });
  const signed = () => envelope(sign('sha256', encoded(statement()), pair.privateKey));

  it('in a bundle is verified where that key is given, and dated by the authority', async () => {
    const bundle = await sigstore.signWithKey(statement(), pair.privateKey, 'release');

    expect(verify(bundle, keys()).signer).toMatchObject({ identity: 'key release.pub', signedAt: sigstore.signedAt.toISOString() });
  });

  it.each<[string, Partial<Trust>, Damage]>([
    ['S32 whose signature names another key', keys(), (b) => b.dsseEnvelope.signatures.forEach((one) => (one.keyid = 'nightly'))],
    ['that is not given', {}, () => undefined],
    ['of another name', keys({ keyId: 'nightly' }), () => undefined],
    ['that is accepted for something else', keys({ for: ['provenance'] }), () => undefined],
    ['S01 of something else', keys(), (b) => void (b.dsseEnvelope.payload = encode(statement().replace('77', '78')))],
  ])('in a bundle, %s, is rejected', async (_, trust, damage) => {
    const bundle = await sigstore.signWithKey(statement(), pair.privateKey, 'release');
    damage(bundle);

    expect(() => verify(bundle, trust)).toThrow(expect.objectContaining({ because: 'untrusted' }));
  });

  it.each([
    { until: '2026-01-01T00:00:00Z' },
    { from: '2100-01-01T00:00:00Z' },
  ])('S43 made outside of the time of its key is rejected: %j', async (time) => {
    const bundle = await sigstore.signWithKey(statement(), pair.privateKey, 'release');

    expect(() => verify(bundle, keys(time))).toThrow(
      expect.objectContaining({ because: 'untrusted', message: expect.stringContaining('not accepted any more, or not yet') }),
    );
  });

  it('S43 is not within any time where nobody vouches for when it was made', () => {
    const verifying = () => verify(signed(), keys({ from: '2020-01-01T00:00:00Z' }));

    expect(verifying).toThrow(expect.objectContaining({ because: 'untrusted', hint: expect.stringContaining('Nobody vouches for when') }));
  });

  it('in an envelope is verified, undated', () => {
    expect(verify(signed(), keys()).signer).toMatchObject({ identity: 'key release.pub', signedAt: undefined, root: undefined });
  });

  it.each([
    ['in two bare numbers', 'ec', { namedCurve: 'prime256v1' }, 'sha256', 'ieee-p1363'],
    ['of P-384', 'ec', { namedCurve: 'secp384r1' }, 'sha384', 'der'],
    ['of Ed25519', 'ed25519', {}, null, 'der'],
    ['of RSA', 'rsa', { modulusLength: 2048 }, 'sha256', 'der'],
  ] as const)('S42 may be %s', (_, type, options, hash, dsaEncoding) => {
    // The four kinds of keys have no overload in common.
    const { publicKey, privateKey } = generateKeyPairSync(type as 'ec', options as { namedCurve: string });

    const bundle = envelope(sign(hash, encoded(statement()), { key: privateKey, dsaEncoding }));

    expect(verify(bundle, keys({ publicKey })).statement.predicateType).toBe(TEST_RESULT);
  });

  // Sigstore's list of algorithms names RSA-PSS and Ed25519ph too (sigstore_common.proto, PublicKeyDetails, 2026): neither is brought, and neither proves anything.
  const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

  it.each([
    ['RSA-PSS by a key of RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 }), 'sha256', PSS],
    ['RSA-PSS by a key for nothing else', () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }), 'sha256', PSS],
    ['Ed448', () => generateKeyPairSync('ed448'), null, {}],
  ] as const)('S42 of %s is rejected', (_, pairOf, hash, options) => {
    const { publicKey, privateKey } = pairOf();

    const bundle = envelope(sign(hash, encoded(statement()), { key: privateKey, ...options }));

    expect(() => verify(bundle, keys({ publicKey }))).toThrow(expect.objectContaining({ because: 'untrusted' }));
  });

  it('S42 of Ed25519 over a hash in place of the text is rejected', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');

    const bundle = envelope(sign(null, createHash('sha512').update(encoded(statement())).digest(), privateKey));

    expect(() => verify(bundle, keys({ publicKey }))).toThrow(expect.objectContaining({ because: 'untrusted' }));
  });

  it('S42 of a kind that nobody here can check is rejected', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });

    const bundle = envelope(sign('sha256', encoded(statement()), privateKey));

    expect(() => verify(bundle, keys({ publicKey }))).toThrow(expect.objectContaining({ because: 'untrusted' }));
  });

  it.each<[string, object]>([
    ['S01 of something else', { payload: encode(statement().replace('77', '78')) }],
    ['S09 with junk among its base64', { payload: ` ${encode(statement())}` }],
    ['S14 without a signature', { signatures: [] }],
    ['S13 with two signatures', { signatures: [{ sig: encode('a') }, { sig: encode('b') }] }],
    ['S03 of what is no statement', { payloadType: 'text/plain' }],
  ])('in an envelope, %s, is rejected', (_, changed) => {
    const verifying = () => verify({ ...signed(), ...changed }, keys());

    expect(verifying).toThrow(expect.objectContaining({ because: expect.stringMatching(/^(?:untrusted|malformed|unsupported)$/) }));
  });
});
