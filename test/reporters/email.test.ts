import type { Report } from 'selfsame';
import { describe, expect, it } from 'vitest';
import email from '../../src/reporters/email.ts';
import { incidents, reportOn } from './estates.ts';
import { hostileReport } from './hostile-report.ts';

type Mail = Readonly<{ raw: string; headers: ReadonlyMap<string, string>; text: string; html: string }>;

/** The message as a strict reader has it: RFC 5322 with its folding, RFC 2046 multipart, RFC 2047 words; anything else throws. */
function mailOf(report: Report): Mail {
  const raw = [...email.render(report, { width: 80, color: false })].join('');
  if (/[^\r]\n|\r[^\n]|[^\r\n\u0020-\u007e]/.test(raw)) throw new Error('no lines of ASCII that end in CR LF');
  const [head, ...rest] = raw.split('\r\n\r\n');
  const headers = headersOf(head ?? '');
  const boundary = /^multipart\/alternative; boundary="(?<it>[\w=]{1,70})"$/.exec(headers.get('Content-Type') ?? '')?.groups?.it;
  const [preamble, first, second, end, ...more] = `\r\n${rest.join('\r\n\r\n')}`.split(`\r\n--${boundary}`);
  if (preamble !== '' || end !== '--\r\n' || more.length > 0) throw new Error('other than two parts');
  return { raw, headers, text: partOf('plain', first), html: partOf('html', second) };
}

function headersOf(head: string): ReadonlyMap<string, string> {
  const fields = head.replaceAll(/\r\n (?==\?)/g, ' ').split('\r\n');
  return new Map(
    fields.map((field) => {
      const { name, value } = /^(?<name>[A-Za-z-]+): (?<value>[^\r\n]+)$/.exec(field)?.groups ?? {};
      if (!name || value === undefined) throw new Error(`no header: ${field}`);
      return [name, value];
    }),
  );
}

function partOf(kind: string, part = ''): string {
  const [, content] =
    new RegExp(`^\\r\\nContent-Type: text/${kind}; charset=utf-8\\r\\nContent-Transfer-Encoding: base64\\r\\n\\r\\n([^]+)$`).exec(part) ??
    [];
  if (!content || content.split('\r\n').some((line) => line.length > 76 || !/^[A-Za-z0-9+/=]*$/.test(line)))
    throw new Error(`no part of ${kind}`);
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(content, 'base64'));
}

function subjectOf({ headers }: Mail): string {
  const subject = headers.get('Subject') ?? '';
  const words = subject.split(' ');
  if (!subject.startsWith('=?')) return subject;
  return words
    .map((word) => {
      const [, encoded] = /^=\?UTF-8\?B\?([A-Za-z0-9+/=]+)\?=$/.exec(word) ?? [];
      if (!encoded || word.length > 75) throw new Error(`no encoded word: ${word}`);
      return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, 'base64'));
    })
    .join('');
}

describe('a message by mail', () => {
  it('says in its subject that something drifted, and in both parts what, where and what to do', async () => {
    const mail = mailOf(await reportOn(incidents.drift));

    expect(subjectOf(mail)).toBe('selfsame: drift in production, 2 findings, 2026-03-02');
    expect(Object.fromEntries(mail.headers)).toMatchObject({
      Date: 'Mon, 02 Mar 2026 14:00:00 +0000',
      'MIME-Version': '1.0',
      'Auto-Submitted': 'auto-generated',
      'X-Selfsame-Exit-Code': '1',
    });
    expect(mail.text).toMatch(
      /\nhigh: rebuilt-after-test\n.+\nAt: production\/default\/payments-api\/app\nFix: Deploy the rehearsed digest/,
    );
    expect(mail.html).toMatch(/<h2>high: rebuilt-after-test<\/h2><p>.+<b>Fix:<\/b> Deploy the rehearsed digest/s);
  });

  it('names no sender and no recipient: those who send it do', async () => {
    const { headers } = mailOf(await reportOn(incidents.clean));

    expect([...headers.keys()].filter((name) => /^(?:From|To|Cc|Bcc|Sender|Reply-To|Message-ID)$/i.test(name))).toEqual([]);
  });

  it('says what is not known, and that it is not clean', async () => {
    const mail = mailOf(await reportOn(incidents.inconclusive));

    expect(subjectOf(mail)).toContain('selfsame: inconclusive in production');
    for (const part of [mail.text, mail.html]) expect(part).toContain('gap: not every test could be listed, forbidden');
  });

  it('names the owner with the contact', async () => {
    const report = await reportOn(incidents.drift);
    const findings = report.findings.map((one) => ({ ...one, owners: ['team-payments'] }));

    const { text, html } = mailOf({ ...report, findings, teams: [{ name: 'team-payments', contact: 'payments@shop.example' }] });

    expect(text).toContain('\nOwner: team-payments (payments@shop.example)\n');
    expect(html).toContain('<b>Owner:</b> team-payments (payments@shop.example)<br>');
  });

  it('has the same bytes for the same report, and another boundary for another', async () => {
    const [drift, again, clean] = [await reportOn(incidents.drift), await reportOn(incidents.drift), await reportOn(incidents.clean)];

    expect(mailOf(drift).raw).toBe(mailOf(again).raw);
    expect(mailOf(drift).headers.get('Content-Type')).not.toBe(mailOf(clean).headers.get('Content-Type'));
  });

  it.each([
    ['letters of other scripts, never cut in two', 'größe-生産-🚢'.repeat(8)],
    ['a header of its own', 'x\r\nBcc: everybody@evil.test\r\n\r\n<b>'],
    ['an encoded word', '=?UTF-8?B?ZXZpbA==?='],
    ['half a character', 'x\ud83d'],
  ])('has a subject that a name cannot break: %s', async (_, name) => {
    const mail = mailOf({ ...(await reportOn(incidents.drift)), promotion: [['staging'], [name]] });

    const told = subjectOf(mail);
    expect([...mail.headers.keys()]).toEqual(['Date', 'Subject', 'MIME-Version', 'Auto-Submitted', 'X-Selfsame-Exit-Code', 'Content-Type']);
    expect(told).toMatch(/^selfsame: drift in \S/);
    expect(told.includes('Bcc')).toBe(name.includes('Bcc'));
    for (const line of mail.raw.split('\r\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('is no markup, link or line of somebody else, in either part (O01, O05, O14)', async () => {
    const { text, html } = mailOf(await hostileReport());

    const elements = new Set([...html.matchAll(/<(?<name>[a-z]+[0-9]?)/g)].map(({ groups }) => groups?.name));
    expect(elements).toEqual(new Set(['html', 'head', 'meta', 'title', 'body', 'h1', 'h2', 'p', 'b', 'br', 'ul', 'li']));
    expect(html).toContain('&lt;img src=x&gt;');
    for (const part of [text, html]) expect(part).not.toMatch(/[^\n\u0020-\u007e\u00b7\u2026]/);
  });

  it('stays small where there are ten thousand findings, and says what it left out', async () => {
    const report = await reportOn(incidents.inconclusive);
    const [one] = (await reportOn(incidents.drift)).findings;
    const findings = Array.from({ length: 10_000 }, () => ({ ...one!, text: 'drifted '.repeat(1000), fix: '生産🚢'.repeat(1000) }));

    const { raw, text, html } = mailOf({ ...report, findings });

    expect(raw.length).toBeLessThan(200_000);
    expect(text.match(/^high: /gm)).toHaveLength(25);
    for (const part of [text, html]) {
      expect(part).toContain('Not shown here: 9975 more of the findings. The whole is in the report.');
      expect(part).toContain(' … (cut)');
      expect(part).toContain('gap: not every test could be listed');
    }
  });
});
