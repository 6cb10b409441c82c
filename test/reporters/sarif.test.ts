import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import draft04 from 'ajv-draft-04';
import type { Report } from 'selfsame';
import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';
import { incidents, rendered, reportOn } from './estates.ts';
import { hostileReport } from './hostile-report.ts';

const schema = JSON.parse(readFileSync(new URL('../../fixtures/schemas/sarif-2.1.0.json', import.meta.url), 'utf8'));
const isValid = new draft04.default({ strict: false, validateFormats: false }).compile(schema);

async function sarifOf(report: Report): Promise<string> {
  const reporter = (await loadAll('reporters')).find(({ id }) => id === 'sarif');
  return [...(reporter?.render(report, { width: 80, color: false }) ?? [])].join('');
}

const waived = { because: 'the vendor ships a fix', owner: 'team-payments', until: '2026-05-31' };

describe('SARIF', () => {
  it.each(['clean', 'drift', 'inconclusive'] as const)('is valid by the schema of SARIF 2.1.0: %s', async (name) => {
    const log = JSON.parse(await rendered('sarif', incidents[name]));

    isValid(log);

    expect(isValid.errors).toBeNull();
  });

  it('is valid whatever the names in it are', async () => {
    isValid(JSON.parse(await sarifOf(await hostileReport())));

    expect(isValid.errors).toBeNull();
  });

  it('has a result a finding, of a rule that explains itself, with a fingerprint that stays', async () => {
    const { runs } = JSON.parse(await rendered('sarif', incidents.drift));

    const [{ results, tool, invocations }] = runs;

    expect(results).toHaveLength(4);
    expect(results[0]).toMatchObject({ ruleId: 'rebuilt-after-test', kind: 'fail', level: 'error', ruleIndex: 0 });
    expect(results[0].partialFingerprints).toEqual({ 'selfsame/v1': (await reportOn(incidents.drift)).findings[0]?.fingerprint });
    expect(tool.driver.rules[0].help.text).toContain('selfsame rules rebuilt-after-test');
    expect(invocations[0]).toMatchObject({ executionSuccessful: true, exitCode: 1 });
  });

  it('tells what is not known as open, and gaps as an audit that did not succeed', async () => {
    const { runs } = JSON.parse(await rendered('sarif', incidents.inconclusive));

    const [{ results, invocations }] = runs;

    expect(results.slice(1).map(({ kind, level }: { kind: string; level: string }) => `${kind} ${level}`)).toEqual([
      'open none',
      'open none',
    ]);
    expect(invocations[0].executionSuccessful).toBe(false);
    expect(invocations[0].toolExecutionNotifications).toHaveLength(1);
  });

  it('suppresses what was waived, and says by whom', async () => {
    const report = await reportOn(incidents.drift);
    const findings = report.findings.map((finding) => ({ ...finding, waived }));

    const log = JSON.parse(await sarifOf({ ...report, findings }));

    isValid(log);
    expect(isValid.errors).toBeNull();
    expect(log.runs[0].results[0].suppressions).toEqual([
      { kind: 'external', status: 'accepted', justification: 'waived until 2026-05-31 by team-payments: the vendor ships a fix' },
    ]);
  });

  it('says aloud what the limits of GitHub cut off', async () => {
    const report = await reportOn(incidents.drift);
    const findings = Array.from({ length: 26_000 }, (_, at) => ({ ...report.findings[1]!, fingerprint: `${at}`.padStart(32, '0') }));

    const text = await sarifOf({ ...report, findings });

    const [{ results, invocations }] = JSON.parse(text).runs;
    expect(results.length).toBeLessThanOrEqual(25_000);
    expect(gzipSync(text).length).toBeLessThan(10_000_000);
    expect(invocations[0].executionSuccessful).toBe(false);
    expect(invocations[0].toolExecutionNotifications[0].message.text).toContain(`Only ${results.length} of 26000 results are here`);
  });
});
