import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { readRoot } from '../../src/attestation/trusted-root.ts';
import { verifyAttestation } from '../../src/attestation/verify.ts';
import { AuditError } from '../../src/error.ts';
import { ISSUER, RELEASE, startSigstore } from '../fakes/sigstore.ts';

const PLACES = 150;
const statement = JSON.stringify({
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'ghcr.io/acme/payments', digest: { sha256: '7'.repeat(64) } }],
  predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
  predicate: { result: 'PASSED' },
});

it('a bundle of which one character was changed, anywhere, is rejected, or says and is signed as before', async () => {
  const sigstore = await startSigstore();
  const written = JSON.stringify(await sigstore.sign({ data: statement, witness: 'both' }));
  await sigstore.close();
  const trust = {
    roots: [readRoot(Buffer.from(JSON.stringify(sigstore.trustedRoot)))],
    identities: [{ for: ['test-result'], issuer: ISSUER, identity: RELEASE }],
    keys: [],
  };
  const verify = (text: string) => verifyAttestation(Buffer.from(text), trust);
  const before = verify(written);

  const others = Array.from({ length: PLACES }, (_, nth) => Math.floor((nth * written.length) / PLACES)).filter((at) => {
    const changed = `${written.slice(0, at)}${written[at] === 'A' ? 'B' : 'A'}${written.slice(at + 1)}`;
    try {
      return !isDeepStrictEqual(verify(changed), before);
    } catch (error) {
      return !(error instanceof AuditError && error.because !== undefined);
    }
  });

  expect(others).toEqual([]);
});
