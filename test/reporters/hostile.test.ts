import { judgeRecorded, type Report } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';

const HOSTILE = '::error::x ##[add-mask]y ::stop-commands::z x\u001b[2J\u009b31m\u202e\u061c\u{e0041}\u0007|<img src=x>[a](b)\n`';
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u;

async function hostileReport(): Promise<Report> {
  const incident = scenario({ gates: ['e2e'] })
    .at('09:00')
    .built('payments@A', { run: '41', commit: 'c0ffee' })
    .tested('payments@A', { gate: 'e2e' })
    .at('14:00')
    .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
    .deployed('payments@B', 'production/api')
    .deployed('payments:1', 'production/worker');
  const report = judgeRecorded(incident.recordings(), incident.plan(), await loadAll('rules'), '0.1.0');
  return {
    ...report,
    because: [HOSTILE],
    coverage: report.coverage.map((one) => ({ ...one, environment: HOSTILE })),
    rows: report.rows.map((row) => ({ ...row, where: HOSTILE, image: HOSTILE, digest: HOSTILE, text: HOSTILE, next: HOSTILE })),
    findings: report.findings.map((one) => ({
      ...one,
      rule: HOSTILE,
      cause: HOSTILE,
      text: HOSTILE,
      fix: HOSTILE,
      where: [HOSTILE],
      facts: { [HOSTILE]: `sha256:${HOSTILE}` },
    })),
    gaps: [
      {
        kind: 'gap',
        of: 'test',
        because: 'forbidden',
        scope: { source: HOSTILE },
        origin: { source: HOSTILE, locator: HOSTILE },
        hint: HOSTILE,
      },
    ],
  };
}

describe('what came from outside', () => {
  it('never reaches a terminal or a file as a control character', async () => {
    const report = await hostileReport();

    const rendered = (await loadAll('reporters')).map((reporter) => [
      reporter.id,
      [...reporter.render(report, { width: 80, color: false })].join(''),
    ]);

    expect(report.findings.length).toBeGreaterThan(1);
    for (const [id, text] of rendered) expect(RAW.test(text ?? ''), `${id} lets a control character through`).toBe(false);
  });

  it('never becomes a command of a CI runner, wherever a line is broken (O02)', async () => {
    const report = await hostileReport();

    const lines = (await loadAll('reporters')).flatMap((reporter) =>
      [...reporter.render(report, { width: 30, color: false })]
        .join('')
        .split('\n')
        .map((line) => `${reporter.id} ${line}`),
    );

    expect(lines.filter((line) => /^\w+ \s*::\w|##\[/.test(line))).toEqual([]);
  });

  it('never becomes Markdown or HTML', async () => {
    const [, markdown] = (await loadAll('reporters')).filter(({ id }) => id !== 'table');

    const text = [...(markdown?.render(await hostileReport(), { width: 80, color: false }) ?? [])].join('');

    expect(markdown?.id).toBe('markdown');
    expect(text).not.toMatch(/<img|\[a\]\(b\)/);
  });

  it('is still the same value in JSON', async () => {
    const report = await hostileReport();
    const json = (await loadAll('reporters')).find(({ id }) => id === 'json');

    expect(JSON.parse([...(json?.render(report, { width: 80, color: false }) ?? [])].join(''))).toEqual(JSON.parse(JSON.stringify(report)));
  });
});
