import { expect, it } from 'vitest';
import { countOf } from '../../src/report/count-of.ts';

it.each([
  [0, 'gap', '0 gaps'],
  [1, 'gap', '1 gap'],
  [2, 'index', '2 indexes'],
  [2, 'attachments', '2 attachments'],
])('%i of one noun %s is told as it is spoken: %s', (number, noun, told) => {
  expect(countOf(number, noun)).toBe(told);
});
