import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseStatement } from '../../src/attestation/statement.ts';
import { verificationOf } from '../../src/attestation/verification.ts';

const SUMMARY = 'https://slsa.dev/verification_summary/v1';
const said = {
  verifier: { id: 'https://acme.test/verifier' },
  timeVerified: '2026-03-02T10:00:00+01:00',
  resourceUri: 'ghcr.io/acme/payments',
  policy: { uri: 'https://acme.test/policies/release' },
  verificationResult: 'PASSED',
  verifiedLevels: ['SLSA_BUILD_LEVEL_3'],
};
const gate = 'https://acme.test/policies/release';

describe('a verification summary', () => {
  it('is a gate by the name of its policy, at the time that it says', () => {
    expect(verificationOf({ predicateType: SUMMARY, predicate: said })).toEqual({
      verifier: 'https://acme.test/verifier',
      resource: 'ghcr.io/acme/payments',
      gates: [{ gate, result: 'passed' }],
      at: '2026-03-02T09:00:00.000Z',
    });
  });

  it.each([
    ['says so', { verificationResult: 'FAILED', verifiedLevels: ['FAILED'] }],
    ['lists FAILED, whatever else it says (S40)', { verifiedLevels: ['FAILED'] }],
    ['says so, whatever it lists', { verificationResult: 'FAILED' }],
  ])('S41 has failed where it %s', (_, changed) => {
    expect(verificationOf({ predicateType: SUMMARY, predicate: { ...said, ...changed } })).toMatchObject({
      gates: [{ gate, result: 'failed' }],
    });
  });

  it.each(['v0.1', 'v0.2'])('of version %s says the same in other words', (version) => {
    const { verifier, policy } = said;
    const predicate = {
      verifier,
      policy,
      resource_uri: 'ghcr.io/acme/payments',
      verification_result: 'FAILED',
      policy_level: 'SLSA_LEVEL_3',
    };

    const read = verificationOf({ predicateType: `https://slsa.dev/verification_summary/${version}`, predicate });

    expect(read).toMatchObject({ resource: 'ghcr.io/acme/payments', gates: [{ gate, result: 'failed' }], at: undefined });
  });

  it('of Google is read as it was written', () => {
    const [line = ''] = readFileSync(
      new URL('../../fixtures/records/verification-summary-machine-image.jsonl', import.meta.url),
      'utf8',
    ).split('\n');

    expect(verificationOf(parseStatement(Buffer.from(line)))).toMatchObject({
      verifier: 'https://bcid.corp.google.com/verifier/bcid_package_enforcer/v0.1',
      gates: [{ result: 'passed' }],
      at: '2024-06-12T07:24:34.351Z',
    });
  });

  it.each([
    ['verifier', { verifier: {} }],
    ['policy', { policy: {} }],
    ['resourceUri', { resourceUri: '' }],
    ['verificationResult', { verificationResult: 'PASS' }],
    ['timeVerified', { timeVerified: 'yesterday' }],
  ])('is none without its %s', (name, changed) => {
    expect(verificationOf({ predicateType: SUMMARY, predicate: { ...said, ...changed } })).toEqual({
      unusable: expect.stringContaining(name),
    });
  });
});

describe('a simple verification result', () => {
  const predicateType = 'https://in-toto.io/attestation/svr/v0.2';
  const simple = { verifier: said.verifier, timeCreated: '2026-03-02T09:00:00Z' };

  it('is a gate for every property that passed', () => {
    expect(verificationOf({ predicateType, predicate: { ...simple, properties: ['RELEASED', 'SCANNED', 'RELEASED'] } })).toMatchObject({
      resource: undefined,
      gates: [
        { gate: 'RELEASED', result: 'passed' },
        { gate: 'SCANNED', result: 'passed' },
      ],
    });
  });

  it.each([
    undefined,
    Array.from({ length: 101 }, (_, nth) => `P${nth}`),
  ])('is none without properties, or with too many of them', (properties) => {
    expect(verificationOf({ predicateType, predicate: { ...simple, properties } })).toMatchObject({ unusable: expect.any(String) });
  });
});
