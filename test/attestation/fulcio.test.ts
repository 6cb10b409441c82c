import { describe, expect, it } from 'vitest';
import { claimsOf, type Extension } from '../../src/attestation/fulcio.ts';

const claim = (number: number, value: string | Uint8Array): Extension => ({
  oid: { id: [1, 3, 6, 1, 4, 1, 57264, 1, number] },
  value: typeof value === 'string' ? encoded(value) : value,
});

/** A UTF8String in DER, shorter than 128 bytes or than 65536. */
function encoded(text: string): Buffer {
  const bytes = Buffer.from(text);
  const { length } = bytes;
  return Buffer.concat([Buffer.from(length < 128 ? [0x0c, length] : [0x0c, 0x82, length >> 8, length & 0xff]), bytes]);
}

const REPOSITORY = claim(12, 'https://github.com/acme/payments');
const run = (url: string) => claimsOf([REPOSITORY, claim(21, url)]).run;

describe('the claims of a certificate', () => {
  it('may be long, and stand among extensions of others', () => {
    const ref = `refs/heads/${'a'.repeat(300)}`;

    const claims = claimsOf([{ oid: { id: [2, 5, 29, 17] }, value: encoded('x') }, { value: encoded('y') }, claim(14, ref)]);

    expect(claims).toMatchObject({ ref, commit: undefined, issuer: undefined });
  });

  it('name an issuer in the older way as bare text', () => {
    expect(claimsOf([claim(1, Buffer.from('https://issuer.test'))]).issuer).toBe('https://issuer.test');
  });

  it.each([
    ['is another kind of text', Buffer.from([0x16, 1, 65])],
    ['is longer than it says', Buffer.from([0x0c, 1, 65, 66])],
    ['is shorter than it says', Buffer.from([0x0c, 3, 65])],
    ['says a length of four bytes', Buffer.from([0x0c, 0x84, 0, 0, 0, 1, 65])],
    ['is nothing', Buffer.alloc(0)],
  ])('refuse the certificate where one %s', (_, value) => {
    expect(() => claimsOf([claim(13, value)])).toThrow(expect.objectContaining({ because: 'untrusted' }));
  });

  it.each([
    ['https://github.com/acme/payments/actions/runs/41/attempts/2', { repository: 'acme/payments', id: '41', attempt: 2 }],
    ['https://github.com/acme/payments-2/actions/runs/41/attempts/2', undefined],
    ['https://github.com/acme/payments/actions/runs/41', undefined],
    ['https://gitlab.com/acme/payments/-/jobs/41', undefined],
    ['https://github.com/acme/payments/../ledger/actions/runs/41/attempts/2', undefined],
  ])('name a run of their own repository: %s', (url, expected) => {
    const found = run(url);

    expect(found && { repository: found.repository, id: found.id, attempt: found.attempt }).toEqual(expected);
  });
});
