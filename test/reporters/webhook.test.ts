import { readFileSync } from 'node:fs';
import type { Report } from 'selfsame';
import { describe, expect, it } from 'vitest';
import { ReportEvent } from '../../src/domain/report-event.ts';
import webhook from '../../src/reporters/webhook.ts';
import { incidents, reportOn } from './estates.ts';
import { hostileReport } from './hostile-report.ts';

function render(report: Report): string {
  return [...webhook.render(report, { width: 80, color: false })].join('');
}

function eventOn(report: Report): ReportEvent {
  return ReportEvent.parse(JSON.parse(render(report)));
}

describe('an event for a webhook', () => {
  it('says how the audit ended and what it found, with fingerprints', async () => {
    const report = await reportOn(incidents.drift);

    const event = eventOn(report);

    expect(event).toMatchObject({
      exitCode: 1,
      verdict: 'drift',
      recording: report.recordings[0]?.digest,
      coverage: [{ environment: 'production', firstParty: 2, rehearsed: 0, standings: { rebuilt: 1, foreign: 1 } }],
      counts: { high: 2, medium: 0, low: 0, info: 0, waived: 0, later: 0, unresolved: 0, gaps: 0 },
      left: 0,
    });
    expect(event.findings.map(({ fingerprint }) => fingerprint)).toEqual(
      report.findings.filter(({ under }) => !under).map(({ fingerprint }) => fingerprint),
    );
    expect(event.findings[0]).toMatchObject({ rule: 'rebuilt-after-test', counted: true, places: 1, owners: [] });
  });

  it('never looks clean where not everything was seen', async () => {
    expect(eventOn(await reportOn(incidents.inconclusive))).toMatchObject({
      exitCode: 3,
      verdict: 'inconclusive',
      counts: { unresolved: expect.any(Number), gaps: 1 },
    });
    expect(eventOn(await reportOn(incidents.clean))).toMatchObject({ verdict: 'clean', counts: { unresolved: 0, gaps: 0 }, findings: [] });
  });

  it('counts what is waived, or applies later, beside what counts', async () => {
    const report = await reportOn(incidents.drift);
    const [first, second] = report.findings.filter(({ under }) => !under);
    const waived = { ...first!, waived: { because: 'known', owner: 'team-payments', until: '2026-04-01' } };

    const event = eventOn({ ...report, findings: [waived, { ...second!, from: '2026-12-01' }] });
    const known = eventOn({ ...report, findings: [{ ...first!, since: '2026-03-01T00:00:00Z' }] });

    expect([known.counts.high, known.findings[0]?.counted]).toEqual([0, false]);
    expect(event.counts).toMatchObject({ high: 0, waived: 1, later: 1 });
    expect(event.findings.map(({ counted }) => counted)).toEqual([false, false]);
  });

  it('stays small where there are ten thousand findings, lists first what counts, and says how many are left', async () => {
    const report = await reportOn(incidents.drift);
    const where = Array.from({ length: 40 }, (_, at) => `production/test/default/Deployment/payments-${at}/app`);
    const one = { ...report.findings[0]!, text: 'drifted '.repeat(1000), where };
    const waived = { because: 'known', owner: 'team-payments', until: '2026-04-01' };
    const findings = Array.from({ length: 10_000 }, (_, at) => ({ ...one, fingerprint: String(at), ...(at < 9_990 ? { waived } : {}) }));

    const text = render({ ...report, findings });

    const event = ReportEvent.parse(JSON.parse(text));
    expect(text.length).toBeLessThan(150_000);
    expect([event.findings.length, event.left]).toEqual([100, 9_900]);
    expect(event.findings.slice(0, 11).map(({ counted }) => counted)).toEqual([...Array.from({ length: 10 }, () => true), false]);
    expect(event.findings[0]).toMatchObject({ places: 40, where: where.slice(0, 5) });
  });

  it('is one line of plain characters whatever names say, and keeps the names (O14)', async () => {
    const report = await hostileReport();

    const text = render(report);

    expect(text).toMatch(/^\{[\u0020-\u007e]*\}\n$/);
    expect(ReportEvent.parse(JSON.parse(text)).findings[0]?.where).toEqual(report.findings[0]?.where);
  });

  it('has no field that its schema does not know', async () => {
    const schema = JSON.parse(readFileSync(new URL('../../schemas/event.schema.json', import.meta.url), 'utf8'));

    const event = eventOn(await reportOn(incidents.drift));

    expect(JSON.parse(render(await reportOn(incidents.drift)))).toEqual(event);
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(event)));
  });
});
