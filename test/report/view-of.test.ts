import { formatFiles, judgeRecorded, type Report } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';
import { viewOf } from '../../src/report/view-of.ts';
import { incidents } from '../reporters/estates.ts';

const teams = [{ name: 'team-payments', where: ['production/payments-api'], images: [], labels: {}, contact: '#payments' }];
const accepted = { rule: 'unknown-origin', because: 'agreed', until: '2026-12-31' };
const waivers = [
  { ...accepted, owner: 'team-payments', where: 'production/payments-w*' },
  { ...accepted, owner: 'team-ledger', where: 'production/payments-*' },
  { ...accepted, owner: 'team-ledger', where: 'production/ledger' },
];

async function whole(): Promise<Report> {
  const { drift } = incidents;
  return judgeRecorded(drift.recordings(), { ...drift.plan(), teams, waivers }, await loadAll('rules'), '0.1.0');
}

async function rendered(id: string, report: Report): Promise<string> {
  const reporter = (await loadAll('reporters')).find((one) => one.id === id);
  const text = [...(reporter?.render(report, { width: 120, color: false }) ?? [])].join('');
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

describe('the view of a team', () => {
  it('shows its rows and findings, with the evidence of those alone', async () => {
    const view = viewOf(await whole(), 'team-payments');

    expect(view.rows.map(({ where }) => where)).toEqual(['production/test/default/Deployment/payments-api/app']);
    expect(new Set(view.findings.flatMap(({ where }) => where)).size).toBe(1);
    expect(view.findings.flatMap(({ evidence }) => evidence).every((id) => view.evidence[id])).toBe(true);
    expect(Object.keys(view.evidence).length).toBeLessThan(Object.keys((await whole()).evidence).length);
  });

  it('leaves the verdict, the coverage and what clean-ups have to spare as they are for all', async () => {
    const report = await whole();
    const { exitCode, because, coverage, gaps, tally, keep, plan } = report;

    expect(viewOf(report, 'team-payments')).toMatchObject({ exitCode, because, coverage, gaps, tally, keep, plan });
  });

  it('shows the waivers that are its own, and those of others over what it owns', async () => {
    expect(viewOf(await whole(), 'team-payments').waivers.map(({ where }) => where)).toEqual([
      'production/payments-*',
      'production/payments-w*',
    ]);
  });

  it.each(['table', 'markdown', 'html'])('says in a %s that it is one, below the first line, which stays that of all', async (id) => {
    const report = await whole();

    const [all, own] = [await rendered(id, report), await rendered(id, viewOf(report, 'team-payments'))];

    expect(own).toMatch(/VIEW of team-payments \(#payments\): 1 of 2 containers/);
    expect(own).not.toContain('payments-worker');
    if (id === 'table') expect(own.split('\n')[0]).toBe(all.split('\n')[0]);
  });
});

describe('the view of a team that owns files', () => {
  const workflow = (name: string) => `on: push
jobs:
  release:
    environment: production
    steps:
      - uses: docker/build-push-action@v6
        with: { push: true, tags: ghcr.io/acme/${name}:1.4 }
      - run: helm upgrade ${name} chart
`;
  const files = async () => {
    const given = scenario({
      teams: [
        { name: 'team-payments', where: ['file:acme/payments/*/release.yml#*'] },
        { name: 'team-ledger', where: ['file:acme/payments/*/ledger.yml#*'] },
      ],
    })
      .at('09:00')
      .wrote('.github/workflows/release.yml', workflow('payments'))
      .wrote('.github/workflows/ledger.yml', workflow('ledger'));
    return judgeRecorded(given.recordings(), given.plan(), await loadAll('rules'), '0.1.0');
  };

  it('counts the files of all on the first lines, and shows the findings in its own', async () => {
    const report = await files();
    const view = viewOf(report, 'team-payments');

    expect(formatFiles(view)).toBe(formatFiles(report));
    expect(view.findings.length).toBeGreaterThan(0);
    expect(view.findings.every(({ at }) => at?.path.endsWith('release.yml'))).toBe(true);
  });

  it('fails its job that a rule finds something in', async () => {
    const text = await rendered('junit', viewOf(await files(), 'team-payments'));

    expect(text).toMatch(/release\.yml#release" time="0"><failure message="/);
  });

  it('keeps the places of its findings, and what rules could not tell of its files', async () => {
    const report = await files();
    const place = 'file:acme/payments/.github/workflows/release.yml#release';
    const unknowns = [{ rule: 'rebuild-in-deploy-job', because: 'jobs: calls-a-script', where: [place] }];

    const view = viewOf({ ...report, unknowns }, 'team-payments');

    expect(new Set(view.findings.flatMap(({ where }) => where))).toEqual(new Set([place]));
    expect(view.unknowns).toEqual(unknowns);
    expect(viewOf({ ...report, unknowns }, 'team-ledger').unknowns).toEqual([]);
  });

  it('passes no file of another team, of whose findings nothing is shown', async () => {
    const text = await rendered('junit', viewOf(await files(), 'team-payments'));

    expect(text).toContain('release.yml#release');
    expect(text).not.toContain('ledger.yml');
  });
});

describe('what nobody owns', () => {
  it.each(['table', 'markdown', 'html'])('is told once in a %s, and whose the findings are', async (id) => {
    const text = await rendered(id, await whole());

    expect(text.match(/obody owns 1 container: production\/default\/payments-worker\/app/g)).toHaveLength(1);
    expect(text).toMatch(/[Oo]wner: team-payments \(#payments\)/);
  });

  it('is not told where there are no teams', async () => {
    const { drift } = incidents;
    const report = judgeRecorded(drift.recordings(), drift.plan(), await loadAll('rules'), '0.1.0');

    expect(await rendered('table', report)).not.toContain('nobody owns');
  });
});
