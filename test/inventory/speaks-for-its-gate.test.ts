import { expect, it } from 'vitest';
import { TestRecord } from '../../src/domain/observation.ts';
import { speaksForItsGate } from '../../src/inventory/speaks-for-its-gate.ts';

const POLICY = 'https://acme.test/policies/release';
const plan = { policies: [POLICY] };
const seen = { at: '2026-03-02T09:00:00Z', origin: { source: 'records', locator: 'records.jsonl:1' } };
const recordOf = (said: object) =>
  TestRecord.parse({ ...seen, kind: 'test', gate: POLICY, result: 'passed', trust: 'verified', subject: {}, ...said });

it.each<[string, object, boolean]>([
  ['is met by a verification that is proven', { verifier: 'https://acme.test/verifier' }, true],
  ['is not met by a verification that is only claimed', { verifier: 'https://acme.test/verifier', trust: 'declared' }, false],
  ['is not met by a test of that name, whoever signed it', {}, false],
  ['is not met by a record of that name', { trust: 'recorded' }, false],
  ['is failed by whoever says so', { trust: 'recorded', result: 'failed' }, true],
])('a gate that is the policy of a verifier %s', (_, said, expected) => {
  expect(speaksForItsGate(recordOf(said), plan)).toBe(expected);
});

it('a gate that is nobody’s policy is met by whoever tests', () => {
  expect(speaksForItsGate(recordOf({ gate: 'e2e', trust: 'recorded' }), plan)).toBe(true);
});
