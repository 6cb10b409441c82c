import { describe, expect, it } from 'vitest';
import type { Checked } from '../../../src/cli/evidence/checked.ts';
import { tellExamined } from '../../../src/cli/evidence/tell-examined.ts';

const HOSTILE = '\u001b[2J\n::error::all is well\u202e';
const refused: Checked = {
  place: `bundle${HOSTILE}.json`,
  predicateType: HOSTILE,
  subjects: [HOSTILE, 'sha256:1', 'sha256:2', 'sha256:3', 'sha256:4'],
  verdict: 'refused',
  because: 'untrusted',
  why: HOSTILE,
  hint: `Find out who wrote ${HOSTILE}.`,
};
const verified: Checked = {
  place: 'bundle.json',
  verdict: 'verified',
  signer: { identity: HOSTILE, issuer: HOSTILE, verifier: '@sigstore/verify 4.1.3' },
};

describe('what is told of attestations', () => {
  it('moves no cursor, turns no text around and commands no runner, whatever they hold', () => {
    const told = tellExamined(
      { checked: [refused, verified], others: 0, unread: [{ place: HOSTILE, why: HOSTILE, hint: HOSTILE }] },
      { width: 80 },
    );

    expect(told).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]|(?:^|\s)::/m);
  });

  it('names the first subjects, and how many more there are', () => {
    expect(tellExamined({ checked: [refused], others: 0, unread: [] }, { width: 200 })).toMatch('sha256:1, sha256:2 and 2 more');
  });

  it('counts each kind, and says that nothing proves nothing', () => {
    const sums = [
      { checked: [refused, verified], others: 1, unread: [] },
      { checked: [], others: 0, unread: [] },
    ].map((examined) => tellExamined(examined, { width: 200 }).trimEnd().split('\n').at(-1));

    expect(sums).toEqual([
      '1 verified, 1 refused, beside 1 record that rests on no attestation.',
      expect.stringMatching(/^0 verified, 0 refused\. No attestation was found, which proves nothing/),
    ]);
  });
});
