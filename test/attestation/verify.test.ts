import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readRoot } from '../../src/attestation/trusted-root.ts';
import { VERIFIER, verifyAttestation } from '../../src/attestation/verify.ts';

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));
const PUBLIC_GOOD = readRoot(fixture('attestations/public-good.trusted-root.json'));
const OF_GITHUB = readRoot(fixture('attestations/github.trusted-root.json'));
const ACTIONS = 'https://token.actions.githubusercontent.com';
const PUBLISH = 'https://github.com/npm/attestation/tree/main/specs/publish/v0.1';
const SIGSTORE_JS = 'https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main';

type Accepted = Readonly<{ for: string; issuer: string; identity: string }>;
const verify = (bytes: Uint8Array, accepted: Accepted, roots = [PUBLIC_GOOD, OF_GITHUB]) =>
  verifyAttestation(bytes, { roots, identities: [{ ...accepted, for: [accepted.for] }], keys: [] });
const linesOf = (name: string) =>
  name.endsWith('.jsonl')
    ? fixture(name)
        .toString()
        .trim()
        .split('\n')
        .map((line) => Buffer.from(line))
    : [fixture(name)];

const OF_A_PERSON: Accepted = { for: PUBLISH, issuer: 'https://github.com/login/oauth', identity: 'brian@dehamer.com' };
const OF_NPM: Accepted = { for: 'provenance', issuer: ACTIONS, identity: SIGSTORE_JS };
const BUILDER =
  'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/builder_container-based_slsa3.yml@refs/tags/v1.7.0';

describe('a sample', () => {
  it.each([
    ...['v0.1-dsse-no-proof', 'v0.1-dsse-with-proof', 'v0.1-full-cert-chain', 'v0.1-intoto-no-proof', 'v0.1-intoto-with-proof'].map(ofNpm),
    ...['v0.2-dsse', 'v0.2-intoto', 'v0.3-dsse', 'v0.3-intoto'].map(ofNpm),
    ['attestations/npm-v0.1.sigstore.json', OF_NPM, 'sigstore/sigstore-js'],
    ['attestations/npm-v0.3.sigstore.json', OF_NPM, 'sigstore/sigstore-js'],
    ['records/sigstore-two-bundles-npm.jsonl', OF_NPM, 'sigstore/sigstore-js'],
    [
      'attestations/slsa-container-based-v0.1.sigstore.json',
      { for: 'provenance', issuer: ACTIONS, identity: BUILDER },
      'slsa-framework/example-package',
    ],
    [
      'attestations/github-wheel.sigstore.json',
      {
        for: 'provenance',
        issuer: ACTIONS,
        identity: 'https://github.com/actions/attest-demo/.github/workflows/build-python.yml@refs/heads/main',
      },
      'actions/attest-demo',
    ],
    [
      'attestations/github-release.sigstore.json',
      { for: 'https://in-toto.io/attestation/release/v0.2', issuer: 'none', identity: 'https://dotcom.releases.github.com' },
      undefined,
    ],
    [
      'attestations/github-v1.sigstore.json',
      {
        for: 'provenance',
        issuer: `${ACTIONS}/hammer-time`,
        identity: 'https://github.com/too-legit/attest/.github/workflows/integration.yml@refs/heads/main',
      },
      'too-legit/attest',
    ],
    [
      'records/sigstore-bundle-python-wheel.json',
      {
        for: 'provenance',
        issuer: ACTIONS,
        identity:
          'https://github.com/github/artifact-attestations-workflows/.github/workflows/attest.yml@09b495c3f12c7881b3cc17209a327792065c1a1d',
      },
      'malancas/attest-demo',
    ],
  ] as readonly (readonly [string, Accepted, string | undefined])[])('%s is verified', (name, accepted, repository) => {
    const signers = linesOf(name).map((bytes) => verify(bytes, accepted).signer);

    for (const { identity, ...said } of signers) expect([identity, said.repository]).toEqual([accepted.identity, repository]);
  });

  it.each([
    ['attestations/github-v1.sigstore.json', 'untrusted', 'hammer-time), and accepted'],
    ['attestations/github-wheel-without-certificate.sigstore.json', 'malformed', 'encloses none'],
    ['attestations/github-wheel-without-material.sigstore.json', 'malformed', 'verificationMaterial'],
    ['records/sigstore-bundle-hello-world.json', 'unsupported', 'text/plain'],
    ['attestations/slsa-generator-v0.2.dsse.json', 'untrusted', 'no key that is accepted'],
    ['attestations/gcb-v0.1.dsse.json', 'malformed', 'signatures'],
    ['attestations/npm-publish.statement.json', 'malformed', 'no envelope'],
    ['attestations/buildkit-v1.statement.json', 'malformed', 'no envelope'],
  ])('%s is rejected under the default issuer of GitHub', (name, because, says) => {
    const identity = 'https://github.com/too-legit/attest/.github/workflows/integration.yml@refs/heads/main';

    const verifying = () => verify(fixture(name), { for: 'provenance', issuer: ACTIONS, identity });

    expect(verifying).toThrow(expect.objectContaining({ because, message: expect.stringContaining(says) }));
  });

  it.each([
    ['attestations/github-wheel.sigstore.json', PUBLIC_GOOD],
    ['attestations/npm-v0.3.sigstore.json', OF_GITHUB],
  ])('%s leads to its own root and to no other', (name, root) => {
    const verifying = () => verify(fixture(name), OF_NPM, [root]);

    expect(verifying).toThrow(expect.objectContaining({ because: 'untrusted', message: expect.stringContaining('does not verify') }));
  });

  it('tells the commit, the run, the time and the root, of which no word is taken from the statement', () => {
    const { signer } = verify(fixture('attestations/npm-v0.3.sigstore.json'), OF_NPM);

    expect(signer).toMatchObject({
      issuer: ACTIONS,
      commit: '26d16513386ffaa790b1c32f927544f1322e4194',
      ref: 'refs/heads/main',
      workflow: '.github/workflows/release.yml',
      run: { repository: 'sigstore/sigstore-js', id: '6014488666', attempt: 1 },
      runner: 'github-hosted',
      trigger: 'push',
      signedAt: '2023-08-29T15:40:23.000Z',
      root: PUBLIC_GOOD.digest,
    });
  });
});

describe('what verifies', () => {
  it('is named as it is installed', () => {
    const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

    expect(VERIFIER).toBe(`@sigstore/verify ${dependencies['@sigstore/verify']}`);
  });
});

function ofNpm(version: string): readonly [string, Accepted, undefined] {
  return [`attestations/npm-publish-${version}.sigstore.json`, OF_A_PERSON, undefined];
}
