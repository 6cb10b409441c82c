import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Root, readRoot } from '../../src/attestation/trusted-root.ts';
import { type Verified, verifyAttestation } from '../../src/attestation/verify.ts';

const FOLDER = new URL('../../fixtures/attestations/conformance/', import.meta.url);
const ISSUER = 'https://token.actions.githubusercontent.com';
const IDENTITY =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main';

const read = (name: string) => readFileSync(new URL(name, FOLDER));
const CASES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.sigstore.json') && !name.startsWith('happy-path-v0.3'))
  .map((name) => name.slice(0, -'.sigstore.json'.length));

function rootOf(name: string): Root {
  if (name.startsWith('rekor2')) return readRoot(read('rekor2.trusted-root.json'));
  if (name.startsWith('intoto')) return readRoot(read('custom.trusted-root.json'));
  return readRoot(read('../public-good.trusted-root.json'));
}

const verify = (name: string): Verified =>
  verifyAttestation(read(`${name}.sigstore.json`), {
    roots: [rootOf(name)],
    identities: [{ for: ['provenance'], issuer: ISSUER, identity: IDENTITY }],
    keys: [],
  });

describe('S33 of the cases that all verifiers agree on', () => {
  const [rejected, verified] = [CASES.filter((name) => name.endsWith('_fail')), CASES.filter((name) => !name.endsWith('_fail'))];

  it('there are fourteen about statements', () => {
    expect([rejected.length, verified.length]).toEqual([11, 3]);
  });

  it.each(verified)('%s is verified', (name) => {
    expect(verify(name)).toMatchObject({ statement: { predicateType: 'https://slsa.dev/provenance/v1' }, signer: { identity: IDENTITY } });
  });

  it.each(rejected)('%s is rejected', (name) => {
    expect(() => verify(name)).toThrow(expect.objectContaining({ because: expect.stringMatching(/^(?:untrusted|malformed)$/) }));
  });

  it('a good signature of a file is no attestation', () => {
    expect(() => verify('happy-path-v0.3')).toThrow(expect.objectContaining({ because: 'malformed' }));
  });

  it('a root whose log has no beginning is refused before anything is verified by it', () => {
    const reading = () => readRoot(read('tlog-without-start.trusted-root.json'));

    expect(reading).toThrow(expect.objectContaining({ because: 'malformed', message: expect.stringContaining('validFor.start') }));
  });
});
