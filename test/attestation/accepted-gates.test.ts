import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AcceptedIdentity } from '../../src/attestation/policy.ts';
import { TrustSettings } from '../../src/attestation/policy.ts';
import { type Root, readRoot } from '../../src/attestation/trusted-root.ts';
import { type Trust, type Verified, verifyAttestation } from '../../src/attestation/verify.ts';
import { ISSUER, RELEASE, type Sigstore, startSigstore } from '../fakes/sigstore.ts';

const SUMMARY = 'https://slsa.dev/verification_summary/v1';
const SIMPLE = 'https://in-toto.io/attestation/svr/v0.2';
const VERIFIER = 'https://acme.test/verifier';
const POLICY = 'https://acme.test/policies/release';
const ACCEPTED: AcceptedIdentity = {
  for: ['verification'],
  issuer: ISSUER,
  identity: RELEASE,
  verifier: VERIFIER,
  policies: [POLICY, 'ACME_RELEASED'],
  resources: ['ghcr.io/acme/*'],
};
const statement = (predicateType: string, predicate: object) =>
  JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'payments', digest: { sha256: '7'.repeat(64) } }],
    predicateType,
    predicate,
  });
const summary = (changed: object = {}) =>
  statement(SUMMARY, {
    verifier: { id: VERIFIER },
    timeVerified: '2026-03-02T09:00:00Z',
    resourceUri: 'ghcr.io/acme/payments:1.4',
    policy: { uri: POLICY },
    verificationResult: 'PASSED',
    verifiedLevels: ['SLSA_BUILD_LEVEL_3'],
    ...changed,
  });
const simple = (changed: object = {}) =>
  statement(SIMPLE, {
    verifier: { id: VERIFIER, policies: [] },
    timeCreated: '2026-03-02T09:00:00Z',
    properties: ['SLSA_BUILD_LEVEL_3', 'ACME_RELEASED'],
    ...changed,
  });

let sigstore: Sigstore;
let root: Root;

beforeAll(async () => {
  sigstore = await startSigstore();
  root = readRoot(Buffer.from(JSON.stringify(sigstore.trustedRoot)));
});

afterAll(() => sigstore.close());

async function verify(data: string, trust: Partial<Trust> = {}): Promise<Verified> {
  const bundle = await sigstore.sign({ data });
  return verifyAttestation(Buffer.from(JSON.stringify(bundle)), { roots: [root], identities: [ACCEPTED], keys: [], ...trust });
}

describe('a verification', () => {
  it('of a verifier, a policy and a resource that are named counts for that policy', async () => {
    expect((await verify(summary())).gates).toEqual([POLICY]);
  });

  it('that lists what passed counts for what is named, and for nothing beside it', async () => {
    expect((await verify(simple())).gates).toEqual(['ACME_RELEASED']);
  });

  it('that lists nothing counts for nothing', async () => {
    expect((await verify(simple({ properties: [] }))).gates).toEqual([]);
  });

  it.each<[string, string, string]>([
    [
      'an unknown verifier',
      summary({ verifier: { id: 'https://mallory.test/verifier' } }),
      'its verifier is https://mallory.test/verifier',
    ],
    ['a verifier whose name begins alike', summary({ verifier: { id: `${VERIFIER}/v2` } }), 'its verifier is'],
    ['another resource', summary({ resourceUri: 'ghcr.io/mallory/payments' }), 'its resource is ghcr.io/mallory/payments'],
    [
      'another policy',
      summary({ policy: { uri: 'https://acme.test/policies/sandbox' } }),
      'its policy is https://acme.test/policies/sandbox',
    ],
    ['properties that nobody has named', simple({ properties: ['SLSA_BUILD_LEVEL_3'] }), 'its policy is SLSA_BUILD_LEVEL_3'],
  ])('S41 of %s is rejected, however well it is signed', async (_, data, says) => {
    await expect(verify(data)).rejects.toMatchObject({ because: 'untrusted', hint: expect.stringContaining(says) });
  });

  it('S41 by a key is rejected where its verifier is not the one that the key is for', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const bundle = await sigstore.signWithKey(summary(), privateKey, 'release');
    const held = { ...ACCEPTED, key: 'release.pub', keyId: 'release', publicKey };
    const verifying = (verifier: string) =>
      verifyAttestation(Buffer.from(JSON.stringify(bundle)), { roots: [root], identities: [], keys: [{ ...held, verifier }] });

    expect(verifying(VERIFIER).gates).toEqual([POLICY]);
    expect(() => verifying('https://acme.test/scanner')).toThrow(expect.objectContaining({ because: 'untrusted' }));
  });

  it('without a policy is none', async () => {
    await expect(verify(summary({ policy: {} }))).rejects.toMatchObject({
      because: 'malformed',
      message: expect.stringContaining('policy.uri'),
    });
  });

  it('may be accepted of one signer for two verifiers, each of its own policies', async () => {
    const scanner = { ...ACCEPTED, verifier: 'https://acme.test/scanner', policies: ['https://acme.test/policies/scan'] };
    const both = { identities: [scanner, ACCEPTED] };

    expect((await verify(summary(), both)).gates).toEqual([POLICY]);
    await expect(verify(summary({ policy: { uri: 'https://acme.test/policies/scan' } }), both)).rejects.toMatchObject({
      because: 'untrusted',
    });
  });
});

describe('who is accepted for verifications', () => {
  const accepted = (changed: object) => TrustSettings.safeParse({ roots: ['root.json'], accept: [{ ...ACCEPTED, ...changed }] });

  it('is named with his verifier, his policies and what they are about', () => {
    expect(accepted({}).success).toBe(true);
  });

  it('speaks of no resource where he lists only what passed', () => {
    expect(accepted({ for: [SIMPLE], resources: undefined }).success).toBe(true);
  });

  it.each<[string, object, string]>([
    ['a verifier', { verifier: undefined }, 'verifier'],
    ['policies', { policies: undefined }, 'policies'],
    ['resources', { resources: undefined }, 'resources'],
    ['a policy that is no pattern', { policies: ['https://acme.test/*'] }, 'letter by letter'],
    ['a kind that has a verifier', { for: ['test-result'] }, 'accepted for no verification'],
  ])('is refused without %s', (_, changed, says) => {
    expect(accepted(changed).error?.issues[0]?.message).toContain(says);
  });
});
