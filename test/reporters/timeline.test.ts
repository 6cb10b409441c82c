import { describe, expect, it } from 'vitest';
import { incidents, rendered, reportOn } from './estates.ts';

const timesIn = (text: string) => [...text.matchAll(/^\| (?:seen )?(\S+?Z)/gm)].map(([, time]) => time ?? '');

describe('the timeline', () => {
  it('tells an incident in the order of its events, each with the place it was read from', async () => {
    const text = await rendered('timeline', incidents.drift);

    const [rebuilt = ''] = text.split('## high: unknown-origin');
    expect(timesIn(rebuilt).length).toBeGreaterThan(4);
    expect(timesIn(rebuilt)).toEqual(timesIn(rebuilt).toSorted());
    expect(rebuilt).toMatch(/2026-03-02T09:00:00Z \| run 41 attempt 1 built .* \| scenario: run 41 \|/);
    expect(rebuilt).toMatch(/2026-03-02T09:10:00Z \| gate e2e passed/);
    expect(rebuilt).toMatch(/2026-03-02T14:00:00Z \| production\/.* runs /);
    expect(rebuilt).toContain('- fix: Deploy the rehearsed digest instead');
  });

  it('tells what explains a finding with it, and once', async () => {
    const text = await rendered('timeline', incidents.drift);

    expect(text.match(/^- base-layer-mismatch: /gm)).toHaveLength(1);
    expect(text).not.toContain('## medium: base-layer-mismatch');
  });

  it('leaves out no evidence of a finding', async () => {
    const report = await reportOn(incidents.drift);
    const text = await rendered('timeline', incidents.drift);

    const says = report.findings.flatMap(({ evidence }) => evidence.map((id) => report.evidence[id]?.says ?? 'nothing'));
    const missing = says.filter((one) => !text.includes(one.replaceAll('@', '&#64;')));
    expect(missing).toEqual([]);
  });

  it('says that there is nothing to tell where nothing was found', async () => {
    expect(await rendered('timeline', incidents.clean)).toContain('No finding');
  });

  it('says what could not be told, with the next step', async () => {
    const text = await rendered('timeline', incidents.inconclusive);

    expect(text).toContain('**exit 3**');
    expect(text).toContain('## What could not be told');
    expect(text).toMatch(/could not be listed.*Next: /);
  });
});
