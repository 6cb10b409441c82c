import type { Report } from 'selfsame';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import slack from '../../src/reporters/slack.ts';
import { incidents, rendered, reportOn } from './estates.ts';

const text = (most: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(most), emoji: z.literal(false) });

/** What Slack asks of the message (docs.slack.dev: Block Kit reference, header and section block, read 2026). */
const Message = z.strictObject({
  text: z.string().min(1).max(4000),
  unfurl_links: z.literal(false),
  unfurl_media: z.literal(false),
  blocks: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('header'), text: text(150) }),
        z.strictObject({ type: z.literal('section'), text: text(3000) }),
      ]),
    )
    .min(1)
    .max(50),
});

function messageOf(report: Report): readonly string[] {
  const message = Message.parse(JSON.parse([...slack.render(report, { width: 80, color: false })].join('')));
  return message.blocks.map((block) => block.text.text);
}

describe('a message for Slack', () => {
  it('says first that something drifted, then why, where and what to do', async () => {
    const [header, summary, first, second] = messageOf(await reportOn(incidents.drift));

    expect(header).toBe('selfsame: drift in production, 2 findings, 2026-03-02');
    expect(summary).toMatch(/^exit 1: .+\nproduction 2 first-party: /);
    expect(first).toMatch(/^high: rebuilt-after-test\n.+\nAt: production\/default\/payments-api\/app\nFix: Deploy the rehearsed digest/);
    expect(second).toMatch(/^high: unknown-origin\n/);
  });

  it('is two blocks where all is well', async () => {
    expect(messageOf(await reportOn(incidents.clean))).toEqual([
      'selfsame: clean in production, 0 findings, 2026-03-02',
      expect.stringMatching(/^exit 0: /),
    ]);
  });

  it('says what is not known, with the next step', async () => {
    const told = messageOf(await reportOn(incidents.inconclusive)).join('\n\n');

    expect(told).toContain('selfsame: inconclusive in production');
    expect(told).toMatch(/2 containers unresolved|1 container unresolved/);
    expect(told).toContain('gap: not every test could be listed, forbidden');
  });

  it('names the owner with the contact', async () => {
    const report = await reportOn(incidents.drift);
    const findings = report.findings.map((one) => ({ ...one, owners: ['team-payments'] }));

    const told = messageOf({ ...report, findings, teams: [{ name: 'team-payments', contact: '#payments' }] });

    expect(told[2]).toContain('\nOwner: team-payments (#payments)\n');
  });

  it('leaves out what is waived or told under another', async () => {
    const report = await reportOn(incidents.drift);
    const [first, ...more] = report.findings;
    const waived = { ...first!, waived: { because: 'known', owner: 'team-payments', until: '2026-04-01' } };

    const told = messageOf({ ...report, findings: [waived, ...more.map((one) => ({ ...one, under: waived.fingerprint }))] });

    expect(told.join('\n')).not.toMatch(/rebuilt-after-test|unknown-origin\n/);
  });

  it('stays within what Slack takes where there are ten thousand findings, and counts what it left out', async () => {
    const report = await reportOn(incidents.inconclusive);
    const [one] = (await reportOn(incidents.drift)).findings;
    const findings = Array.from({ length: 10_000 }, (_, at) => ({ ...one!, text: `payments-${at} ${'drifted '.repeat(600)}` }));

    const told = messageOf({ ...report, findings });

    const shown = told.filter((block) => block.startsWith('high: ')).length;
    expect(told.join('').length).toBeLessThan(8300);
    expect(shown).toBeGreaterThan(2);
    expect(told.filter((block) => block.endsWith(' … (cut)'))).toHaveLength(shown);
    expect(told.at(-1)).toMatch(new RegExp(`^Not shown here: ${10_000 - shown} more of the findings\\. Write the whole`));
    expect(told.join('\n')).toContain('gap: not every test could be listed');
  });

  it('keeps to fifty blocks where texts are short', async () => {
    const report = await reportOn(incidents.drift);
    const findings = Array.from({ length: 80 }, () => ({ ...report.findings[0]!, text: 'x', fix: 'y', where: ['production/z'] }));

    const told = messageOf({ ...report, findings, because: ['drift'] });

    expect(told).toHaveLength(50);
    expect(told.at(-1)).toContain('Not shown here: 33 more of the findings');
  });

  it('never mentions, links or formats what somebody else wrote, nor cuts an escape in two (O14)', async () => {
    const report = await reportOn(incidents.drift);
    const evil = '<!channel> <@U012> <https://evil.test|x> &lt;!here&gt; \u202e\n*b* :bomb:';
    const findings = report.findings.map((one) => ({ ...one, text: `${evil} ${'<&>'.repeat(500)}`, where: [evil], rule: evil }));

    const json = [...slack.render({ ...report, findings, promotion: [[evil]] }, { width: 80, color: false })].join('');

    const told = messageOf({ ...report, findings, promotion: [[evil]] }).join('\n');
    expect(json).not.toMatch(/[<>]|mrkdwn/);
    expect(told).toContain('&lt;!channel&gt; &lt;@U012&gt; &lt;https://evil.test|x&gt; &amp;lt;!here&amp;gt; \\u{202e}\\u{a}*b*');
    expect(told.replaceAll(/&(?:amp|lt|gt);/g, '')).not.toContain('&');
  });

  it.each(['clean', 'drift', 'inconclusive'] as const)('is what Slack takes: %s', async (name) => {
    expect(Message.parse(JSON.parse(await rendered('slack', incidents[name]))).text).toContain('selfsame: ');
  });
});
