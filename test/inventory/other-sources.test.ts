import { Observation } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { judgeAll, rewritten } from '../decisions/outcome.ts';

const API = 'production/payments-api';
const gapOf = (of: 'build' | 'test') =>
  Observation.parse({
    at: '2026-03-02T14:00:00Z',
    origin: { source: 'ci', locator: 'GitHub' },
    kind: 'gap',
    of,
    scope: { source: 'ci' },
    because: 'rate-limited',
  });

describe('what one source vouches for, and another could not tell', () => {
  const byHand = scenario()
    .at('08:00')
    .built('payments@Z', { run: '1', commit: 'decaf0' })
    .at('09:00')
    .pushed('payments@H')
    .at('14:00')
    .deployed('payments@H', API);
  const untested = scenario({ gates: ['e2e'] })
    .at('08:00')
    .built('payments@Z', { run: '1', commit: 'decaf0' })
    .tested('payments@Z', { gate: 'e2e' })
    .at('09:00')
    .built('payments@A', { run: '41', commit: 'c0ffee' })
    .at('14:00')
    .deployed('payments@A', API);

  it.each([
    ['build', 'unknown-origin', byHand],
    ['test', 'untested-digest', untested],
  ] as const)('is no silence: a gap of every %s accuses nobody of %s', (of, rule, given) => {
    const torn = rewritten(given, (seen) => (seen.kind === 'expected' && seen.of === of ? [seen, gapOf(of)] : [seen]));

    expect(judgeAll(given).findings.map((finding) => finding.rule)).toContain(rule);
    expect(judgeAll(torn).findings.map((finding) => finding.rule)).not.toContain(rule);
    expect(judgeAll(torn).exitCode).toBe(3);
  });
});

describe('a pass that a source told which was not asked before', () => {
  const nights = scenario({ gates: ['e2e'] })
    .at('08:00')
    .built('payments@A', { run: '41', commit: 'c0ffee' })
    .at('08:30')
    .tested('payments@A', { gate: 'e2e' })
    .at('10:00')
    .deployed('payments@A', API)
    .recorded()
    .at('14:00');
  const withoutPass = rewritten(nights, (seen, at) => (seen.kind === 'test' && at === 0 ? [] : [seen]));

  it('came too late where its source was asked the night before', () => {
    expect(judgeAll(withoutPass).findings.map(({ rule }) => rule)).toContain('deployed-before-tested');
  });

  it('is not said to have come too late where it was not', () => {
    const given = rewritten(withoutPass, (seen) =>
      seen.kind === 'test' ? [{ ...seen, origin: { ...seen.origin, source: 'ci' } }] : [seen],
    );

    expect(judgeAll(given).findings.map(({ rule }) => rule)).not.toContain('deployed-before-tested');
  });
});
