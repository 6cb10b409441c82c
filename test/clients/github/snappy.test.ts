import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unsnappy } from '../../../src/clients/github/snappy.ts';

const block = (...parts: readonly (number | string)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));
const literal = (length: number) => (length - 1) << 2;
const decoded = (...parts: readonly (number | string)[]) => unsnappy(block(...parts), 1000).toString();

describe('a block of Snappy', () => {
  it.each([
    ['nothing', [0], ''],
    ['bytes as they are', [5, literal(5), 'hello'], 'hello'],
    ['bytes whose number stands after the tag', [70, 60 << 2, 69, 'x'.repeat(70)], 'x'.repeat(70)],
    ['bytes whose number takes two places', [0xac, 0x02, 61 << 2, 0x2b, 0x01, 'x'.repeat(300)], 'x'.repeat(300)],
    ['a copy of one byte of offset', [8, literal(4), 'tea,', ((4 - 4) << 2) | 1, 4], 'tea,tea,'],
    ['a copy of two bytes of offset', [8, literal(4), 'tea,', ((4 - 1) << 2) | 2, 4, 0], 'tea,tea,'],
    ['a copy of four bytes of offset', [8, literal(4), 'tea,', ((4 - 1) << 2) | 3, 4, 0, 0, 0], 'tea,tea,'],
    ['a copy that reaches into itself', [9, literal(1), 'a', ((8 - 1) << 2) | 2, 1, 0], 'aaaaaaaaa'],
  ])('holds %s', (_, parts, text) => {
    expect(decoded(...parts)).toBe(text);
  });

  it('C14 is refused by the length that it says, before anything is reserved', () => {
    expect(() => unsnappy(block(0xff, 0xff, 0xff, 0xff, 0x0f), 1000)).toThrow(/it says that it holds 4294967295 bytes, and 1000 are read/);
  });

  it.each([
    ['that ends in its length', [0x80]],
    ['whose length does not end', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1]],
    ['that holds less than it says', [6, literal(5), 'hello']],
    ['that holds more than it says', [4, literal(5), 'hello']],
    ['that ends in its bytes', [5, literal(5), 'hell']],
    ['that ends in a number', [5, 61 << 2, 4]],
    ['that ends in an offset', [8, literal(4), 'tea,', 2, 4]],
    ['that copies from before its beginning', [8, literal(4), 'tea,', ((4 - 1) << 2) | 2, 5, 0]],
    ['that copies from nowhere', [8, literal(4), 'tea,', ((4 - 1) << 2) | 2, 0, 0]],
    ['that wants four gigabytes of bytes', [5, 63 << 2, 0xff, 0xff, 0xff, 0xff, 'hello']],
  ])('is refused %s', (_, parts) => {
    expect(() => decoded(...parts)).toThrow(/it is no block of Snappy/);
  });

  it('gives bytes or a refusal for whatever there is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(unsnappy(bytes, 4096).length).toBeLessThanOrEqual(4096);
        } catch (error) {
          expect(String(error)).toMatch(/no block of Snappy|it says that it holds/);
        }
      }),
    );
  });
});
