import { Observation, type Recording } from 'selfsame';
import { describe, expect, it } from 'vitest';
import { gapsOf } from '../../src/report/gaps.ts';

const night = (day: number, ...facts: readonly object[]): Recording => {
  const at = `2026-03-0${day}T02:00:00Z`;
  const observations = facts.map((fact) => Observation.parse({ at, origin: { source: 'ci', locator: 'GitHub' }, ...fact }));
  return { takenAt: { from: at, to: at }, digest: `night ${day}`, observations };
};
const gap = { kind: 'gap', of: 'build', scope: { source: 'ci' }, because: 'rate-limited' };
const expected = { kind: 'expected', of: 'build', scope: { source: 'ci' } };
const passed = { kind: 'test', gate: 'e2e', subject: { commit: 'c0ffee' }, result: 'passed', trust: 'recorded' };

describe('a gap of a source that vouches for nothing', () => {
  it('is over where a later night told something without one', () => {
    expect(gapsOf([night(1, gap), night(2, passed)])).toEqual([]);
  });

  it.each([
    ['nothing came of it later', [night(1, gap), night(2)]],
    ['a later night had one too', [night(1, gap), night(2, passed, { ...gap, scope: { source: 'ci', project: 'acme/payments' } })]],
    ['it is of the last night', [night(1, passed), night(2, gap)]],
  ])('stays where %s', (_, nights) => {
    expect(gapsOf(nights).length).toBeGreaterThan(0);
  });

  it('stays where its source was to answer for everything: only that closes it', () => {
    expect(gapsOf([night(1, expected, gap), night(2, passed)])).toHaveLength(1);
  });
});
