import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/domain/identify.ts';

/** The same by another way: the members sorted first, then written by JSON.stringify, one object at a time. */
function plainly(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plainly).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const names = Object.keys(value).toSorted((a, b) => (a < b ? -1 : 1));
  return `{${names.map((name) => `${JSON.stringify(name)}:${plainly(Object.getOwnPropertyDescriptor(value, name)?.value)}`).join(',')}}`;
}

describe('canonical JSON', () => {
  it('is what JSON.stringify writes, with the keys of every object in code-unit order', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        expect(canonicalJson(value)).toBe(plainly(value));
      }),
    );
  });

  it('orders keys that are numbers as texts, and escapes what JSON escapes', () => {
    expect(canonicalJson({ 10: 'tug\n', 2: '"', __proto: ' ' })).toBe('{"10":"tug\\n","2":"\\"","__proto":" "}');
  });

  it('leaves out what is undefined, and writes null where a list has nothing', () => {
    expect(canonicalJson({ commit: undefined, base: [undefined] })).toBe('{"base":[null]}');
  });
});
