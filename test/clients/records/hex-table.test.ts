import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, hexTable, holds, holdsText } from '../../../src/clients/records/hex-table.ts';
import { sha256 } from '../../../src/domain/identify.ts';

const digits = fc.constantFrom(40, 64, 128);
const hash = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));

describe('a table of hashes', () => {
  it('holds what it was made of, and nothing else', () => {
    fc.assert(
      fc.property(
        digits.chain((length) => fc.tuple(fc.constant(length), fc.array(hash(length)), fc.array(hash(length)))),
        ([length, texts, others]) => {
          const table = hexTable(length, texts);

          expect(texts.every((text) => holdsText(table, text))).toBe(true);
          expect(others.filter((text) => holdsText(table, text))).toEqual(others.filter((text) => texts.includes(text)));
          expect(table.size).toBe(new Set(texts).size);
        },
      ),
    );
  });

  it('finds them in either case, wherever they begin', () => {
    const text = sha256('payments');
    const table = hexTable(64, [text]);

    expect(holds(table, Buffer.from(`"${text.toUpperCase()}"`), 1)).toBe(true);
    expect(holds(table, Buffer.from(`"${text}"`), 0)).toBe(false);
  });

  it('tells hashes apart that begin alike', () => {
    const alike = ['0', '1', '2', '3'].map((digit) => `${'c0ffee00'.repeat(7)}0000000${digit}`);
    const table = hexTable(64, alike.slice(0, 3));

    expect(alike.map((text) => holdsText(table, text))).toEqual([true, true, true, false]);
  });

  it('takes nothing of another length, or that is no hexadecimal', () => {
    const table = hexTable(40, ['c0ffee', sha256('payments'), 'g'.repeat(40)]);

    expect(table.size).toBe(0);
    expect(holdsText(table, 'c0ffee')).toBe(false);
  });

  it.each([1, 1000, 20_000])('retains no more than 48 bytes a digest, of %i', (count) => {
    const table = hexTable(
      64,
      Array.from({ length: count }, (_, nth) => sha256(`${nth}`)),
    );

    expect(bytesOf(table) / count).toBeLessThanOrEqual(48);
  });
});
