import { expect, it } from 'vitest';
import { parseDuration } from '../../src/cli/duration.ts';
import { parseTimeout } from '../../src/cli/timeout.ts';

const DAY_MS = 24 * 3_600_000;

it('a timeout is refused where no timer can wait for it', () => {
  expect(parseTimeout('576h')).toBe(24 * DAY_MS);
  expect(() => parseTimeout('577h')).toThrow(expect.objectContaining({ code: 'USAGE' }));
});

it('what nothing waits for may be longer: a recording may be as old as one likes', () => {
  expect(parseDuration('2160h')).toBe(90 * DAY_MS);
});

it.each(['', '90', 's', '1d', '-1h', '1.5h', '1234567s'])('"%s" is neither', (text) => {
  expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  expect(() => parseTimeout(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
});
