import { describe, expect, it } from 'vitest';
import { parsePattern } from '../../src/domain/linear-pattern.ts';

const NAMESPACES = ['shop', 'shop-prd', 'shop-eu-prd', 'shop-eu-2-prd', 'shop-stg', 'till', 'a', '', 'team-42', 'x-shop-prd-x'];

describe('a pattern', () => {
  it.each([
    '^shop-(eu|us)-prd$',
    '^shop(-[a-z]+)*-prd$',
    'shop',
    '^(?:shop|till)$',
    '^team-\\d+$',
    '^[^-]+$',
    '^.{4}$',
    '^[a-z]{1,3}$',
    '^t.*l+$',
    'prd$|stg$',
    '^shop-?\\w*$',
    '()',
    '^a{0,}$',
    'o{2,}|p-',
  ])('matches what JavaScript matches: %s', (pattern) => {
    const test = parsePattern(pattern);

    expect(NAMESPACES.map((name) => test?.(name))).toEqual(NAMESPACES.map((name) => new RegExp(pattern).test(name)));
  });

  it.each([
    '(',
    'a)',
    '[a',
    'a**',
    'a+?',
    '(a)\\1',
    '(?=a)',
    '(?<!a)b',
    '(?<name>a)',
    '*a',
    'a{2,1}',
    'a{',
    '\\',
    '\\p{L}',
    '\\bshop',
    '[z-a]',
  ])('is none where it is malformed, or needs more than one way at a time: %s', (pattern) => {
    expect(parsePattern(pattern)).toBeUndefined();
  });

  it.each([
    '^(a+)+$',
    '^(a|a)*$',
    '^(.*a){20}$',
    '^a*a*a*a*a*a*a*a*$',
  ])('takes no time where JavaScript would never end (P05): %s', (pattern) => {
    const test = parsePattern(pattern);
    const begun = performance.now();

    expect(test?.(`${'a'.repeat(62)}!`)).toBe(false);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});
