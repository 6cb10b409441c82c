import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openKnownKeys } from '../../../src/clients/kubernetes/known-keys.ts';

const UID = 'c0ffee00-b0d0-4c1e-9d2f-0123456789ab';

describe('a key', () => {
  it('is new once, be it a uid or any other text', () => {
    const near = [UID.toUpperCase(), UID.replace('ab', 'ag'), UID.replaceAll('-', '_'), `${UID} `, '00000000-0000-0000-0000-000000000000'];
    const key = fc.oneof(fc.constantFrom(UID, 'shop/payments-0', '', ...near), fc.uuid());

    fc.assert(
      fc.property(fc.array(key), (keys) => {
        const isNew = openKnownKeys();
        const twice = [...keys, ...keys];

        const told = twice.map((one) => isNew(one));

        expect(told).toEqual(twice.map((one, nth) => twice.indexOf(one) === nth));
      }),
    );
  });

  it('is remembered among very many', () => {
    const isNew = openKnownKeys();
    const uids = Array.from({ length: 20_000 }, (_, nth) =>
      UID.replace('c0ffee00', (nth * 65_536).toString(16).padStart(8, '0').slice(-8)),
    );
    const unique = [...new Set(uids)];

    const first = unique.filter((uid) => isNew(uid));
    const second = unique.filter((uid) => isNew(uid));

    expect([first.length, second.length]).toEqual([unique.length, 0]);
  });
});
