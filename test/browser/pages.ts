import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { judgeRecorded, type Report } from 'selfsame';
import { type Scenario, scenario } from 'selfsame/testing';
import { StandingWord } from '../../src/domain/standing.ts';
import { loadAll, loadMember } from '../../src/registry.ts';
import { fleet } from '../bench/estate.ts';
import { incidents, reportOn } from '../reporters/estates.ts';
import { hostileReport } from '../reporters/hostile-report.ts';

/** A page by the name of its estate, and the file that it lies in. */
export type Pages = Readonly<Record<'clean' | 'drift' | 'inconclusive' | 'hostile' | 'waived' | 'files' | 'regions' | 'big', string>>;

/** Writes the estates into the folder, each as a page; `big` has ten thousand containers and some hundred findings. */
export async function writePages(folder: string): Promise<Pages> {
  const reporter = await loadMember('reporters', 'html');
  const write = (name: string, report: Report) => {
    const file = path.join(folder, `${name}.html`);
    writeFileSync(file, [...reporter.render(report, { width: 80, color: false })].join(''));
    return file;
  };
  return {
    clean: write('clean', await reportOn(incidents.clean)),
    drift: write('drift', await reportOn(incidents.drift)),
    inconclusive: write('inconclusive', await reportOn(incidents.inconclusive)),
    hostile: write('hostile', await armedReport()),
    waived: write('waived', await waivedReport()),
    files: write('files', await filesReport()),
    regions: write('regions', await regionsReport()),
    big: write('big', await bigReport()),
  };
}

/** Names that would run, load and draw, if they ever became elements. */
async function armedReport(): Promise<Report> {
  const armed = '\\"><img src=http://127.0.0.1:9/x onerror=alert(1)><script>alert(2)</script><svg onload=alert(3)>';
  // Only text within its strings was replaced.
  return JSON.parse(JSON.stringify(await hostileReport()).replaceAll('<img src=x>', armed)) as Report;
}

/** Findings that somebody waived, and every state that a waiver can be in. */
async function waivedReport(): Promise<Report> {
  const report = await reportOn(incidents.drift);
  const waived = { because: 'fixed in CHG-4711, which lands with the next release', owner: 'team-payments', until: '2026-05-31' };
  const states = ['applied', 'expired', 'unused', 'stale-digest', 'not-applied'] as const;
  const waivers = states.map((state) => ({
    about: 'rebuilt-after-test',
    where: 'production/test/payments/Deployment/*/app',
    approver: 'team-release',
    ticket: 'CHG-4711',
    state,
    why: waived.because,
    concerns: [{ is: 'expiring' as const, says: 'it ends within 30 days' }],
    ...waived,
  }));
  return {
    ...report,
    waivers,
    findings: report.findings.map((one) => ({ ...one, waived })),
    rows: report.rows.map((row) => ({ ...row, waived })),
  };
}

/** A workflow that builds again in the job that deploys, and nothing that runs. */
async function filesReport(): Promise<Report> {
  const workflow =
    'on: push\njobs:\n  release:\n    steps:\n      - run: docker build --push -t payments .\n      - run: helm upgrade payments chart\n';
  const kinds = ['running-image', 'build', 'test', 'content', 'tag', 'deployment', 'approval'] as const;
  return reportOn(
    kinds.reduce<Scenario>((so, kind) => so.withoutSource(kind), scenario().at('09:00').wrote('.github/workflows/release.yml', workflow)),
  );
}

/** More environments than a phone has room for, and every standing. */
async function regionsReport(): Promise<Report> {
  const report = await reportOn(incidents.drift);
  const regions = ['harbour-eu', 'harbour-us', 'harbour-asia'];
  const places = ['staging', ...regions].flatMap((environment) =>
    ['payments-api', 'checkout'].map((service) => ({ environment, where: `${environment}/test/payments/Deployment/${service}/app` })),
  );
  const words = StandingWord.options;
  const rows = places.flatMap((place, at) =>
    report.rows
      .slice(0, 1)
      .map((row) => ({ ...row, ...place, standing: { ...row.standing, is: words[at % words.length] ?? row.standing.is } })),
  );
  const coverage = regions.flatMap((environment) => report.coverage.map((one) => ({ ...one, environment })));
  return { ...report, rows, coverage, promotion: [['staging'], regions] };
}

async function bigReport(): Promise<Report> {
  const { recording, plan } = fleet({ workloads: 10_000, digests: 2_000, lines: 400 });
  return judgeRecorded([recording], plan, await loadAll('rules'), '0.1.0');
}
