import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duplicateKeyIn } from '../../../src/clients/records/duplicate-key.ts';

describe('a key that stands twice in one object', () => {
  it.each([
    ['plainly', '{"digest":"a","digest":"b"}', 'digest'],
    ['with an escape', '{"digest":"a","d\\u0069gest":"b"}', 'digest'],
    ['with blanks', '{"kind" : 1,\t"kind"\t: 2}', 'kind'],
    ['below', '{"platforms":{"linux/amd64":1,"linux/amd64":2}}', 'linux/amd64'],
    ['in a list', '{"base":[{"image":1},{"image":2,"image":3}]}', 'image'],
    ['as an object', '{"a":{"b":1},"a":2}', 'a'],
    ['after a string with a quote', '{"a":"\\"","b":"\\\\","a":1}', 'a'],
  ])('is found %s', (_, json, key) => {
    expect(duplicateKeyIn(json)).toBe(key);
  });

  it.each([
    ['two objects', '{"base":[{"image":1},{"image":2}],"image":3}'],
    ['a value', '{"a":"b","b":"a"}'],
    ['values in a list', '["a","a"]'],
    ['a string that looks like one', '{"a":"\\"a\\":1"}'],
  ])('is none in %s', (_, json) => {
    expect(duplicateKeyIn(json)).toBeUndefined();
  });

  it('is none in what JSON.stringify writes', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => duplicateKeyIn(JSON.stringify(value)) === undefined));
  });
});
