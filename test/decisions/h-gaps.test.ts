import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { scenario } from 'selfsame/testing';
import { describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { readSketch } from '../../src/testing/observe.ts';
import { everyDecisionIsKept, judgeAll, outcomeOf, rewritten } from './outcome.ts';

const API = 'production/payments-api';
const SLOT = 'production/test/default/Deployment/payments-api/app';

const ranInStaging = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .deployed('payments@A', 'staging/payments-api');
const promoted = ranInStaging.at('10:00').deployed('payments@A', API);
const selfsame = { rows: [`${API} selfsame (rehearsed)`], counted: [] };

describe('decisions H, gaps, exit codes and waivers', () => {
  it('H1: one namespace of production may not be read', () => {
    const given = promoted.blindTo('running-image', 'forbidden', { environment: 'production', namespace: 'fraud' });

    expect(outcomeOf(given)).toEqual({ ...selfsame, shown: [], exit: 3 });
    expect(judgeAll(given).gaps).toMatchObject([{ because: 'forbidden', scope: { namespace: 'fraud' } }]);
  });

  it('H3: no source of builds and tests is configured', () => {
    const given = scenario()
      .withoutSource('build')
      .withoutSource('test')
      .at('09:00')
      .pushed('payments@A')
      .deployed('payments@A', 'staging/payments-api')
      .at('10:00')
      .deployed('payments@A', API);

    expect(outcomeOf(given)).toEqual({ ...selfsame, shown: [], exit: 0 });
    expect(judgeAll(given)).toMatchObject({ dormant: expect.arrayContaining(['failed-gate-promoted', 'unknown-origin']), unknowns: [] });
  });

  const byNobody = ranInStaging.at('12:00').pushed('payments@H').deployed('payments@H', API);

  it('H5: what one build made could not be learned, so that any image of its line may be that', () => {
    const given = byNobody.blindTo('build', 'incomplete', { project: 'acme/payments' });

    expect(outcomeOf(given)).toMatchObject({ rows: [`${API} unresolved (history-younger-than-artifact)`], counted: [], exit: 3 });
    expect(judgeAll(given).gaps).toHaveLength(1);
  });

  it('H5: what a build of another project made could not be learned', () => {
    const given = byNobody.blindTo('build', 'incomplete', { project: 'acme/ledger' });

    expect(outcomeOf(given)).toMatchObject({ rows: [`${API} foreign (no-build-made-it)`], counted: ['high unknown-origin'], exit: 1 });
  });

  it('H5: what a build made could not be learned that had ended before the artifact was pushed', () => {
    const given = byNobody.blindTo('build', 'incomplete', {
      project: 'acme/payments',
      since: '2026-03-01T00:00:00Z',
      until: '2026-03-01T12:00:00Z',
    });

    expect(outcomeOf(given)).toMatchObject({ rows: [`${API} foreign (no-build-made-it)`], counted: ['high unknown-origin'], exit: 1 });
  });

  it('H7: somebody wants to waive a gap', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'selfsame-waiver-')), 'selfsame.yaml');
    const waiver = "{ where: 'production/fraud', because: we know, owner: platform, until: 2026-06-01 }";
    writeFileSync(file, `version: 1\npromotion: [staging, production]\nwaivers:\n  - ${waiver}\n`);

    await expect(loadConfig(file, [])).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      exitCode: 2,
      message: expect.stringContaining('gap'),
    });
  });

  const untested = (image: string) =>
    scenario({
      waivers: [
        {
          rule: 'rebuilt-after-test',
          where: SLOT,
          digest: readSketch('payments@B').digest,
          because: 'the fix of the outage, seen by hand',
          owner: 'payments',
          until: '2026-03-31',
        },
      ],
    })
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .deployed('payments@A', 'staging/payments-api')
      .at('14:00')
      .built(image, { run: '57', commit: 'c0ffee', base: 'Y' })
      .deployed(image, API);
  const rebuilt = `${API} rebuilt (same-source)`;

  it('H9: a finding is waived for one digest', () => {
    expect(outcomeOf(untested('payments@B'))).toMatchObject({ rows: [rebuilt], counted: [], exit: 0 });
  });

  it('H9: another digest runs now in the place that was waived', () => {
    const given = untested('payments@D');

    expect(outcomeOf(given)).toMatchObject({ rows: [rebuilt], counted: ['high rebuilt-after-test'], exit: 1 });
    expect(judgeAll(given).waivers).toMatchObject([{ state: 'stale-digest' }]);
  });

  it('H11: a recording is judged again long after its waiver ended', () => {
    const given = untested('payments@B');
    const then = JSON.stringify(judgeAll(given));
    vi.useFakeTimers({ now: new Date('2027-03-02T00:00:00Z') });

    const now = JSON.stringify(judgeAll(given));
    vi.useRealTimers();

    expect(now).toBe(then);
    expect(judgeAll(given)).toMatchObject({ exitCode: 0, waivers: [{ state: 'applied' }] });
  });

  const hotfixed = (plan: object = {}) =>
    scenario({ gates: ['e2e'], ...plan })
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .at('09:10')
      .tested('payments@A', { gate: 'e2e' })
      .at('10:00')
      .recorded()
      .at('12:00')
      .pushed('payments@H')
      .deployed('payments@H', API);

  it('H13: a hotfix that nobody built, tested or sent through staging is one finding', () => {
    expect(outcomeOf(hotfixed())).toEqual({
      rows: [`${API} foreign (no-build-made-it)`],
      counted: ['high unknown-origin'],
      shown: [],
      exit: 1,
    });
  });

  it('H13: the same, and a list of allowed registries adds a finding of its own', () => {
    const given = hotfixed({ rules: { 'registry-not-allowed': { options: { allowed: ['registry.acme.test/*'] } } } });

    expect(outcomeOf(given)).toMatchObject({ counted: ['high unknown-origin', 'medium registry-not-allowed'], shown: [], exit: 1 });
  });

  it('H15: a source was taken out of the configuration since the last recording', () => {
    const given = rewritten(promoted.recorded().at('23:00').withoutSource('test'), (seen) =>
      'scope' in seen && seen.of === 'test' ? [{ ...seen, scope: { ...seen.scope, source: 'ci' } }] : [seen],
    );

    expect(outcomeOf(given)).toEqual({ ...selfsame, shown: [], exit: 3 });
    expect(judgeAll(given).gaps).toMatchObject([{ scope: { source: 'ci' }, because: 'incomplete' }]);
  });

  it('H15: everything that ran in staging is gone since the last recording', () => {
    const given = promoted.recorded().at('23:00').stopped('staging/payments-api');

    expect(outcomeOf(given)).toEqual({ ...selfsame, shown: [], exit: 3 });
    expect(judgeAll(given).gaps).toMatchObject([{ origin: { locator: '1 slots before, 0 now' } }]);
  });

  it('H15: staging is scaled to zero since the last recording', () => {
    const given = promoted.recorded().at('23:00').idle('payments@A', 'staging/payments-api');

    expect(outcomeOf(given)).toEqual({ ...selfsame, shown: [], exit: 0 });
  });

  it('a source neither listed what it was asked for nor said why it could not', () => {
    const given = rewritten(promoted, (seen) => (seen.kind === 'coverage' && seen.of === 'build' ? [] : [seen]));

    expect(outcomeOf(given)).toEqual({ ...selfsame, shown: [], exit: 3 });
    expect(judgeAll(given).gaps).toMatchObject([{ of: 'build', because: 'incomplete' }]);
  });

  everyDecisionIsKept('H');
});
