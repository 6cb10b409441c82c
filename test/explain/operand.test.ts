import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { digestsMeant, isDigestPart } from '../../src/explain/operand.ts';
import { readSketch } from '../../src/testing/observe.ts';

const { digest = '' } = readSketch('payments@A');
const observations = scenario()
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .deployed('payments@A', 'production/payments-api')
  .recordings()
  .flatMap((recording) => recording.observations);

describe('a word for a digest', () => {
  it.each([
    ['the digest', digest],
    ['its beginning', digest.slice('sha256:'.length, 'sha256:'.length + 12)],
    ['its beginning with its algorithm', digest.slice(0, 'sha256:'.length + 12)],
    ['the commit that it was built from', 'c0ffee'],
    ['the place where it runs', 'production/payments-api'],
  ])('may be %s', (_, what) => {
    expect(digestsMeant(what, observations)).toEqual([digest]);
  });

  it('is told from a reference, which has a tag in its place', () => {
    expect(['sha256:c0ffee', digest, 'payments:c0ffee', 'sha256:v1'].map(isDigestPart)).toEqual([true, true, false, false]);
    expect(digestsMeant('sha256:0123456789', observations)).toEqual([]);
  });
});
