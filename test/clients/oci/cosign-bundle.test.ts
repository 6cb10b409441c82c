import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { attest } from '../../../src/attestation/attest.ts';
import { readRoot } from '../../../src/attestation/trusted-root.ts';
import { VERIFIER, verifyAttestation } from '../../../src/attestation/verify.ts';
import { bundled } from '../../../src/clients/oci/cosign-bundle.ts';

const fixture = (name: string) => readFileSync(new URL(`../../../fixtures/attestations/${name}`, import.meta.url));
const envelope = fixture('slsa-generator-v0.2.dsse.json');
const [{ annotations }] = JSON.parse(fixture('slsa-generator-v0.2.cosign-manifest.json').toString()).layers as [
  { annotations: Record<string, string> },
];
const GENERATOR =
  'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@refs/tags/v2.1.0';
const trust = {
  roots: [readRoot(fixture('public-good.trusted-root.json'))],
  identities: [
    {
      for: ['provenance'],
      issuer: 'https://token.actions.githubusercontent.com',
      identity: GENERATOR,
      repository: 'slsa-framework/example-package',
    },
  ],
  keys: [],
};
const proving = {
  verify: (bytes: Uint8Array) => verifyAttestation(bytes, trust),
  covers: (_: string, place: string) => place === 'bundle',
  by: VERIFIER,
};

const [CERTIFICATE, PROMISE] = ['dev.sigstore.cosign/certificate', 'dev.sigstore.cosign/bundle'];
type Promised = { Payload: { body: string; integratedTime: number } };
const promised = (change: (promise: Promised) => void) => {
  const promise = JSON.parse(annotations[PROMISE] ?? '') as Promised;
  change(promise);
  return { ...annotations, [PROMISE]: JSON.stringify(promise) };
};

describe('what cosign 2 attached in pieces', () => {
  it('is verified put together, and told by its certificate', () => {
    const { trust: how, signer, statement } = attest(bundled(envelope, annotations), proving);

    expect(how).toBe('verified');
    expect(signer).toMatchObject({
      identity: GENERATOR,
      repository: 'slsa-framework/example-package',
      run: { id: '13531731005' },
      signedAt: '2025-02-25T21:58:07.000Z',
    });
    expect(statement.subjects).toEqual(['sha256:234e2c830c2fb31ac5671789d22adfe44d30c3ee831d01beae5e237841a13122']);
  });

  it('is signed where nobody is accepted for it', () => {
    expect(attest(bundled(envelope, annotations), undefined).trust).toBe('signed');
  });

  it.each<[string, Uint8Array, Record<string, string>]>([
    ['whose promise is of another time', envelope, promised(({ Payload }) => Payload.integratedTime--)],
    [
      'whose entry is another',
      envelope,
      promised(({ Payload }) => (Payload.body = Buffer.from('{"kind":"dsse","apiVersion":"0.0.1","spec":{}}').toString('base64'))),
    ],
    ['whose envelope was changed', Buffer.from(envelope.toString().replace(/"sig":"M/, '"sig":"N')), annotations],
  ])('is rejected, %s', (_, bytes, pieces) => {
    expect(() => attest(bundled(bytes, pieces), proving)).toThrow(expect.objectContaining({ because: 'untrusted' }));
  });

  it.each<[string, Record<string, string>]>([
    ['its certificate', { [PROMISE]: annotations[PROMISE] ?? '' }],
    ['its promise', { [CERTIFICATE]: annotations[CERTIFICATE] ?? '' }],
    ['a promise that is one', { ...annotations, [PROMISE]: '{"Payload":{}}' }],
    [
      'an entry that holds its signature',
      promised(({ Payload }) => (Payload.body = Buffer.from('{"kind":"intoto","apiVersion":"0.0.1"}').toString('base64'))),
    ],
  ])('stays a claim without %s', (_, pieces) => {
    const layer = bundled(envelope, pieces);

    expect([layer, attest(layer, proving).trust]).toEqual([envelope, 'declared']);
  });
});
