import { judgeRecorded, Plan, type Report } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadAll } from '../../src/registry.ts';
import { baselineOf } from '../../src/report/baseline.ts';
import { incidents, reportOn } from '../reporters/estates.ts';

const terms = { owner: 'team-payments', because: 'known before the audit: "CHG-4711"', days: 90 };

async function judgedWith(incident: (typeof incidents)['drift'], waivers: unknown): Promise<Report> {
  const plan = Plan.parse({ ...incident.plan(), waivers });
  return judgeRecorded(incident.recordings(), plan, await loadAll('rules'), '0.1.0');
}

describe('a baseline', () => {
  it('waives what was found: owned, dated from the recording, bound to place and digest', async () => {
    const text = [...baselineOf(await reportOn(incidents.drift), terms)].join('');

    expect(text).toMatchInlineSnapshot(`
      "waivers:
        - rule: "rebuilt-after-test"
          where: "production/test/default/Deployment/payments-api/app"
          digest: "sha256:6fe385ac863e8511929a523df841051ac257ba0b2db67aba63c9c0e5480e1fe8"
          owner: "team-payments"
          because: "known before the audit: \\"CHG-4711\\""
          until: "2026-05-31"
        - rule: "unknown-origin"
          where: "production/test/default/Deployment/payments-worker/app"
          digest: "sha256:b7f49ddb758998f24f6403281ab2e30b2ef2c100f347020d5bd1a82977b87216"
          owner: "team-payments"
          because: "known before the audit: \\"CHG-4711\\""
          until: "2026-05-31"
        - rule: "base-layer-mismatch"
          where: "production/test/default/Deployment/payments-api/app"
          digest: "sha256:6fe385ac863e8511929a523df841051ac257ba0b2db67aba63c9c0e5480e1fe8"
          owner: "team-payments"
          because: "known before the audit: \\"CHG-4711\\""
          until: "2026-05-31"
        - rule: "test-evidence-on-other-digest"
          where: "production/test/default/Deployment/payments-api/app"
          digest: "sha256:6fe385ac863e8511929a523df841051ac257ba0b2db67aba63c9c0e5480e1fe8"
          owner: "team-payments"
          because: "known before the audit: \\"CHG-4711\\""
          until: "2026-05-31"
      "
    `);
  });

  it('makes the same recording clean, and nothing else', async () => {
    const { waivers } = parse([...baselineOf(await reportOn(incidents.drift), terms)].join(''), { schema: 'failsafe' });

    const again = await judgedWith(incidents.drift, waivers);

    expect(again.exitCode).toBe(0);
    expect(again.waivers.map(({ state }) => state)).toEqual(['applied', 'applied', 'applied', 'applied']);
  });

  it('does not waive what is not known', async () => {
    const text = [...baselineOf(await reportOn(incidents.inconclusive), terms)].join('');

    expect(text).toContain('# Not waived: 2 unresolved rows. Each says what its next step is.\n# Not waived: 1 gap in what was read.\n');
    expect((await judgedWith(incidents.inconclusive, parse(text, { schema: 'failsafe' })?.waivers)).exitCode).toBe(3);
  });

  it('does not waive what names no digest: whatever came next would be waived too', async () => {
    const options = { allowed: ['registry.test'] };
    const found = scenario({ rules: { 'registry-not-allowed': { environments: {}, options } } })
      .at('09:00')
      .deployed('quay.test/payments:1.4', 'staging/payments-api')
      .deployed('quay.test/payments:1.4', 'production/payments-api')
      .at('11:00');
    const report = judgeRecorded(found.recordings(), found.plan(), await loadAll('rules'), '0.1.0');

    const text = [...baselineOf(report, terms)].join('');

    expect(report.findings.map(({ rule }) => rule)).toContain('registry-not-allowed');
    expect(parse(text)).toBeNull();
    expect(text).toContain(
      '# Not waived: registry-not-allowed at "production/test/default/Deployment/payments-api/app": no digest is known there to bind a waiver to.',
    );
  });

  it('is empty where nothing was found', async () => {
    expect([...baselineOf(await reportOn(incidents.clean), terms)].join('')).toBe('# Nothing is open: there is nothing to waive.\n');
  });

  it('can be appended to what was appended before', async () => {
    const first = [...baselineOf(await reportOn(incidents.drift), terms)].join('');
    const [kept] = parse(first, { schema: 'failsafe' }).waivers;
    const cut = first.slice(0, first.indexOf('  - rule: "unknown-origin"'));

    const second = [...baselineOf(await judgedWith(incidents.drift, [kept]), terms)].join('');

    expect(parse(`${cut}${second}`, { schema: 'failsafe' })).toEqual(parse(first, { schema: 'failsafe' }));
  });

  const owned = async (teams: readonly object[], owner?: string) => {
    const plan = Plan.parse({ ...incidents.drift.plan(), teams });
    const report = judgeRecorded(incidents.drift.recordings(), plan, await loadAll('rules'), '0.1.0');
    return parse([...baselineOf(report, { because: 'known', days: 90, owner })].join(''), { schema: 'failsafe' }).waivers as {
      owner: string;
    }[];
  };
  const api = { name: 'team-api', where: ['production/payments-api'] };

  it('is each team’s for what it owns, where no owner is named', async () => {
    const teams = [api, { name: 'team-worker', images: ['*'] }];

    expect((await owned(teams)).map(({ owner }) => owner)).toEqual(['team-api', 'team-worker', 'team-api', 'team-api']);
    expect((await owned(teams, 'platform')).map(({ owner }) => owner)).toEqual(['platform', 'platform', 'platform', 'platform']);
  });

  it('is refused where nobody owns something of it, and no owner is named', async () => {
    await expect(owned([api])).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(
        'nobody owns 1 place of what was found, such as production/test/default/Deployment/payments-worker/app',
      ),
    });
  });

  it.each([
    ['waived', (report: Report) => report.rows, 4],
    ['told', () => [], undefined],
  ])('lets no name become a line of its own where it is %s', async (_, rowsOf, count) => {
    const report = await reportOn(incidents.drift);
    const where = 'a\n  - rule: "*"\u202e';
    const findings = report.findings.map((finding) => ({ ...finding, where: [where] }));
    const rows = rowsOf(report).map((row) => ({ ...row, where }));

    const text = [...baselineOf({ ...report, findings, rows }, terms)].join('');

    expect(parse(text, { schema: 'failsafe' })?.waivers?.length).toBe(count);
    expect(text).not.toContain('\u202e');
  });
});
