import { describe, expect, it } from 'vitest';
import { Observation } from '../../src/domain/observation.ts';
import { tellObservation } from '../../src/report/words.ts';

const DIGEST = `sha256:${'7'.repeat(64)}`;
const tested = (changed: object = {}) =>
  Observation.parse({
    kind: 'test',
    at: '2026-03-02T09:30:00Z',
    origin: { source: 'records', locator: 'e2e.sigstore.json:1' },
    gate: 'e2e',
    subject: { digest: DIGEST },
    result: 'passed',
    trust: 'declared',
    ...changed,
  });

describe('a test, told as evidence', () => {
  it('names who signed it where that was proven, and nobody else', () => {
    const signature = {
      by: 'https://github.com/acme/payments/.github/workflows/e2e.yml@refs/heads/main',
      verifier: '@sigstore/verify 4.1.3',
    };

    const told = [tested({ trust: 'verified', signature }), tested()].map(tellObservation);

    expect(told).toEqual([`gate e2e passed on ${DIGEST}, signed by ${signature.by}`, `gate e2e passed on ${DIGEST}`]);
  });
});
