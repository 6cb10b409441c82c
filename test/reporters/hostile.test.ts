import type { Report } from 'selfsame';
import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';
import { escapeMarkdown } from '../../src/report/escape-markdown.ts';
import { hostileReport } from './hostile-report.ts';
import { readCsv } from './read-csv.ts';

const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u;

async function renderedBy(id: string, report: Report): Promise<string> {
  const reporter = (await loadAll('reporters')).find((one) => one.id === id);
  return [...(reporter?.render(report, { width: 80, color: false }) ?? [])].join('');
}

describe('what came from outside', () => {
  it('never reaches a terminal or a file as a control character (O01)', async () => {
    const report = await hostileReport();

    const rendered = (await loadAll('reporters')).map((reporter) => [
      reporter.id,
      // The lines of a CSV and of mail end in CR LF (RFC 4180, RFC 5322): those are ours.
      [...reporter.render(report, { width: 80, color: false })]
        .join('')
        .replaceAll(['csv', 'email'].includes(reporter.id) ? '\r\n' : '\n', '\n'),
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

    // What the reporter for GitHub is for: its own commands, each of one line, with a title that holds no colon of somebody else.
    const isOurs = (line: string) => /^github ::(?:error|warning|notice) title=[^:,]*::(?!.*##\[)/.test(line);

    expect(lines.filter(isOurs).length).toBeGreaterThan(2);
    expect(lines.filter((line) => /^\w+ \s*::\w|##\[/.test(line) && !isOurs(line))).toEqual([]);
  });

  it('never becomes Markdown or HTML (O04)', async () => {
    const markdown = (await loadAll('reporters')).find(({ id }) => id === 'markdown');

    const text = [...(markdown?.render(await hostileReport(), { width: 80, color: false }) ?? [])].join('');

    expect(markdown?.id).toBe('markdown');
    expect(text).not.toMatch(/<img|\[a\]\(b\)/);
  });

  const CALLS = 'https://evil.test/x HTTP://evil.test ftp://evil.test www.evil.test WWW.evil.test @team a@evil.test #123 !7 ![x](y) <!-- z';

  it.each(['markdown', 'timeline'])('never becomes a link, an image, a comment, or a call of somebody in %s (O04)', async (id) => {
    const report = await hostileReport();
    const findings = report.findings.map((one) => ({ ...one, rule: CALLS, text: CALLS, fix: CALLS }));
    const rows = report.rows.map((row) => ({ ...row, where: CALLS, image: CALLS, text: CALLS }));

    const text = await renderedBy(id, { ...report, rows, findings });

    // What GitHub reads again once references are characters: it must not stand before a word or a number then either.
    const read = text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
    expect(read).toContain('evil');
    expect(text).not.toMatch(/\w:\/\/|www\.|!\[|<!--/i);
    expect(read).not.toMatch(/(?<!\w)@\w|@[\w-]+\.|[#!]\d/);
  });

  it('of a digest stays as it is to read and to copy: it calls nobody', () => {
    expect(escapeMarkdown('ghcr.io/acme/payments@sha256:c0ffee')).toBe('ghcr.io/acme/payments&#64;sha256:c0ffee');
  });

  it('never becomes an element, an attribute, a script or a link of the page (O05)', async () => {
    const page = await renderedBy('html', await hostileReport());

    const elements = new Set(
      [...page.replace(/<style>[^]*?<\/style>/, '').matchAll(/<(?<name>[a-z]+[0-9]?)/g)].map(({ groups }) => groups?.name),
    );
    const links = [...page.matchAll(/href="(?<to>[^"]*)"/g)].map(({ groups }) => groups?.to ?? '');

    expect([...elements].filter((name) => ['script', 'img', 'iframe', 'link', 'object', 'base', 'form'].includes(name ?? ''))).toEqual([]);
    expect(links.filter((to) => !/^#[a-z]+(?:-\d+)?$/.test(to))).toEqual([]);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(page.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*\s(?:on\w+|style|src)=/);
  });

  it('never becomes a formula of a spreadsheet, nor a field or line of its own (O06)', async () => {
    const report = await hostileReport();
    const formulas = ['=HYPERLINK("http://evil")', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '＝1', 'a","b', 'a;b\nc'];
    const rows = formulas.map((text) => ({ ...report.rows[0]!, image: text, text }));

    const table = readCsv(await renderedBy('csv', { ...report, rows }));

    expect(table).toHaveLength(formulas.length + 1);
    expect(new Set(table.map((line) => line.length))).toEqual(new Set([21]));
    expect(table.flat().filter((cell) => /^[=+\-@\t\r＝＋－＠]/.test(cell))).toEqual([]);
    expect(table.map(([, , image]) => image)).toContain('a","b');
  });

  it('never becomes a placeholder or a broken address in SARIF (O07)', async () => {
    const report = await hostileReport();
    const where = ['production/test/a b/Deployment/javascript:alert(1)/../{0}'];
    const findings = report.findings.map((one) => ({ ...one, text: 'runs {0} of [x](7)', where }));

    const { runs } = JSON.parse(await renderedBy('sarif', { ...report, findings }));

    const [first] = runs[0].results;
    expect(first.message.text).toContain('runs {{0}} of \\[x](7)');
    expect(first.locations[0].physicalLocation.artifactLocation.uri).toBe(
      'runtime/production/test/a%20b/Deployment/javascript%3Aalert%281%29/%2E%2E/%7B0%7D',
    );
  });

  it('never becomes what XML forbids (O08)', async () => {
    const report = await hostileReport();
    const rows = report.rows.map((row) => ({ ...row, where: ']]>&#0;\u0000\ufffe\ud800</testcase>' }));

    const xml = await renderedBy('junit', { ...report, rows });

    expect(xml).not.toMatch(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u);
    expect(xml).not.toContain(']]>');
    expect(xml.match(/<testcase /g)?.length).toBe(xml.match(/<\/testcase>|<testcase [^>]*\/>/g)?.length);
  });

  it('never becomes a label or a line of its own among metrics', async () => {
    const report = await hostileReport();
    const findings = report.findings.map((one) => ({ ...one, rule: 'x"} 1\nevil{a="\\' }));

    const lines = (await renderedBy('prometheus', { ...report, findings })).trimEnd().split('\n');

    expect(lines.filter((line) => !/^# |^selfsame_\w+(?:\{(?:\w+="(?:[^"\\]|\\.)*",?)+\})? [\d.]+$/.test(line))).toEqual([]);
  });

  it('is still the same value in JSON', async () => {
    const report = await hostileReport();
    const json = (await loadAll('reporters')).find(({ id }) => id === 'json');

    expect(JSON.parse([...(json?.render(report, { width: 80, color: false }) ?? [])].join(''))).toEqual(JSON.parse(JSON.stringify(report)));
  });
});
