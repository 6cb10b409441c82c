import { Observation, type Recording } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { gapsOf, gapsOfMissing } from '../../src/report/gaps.ts';
import { judgeAll, rewritten } from '../decisions/outcome.ts';

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

describe('a recording that others were taken after', () => {
  const [first, second, third] = [night(1), { ...night(2), previous: 'night 1' }, { ...night(3), previous: 'night 2' }];

  it('is a gap where it is not among those that are judged', () => {
    expect(gapsOfMissing([first, third])).toMatchObject([
      {
        of: 'running-image',
        because: 'incomplete',
        origin: { source: 'recordings', locator: 'before the one of 2026-03-03T02:00:00Z' },
        hint: 'Judge the missing recording with the others, or only those after it.',
      },
    ]);
  });

  it('is none where it is, or where it lies before the first', () => {
    expect(gapsOfMissing([first, second, third])).toEqual([]);
    expect(gapsOfMissing([second, third])).toEqual([]);
  });
});

describe('a recording of each cluster', () => {
  const each = (stagingAt: string) => {
    const both = scenario()
      .at('2026-01-02T09:00:00Z')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .deployed('payments@A', 'staging/payments-api')
      .at(stagingAt)
      .recorded()
      .at('2026-03-02T09:00:00Z')
      .deployed('payments@A', 'production/payments-api');
    const placed = ['staging', 'production'];
    return rewritten(both, (seen, at) => {
      if (seen.kind === 'running-image') return seen.environment === placed[at] ? [seen] : [];
      const isOfPlaces = 'of' in seen && seen.of === 'running-image';
      return [isOfPlaces ? Observation.parse({ ...seen, scope: { ...seen.scope, environment: placed[at] } }) : seen];
    });
  };

  it('that is weeks older than another is stale: what it saw still counts, and what runs there now is not known', () => {
    const report = judgeAll(each('2026-01-02T10:00:00Z'));

    expect(report.rows.map(({ standing }) => standing.is)).toEqual(['selfsame']);
    expect(report.gaps).toMatchObject([
      {
        of: 'running-image',
        because: 'incomplete',
        scope: { source: 'recordings', environment: 'staging' },
        origin: { locator: 'staging in test, looked at last on 2026-01-02T10:00:00Z' },
      },
    ]);
    expect(report.gaps[0]?.hint).toMatch(/^Collect staging in test again/);
    expect(report.exitCode).toBe(3);
  });

  it('that is a week older is not', () => {
    expect(judgeAll(each('2026-02-23T09:00:00Z'))).toMatchObject({ gaps: [], exitCode: 0 });
  });

  it.each([
    ['weeks ago leaves open what failed since', '2026-02-01T09:00:00Z', 3, ['build', 'test', 'tag']],
    ['a week ago is new enough', '2026-02-23T09:10:00Z', 0, []],
  ])('that listed tests and builds %s, where later ones saw clusters only', (_, at, exitCode, stale) => {
    const both = scenario({ gates: ['e2e'] })
      .at(at)
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .tested('payments@A', { gate: 'e2e' })
      .recorded()
      .at('2026-03-02T09:00:00Z')
      .deployed('payments@A', 'staging/payments-api')
      .at('2026-03-02T09:10:00Z')
      .deployed('payments@A', 'production/payments-api');
    const given = rewritten(both, (seen, recording) => {
      const isOfPlaces = seen.kind === 'running-image' || ('of' in seen && seen.of === 'running-image');
      const isOfSource = (recording === 1) === isOfPlaces;
      if (!isOfSource) return [];
      const source = recording === 1 ? 'clusters' : 'records';
      const renamed = { ...seen, origin: { ...seen.origin, source } };
      return [Observation.parse('scope' in seen ? { ...renamed, scope: { ...seen.scope, source } } : renamed)];
    });

    const report = judgeAll(given);

    expect(report.gaps.map(({ of }) => of)).toEqual(stale);
    expect(report.exitCode).toBe(exitCode);
  });

  it('is told of each cluster of an environment: a fresh one does not stand for another', () => {
    const clusters = ['eu', 'us'];
    const both = scenario()
      .at('2026-01-02T09:00:00Z')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .deployed('payments@A', 'staging/payments-api', { cluster: 'us' })
      .deployed('payments@A', 'production/payments-api', { cluster: 'eu' })
      .recorded()
      .at('2026-03-02T09:00:00Z')
      .deployed('payments@A', 'production/payments-api', { cluster: 'us' });
    const given = rewritten(both, (seen, at) => {
      if (seen.kind === 'running-image') return seen.workload.cluster === clusters[at] ? [seen] : [];
      const isOfPlaces = 'of' in seen && seen.of === 'running-image';
      return [isOfPlaces ? Observation.parse({ ...seen, scope: { ...seen.scope, cluster: clusters[at] } }) : seen];
    });

    expect(judgeAll(given).gaps.map(({ origin }) => origin.locator)).toEqual(['production in eu, looked at last on 2026-01-02T09:00:00Z']);
  });

  it('dates the oldest fact by whichever is older, upstream too', () => {
    expect(judgeAll(each('2026-02-23T09:00:00Z')).oldest).toBe('2026-02-23T09:00:00Z');
  });
});
