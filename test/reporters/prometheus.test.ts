import { describe, expect, it } from 'vitest';
import prometheus from '../../src/reporters/prometheus.ts';
import { incidents, rendered, reportOn } from './estates.ts';

describe('metrics', () => {
  it('count what drifted', async () => {
    expect(await rendered('prometheus', incidents.drift)).toMatchInlineSnapshot(`
      "# HELP selfsame_exit_code 0 complete and clean, 1 drift, 3 inconclusive.
      # TYPE selfsame_exit_code gauge
      selfsame_exit_code 1
      # HELP selfsame_effective_timestamp_seconds When the newest recording was taken: alert on its age.
      # TYPE selfsame_effective_timestamp_seconds gauge
      selfsame_effective_timestamp_seconds 1772460000
      # HELP selfsame_rows Containers by environment and standing.
      # TYPE selfsame_rows gauge
      selfsame_rows{environment="production",standing="foreign"} 1
      selfsame_rows{environment="production",standing="rebuilt"} 1
      # HELP selfsame_findings Findings that count: not waived, of rules that apply, and not known before, by rule and severity.
      # TYPE selfsame_findings gauge
      selfsame_findings{rule="rebuilt-after-test",severity="high"} 1
      selfsame_findings{rule="unknown-origin",severity="high"} 1
      selfsame_findings{rule="",severity="medium"} 0
      selfsame_findings{rule="",severity="low"} 0
      selfsame_findings{rule="",severity="info"} 0
      # HELP selfsame_findings_known Findings that counted before, where only new ones do, by severity.
      # TYPE selfsame_findings_known gauge
      selfsame_findings_known{severity="high"} 0
      selfsame_findings_known{severity="medium"} 0
      selfsame_findings_known{severity="low"} 0
      selfsame_findings_known{severity="info"} 0
      # HELP selfsame_findings_waived Findings that are waived.
      # TYPE selfsame_findings_waived gauge
      selfsame_findings_waived 0
      # HELP selfsame_findings_later Findings of rules that apply from a later day.
      # TYPE selfsame_findings_later gauge
      selfsame_findings_later 0
      # HELP selfsame_waivers Waivers by what became of them; what is expiring or too-broad is applied too.
      # TYPE selfsame_waivers gauge
      selfsame_waivers{state="applied"} 0
      selfsame_waivers{state="expired"} 0
      selfsame_waivers{state="expiring"} 0
      selfsame_waivers{state="not-applied"} 0
      selfsame_waivers{state="stale-digest"} 0
      selfsame_waivers{state="too-broad"} 0
      selfsame_waivers{state="unused"} 0
      # HELP selfsame_gaps Gaps in what was read, by kind.
      # TYPE selfsame_gaps gauge
      # HELP selfsame_rehearsed_ratio Share of first-party containers that run what was rehearsed.
      # TYPE selfsame_rehearsed_ratio gauge
      selfsame_rehearsed_ratio{environment="production"} 0
      # HELP selfsame_unresolved Containers that could not be judged, by reason.
      # TYPE selfsame_unresolved gauge
      "
    `);
  });

  it('count what was known before apart, where only what is new counts', async () => {
    const report = await reportOn(incidents.drift);
    const findings = report.findings.map((finding) =>
      finding.rule === 'unknown-origin' ? { ...finding, since: '2026-03-01T14:00:00Z' } : finding,
    );

    const text = [...prometheus.render({ ...report, findings }, { width: 80, color: false })].join('');

    expect(text.match(/^selfsame_findings(?:_known)?\{.*severity="high"\} .*$/gm)).toEqual([
      'selfsame_findings{rule="rebuilt-after-test",severity="high"} 1',
      'selfsame_findings_known{severity="high"} 1',
    ]);
  });

  it('count what is not known', async () => {
    const text = await rendered('prometheus', incidents.inconclusive);

    expect(text).toContain('selfsame_exit_code 3\n');
    expect(text).toContain('selfsame_unresolved{environment="production",reason="tests-not-covered"} 1\n');
    expect(text).toContain('selfsame_gaps{of="test",because="forbidden"} 1\n');
  });

  it.each(['clean', 'drift', 'inconclusive'] as const)('have one help, one type and distinct series a metric: %s', async (name) => {
    const lines = (await rendered('prometheus', incidents[name])).trimEnd().split('\n');

    const series = lines.filter((line) => !line.startsWith('#')).map((line) => line.replace(/ [\d.]+$/, ''));
    const helps = lines.filter((line) => line.startsWith('# HELP')).map((line) => line.split(' ')[2]);

    expect(new Set(series).size).toBe(series.length);
    expect(new Set(helps).size).toBe(helps.length);
  });
});
