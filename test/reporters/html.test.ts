import { createHash } from 'node:crypto';
import type { Report } from 'selfsame';
import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';
import { incidents, rendered, reportOn } from './estates.ts';

async function pageOf(report: Report): Promise<string> {
  const reporter = (await loadAll('reporters')).find(({ id }) => id === 'html');
  return [...(reporter?.render(report, { width: 80, color: false }) ?? [])].join('');
}

/** What a reader sees: the text of a page without its markup. */
function textOf(page: string): string {
  return page
    .replace(/<style>[^]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('the page', () => {
  it.each(['clean', 'drift', 'inconclusive'] as const)('says first how it ended, and that it may ask for nothing: %s', async (name) => {
    const page = await rendered('html', incidents[name]);

    const [, style = ''] = /<style>([^]*?)<\/style>/.exec(page) ?? [];
    const digest = createHash('sha256').update(style).digest('base64');

    expect(page).toContain(
      `content="default-src &#39;none&#39;; style-src &#39;sha256-${digest}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"`,
    );
    expect(page).not.toMatch(/https?:|<script|@import|url\(/);
    expect(textOf(page)).toContain(`exit ${(await reportOn(incidents[name])).exitCode}`);
  });

  it.each([
    [['production'], 'Does production run what was tested?'],
    [['harbour-eu', 'harbour-us', 'harbour-asia'], 'Do harbour-eu, harbour-us and harbour-asia run what was tested?'],
  ])('asks about all that comes last: %s', async (last, question) => {
    const page = await pageOf({ ...(await reportOn(incidents.clean)), promotion: [['staging'], last] });

    expect(page).toContain(`<h1>${question}</h1>`);
  });

  it('tells a finding with what to do, both digests, the cause and a timeline in the order of time', async () => {
    const page = await rendered('html', incidents.drift);

    const [card = ''] = page.split('<article').slice(1);
    const times = [...card.matchAll(/datetime="([^"]*)"/g)].map(([, time]) => time ?? '');

    expect(textOf(card)).toContain(
      'Runs Digest sha256:6fe385ac863e8511929a523df841051ac257ba0b2db67aba63c9c0e5480e1fe8 Built by github-actions run 57',
    );
    expect(textOf(card)).toContain('Was rehearsed Digest sha256:9c8a3d020aa6ade60fc51f0e359f661150ef8160b20bdcb43eceb29b80fa3715');
    expect(textOf(card)).toContain('Cause base image Found with it base-layer-mismatch');
    expect(card).toContain('<code class="command">kubectl -n default set image');
    expect(times).toHaveLength(6);
    expect(times).toEqual(times.toSorted());
  });

  it('gives a long command a line of its own, unless brackets hold it in its sentence', async () => {
    const long = 'aws ecr put-image-tag-mutability --image-tag-mutability IMMUTABLE';
    const report = await reportOn(incidents.drift);
    const fixedBy = (fix: string) => ({ ...report, findings: report.findings.slice(0, 1).map((finding) => ({ ...finding, fix })) });

    expect(await pageOf(fixedBy(`Run \`${long}\`. Look again.`))).toContain(`<code class="command">${long}</code>Look again.`);
    expect(await pageOf(fixedBy(`Lock it (\`${long}\`), and look.`))).toContain(`Lock it (<code>${long}</code>), and look.`);
  });

  it('says what to do about what is told with a finding, and names it as such where it is no cause', async () => {
    const report = await reportOn(incidents.drift);
    const findings = report.findings.map(({ cause: _, ...finding }) => finding);

    const text = textOf(await pageOf({ ...report, findings }));

    expect(text).toMatch(/Found with it base-layer-mismatch : [^]*? What to do: Pin the base by digest/);
  });

  it('tells what is not known, once a reason, with the next step', async () => {
    const text = textOf(await rendered('html', incidents.inconclusive));

    expect(text).toContain(
      '1 container unresolved: the test records could not be listed. Next: allow reading the test records: see the gaps.',
    );
    expect(text).toContain('Not every test could be listed , forbidden: source scenario');
  });

  it.each([
    'clean',
    'drift',
    'inconclusive',
  ] as const)('can be read by ear: headings in order, tables with heads, links that lead somewhere: %s', async (name) => {
    const page = await rendered('html', incidents[name]);

    const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    const ids = new Set([...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id));
    const targets = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);

    expect(levels.filter((level, at) => level - (levels[at - 1] ?? 0) > 1)).toEqual([]);
    expect(targets.filter((target) => !ids.has(target))).toEqual([]);
    expect([...page.matchAll(/<th(?![a-z])[^>]*>/g)].filter(([head]) => !/scope="(?:col|row)"/.test(head))).toEqual([]);
    expect([...page.matchAll(/<table/g)].length).toBeGreaterThan(0);
  });

  it('folds ten thousand containers, and writes them in pieces', async () => {
    const report = await reportOn(incidents.clean);
    const rows = Array.from({ length: 10_000 }, (_, at) => ({
      ...report.rows[0]!,
      where: report.rows[0]!.where.replace('payments-api', `api-${at}`),
    }));

    const page = await pageOf({ ...report, rows });

    expect(page.match(/<tr id="row-/g)).toHaveLength(10_000);
    expect(page).not.toContain('<details class="group" open');
    expect(page).toContain('selfsame, 501 to 1000');
  });

  it('shows first the namespaces, and in them the services, that need attention', async () => {
    const report = await reportOn(incidents.drift);
    const [rebuilt] = report.rows;
    const rowAt = (where: string, is: 'rebuilt' | 'selfsame') => ({ ...rebuilt!, where, standing: { ...rebuilt!.standing, is } });
    const rows = [
      rowAt('production/test/accounts/Deployment/login/app', 'selfsame'),
      rowAt('production/test/payments/Deployment/api/app', 'selfsame'),
      rowAt('production/test/payments/Deployment/worker/app', 'rebuilt'),
    ];

    const page = await pageOf({ ...report, rows });
    const standings = textOf(page.slice(page.indexOf('id="standings"'), page.indexOf('id="findings"')));

    expect([...standings.matchAll(/payments 1|accounts 1|worker|api|login/g)].map(([name]) => name)).toEqual([
      'payments 1',
      'worker',
      'api',
      'accounts 1',
      'login',
    ]);
  });

  it('lists the rules before many findings, and folds all but the first fifty', async () => {
    const report = await reportOn(incidents.drift);
    const findings = Array.from({ length: 120 }, (_, at) => ({
      ...report.findings[0]!,
      rule: at < 70 ? 'rebuilt-after-test' : 'unknown-origin',
      where: [`production/payments/api-${at}/app`],
      ...(at === 7 ? { waived: { because: 'CHG-4711', owner: 'team-payments', until: '2026-05-31' } } : {}),
    }));

    const page = await pageOf({ ...report, findings });
    const [, unfolded = ''] = /<h2 id="findings"([^]*?)<details class="group">/.exec(page) ?? [];

    expect(textOf(page)).toContain(
      'high rebuilt-after-test : 70 findings in 70 places, 1 waived high unknown-origin : 50 findings in 50 places',
    );
    expect(unfolded).toContain('href="#finding-71"');
    expect(unfolded.match(/<article/g)).toHaveLength(50);
    expect(page.match(/<article/g)).toHaveLength(120);
    expect(textOf(page)).toContain('Findings 101 to 120, from unknown-origin');
    expect(page.match(/<details/g)).toHaveLength(page.match(/<\/details>/g)?.length ?? 0);
  });

  it('tells what happened, and folds what was only seen where there is much of it', async () => {
    const report = await reportOn(incidents.drift);
    const [finding] = report.findings;
    const seen = Array.from({ length: 20 }, (_, at) => `seen-${at}`);
    const evidence = Object.fromEntries(
      seen.map((id) => [id, { kind: 'running-image', at: report.effectiveAt, origin: { source: 'harbour', locator: 'pods' }, says: id }]),
    );

    const page = await pageOf({
      ...report,
      findings: [{ ...finding!, evidence: [...finding!.evidence, ...seen] }],
      evidence: { ...report.evidence, ...evidence },
    });
    const [, unfolded = '', folded = ''] = /<h4>Timeline<\/h4>([^]*?)<details>([^]*?)<\/details>/.exec(page) ?? [];

    expect(unfolded.match(/<li class="event"/g)?.length).toBe(unfolded.match(/<li/g)?.length);
    expect(textOf(unfolded)).toContain('run 57 attempt 1 built');
    expect(folded.match(/seen-/g)).toHaveLength(20);
  });

  it('heads every line of the population by its container, on two columns that a phone has room for', async () => {
    const page = await rendered('html', incidents.inconclusive);

    const [head = '', ...lines] = page.slice(page.indexOf('<table class="rows">')).split('<tr');

    expect(textOf(lines[0] ?? '')).toContain('> Container and image Why');
    expect(textOf(lines[1] ?? '')).toContain(
      'production/test/default/Deployment/payments-api/app registry.test/payments@sha256:bb723f2df028c631d47773ce8487458c9f637184e482ddf9c9eb0ce49c502cce 1 instance, linux/amd64 the test records could not be listed Next: allow',
    );
    expect(lines[2]).toContain('registry.test/payments, no digest');
    expect(head).toContain('Containers: unresolved');
  });

  it('names who waived, until when and why, and every waiver with its state', async () => {
    const report = await reportOn(incidents.drift);
    const waived = { because: 'fixed in CHG-4711', owner: 'team-payments', until: '2026-05-31' };
    const waivers: Report['waivers'] = [
      { about: 'tag-moved', where: 'production/checkout', state: 'expired', why: 'it ended on 2026-01-31', concerns: [] },
    ];

    const page = await pageOf({ ...report, waivers, findings: report.findings.map((one) => ({ ...one, waived })) });
    const text = textOf(page);

    expect(page).not.toContain('class="finding is-high"');
    expect(text).toContain('Waived until 2026-05-31 by team-payments: fixed in CHG-4711');
    expect(text).toContain('expired tag-moved production/checkout nobody no date it ended on 2026-01-31');
  });
});
