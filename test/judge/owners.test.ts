import { judgeRecorded, type Report } from 'selfsame';
import { type Scenario, scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { ownerOfFile } from '../../src/judge/owners.ts';
import { loadAll } from '../../src/registry.ts';

const rules = await loadAll('rules');
const PAYMENTS = 'team-payments';
const ALL = { name: PAYMENTS, where: ['production/*'] };

/** Two teams' containers run something that nobody rehearsed; one of them carries a label, and so does what was injected into both. */
function estate(teams: readonly object[]): Scenario {
  return scenario({ gates: ['e2e'], teams } as object)
    .at('09:00')
    .built('payments@A', { run: '41', commit: 'c0ffee' })
    .tested('payments@A', { gate: 'e2e' })
    .at('14:00')
    .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
    .deployed('payments@B', 'production/payments-api', { labels: { team: 'payments', tier: 'front' } })
    .deployed('payments@B', 'production/ledger')
    .pushed('mesh@M')
    .deployed('mesh@M', 'production/payments-api', { container: 'proxy', injected: true, labels: { team: 'payments' } })
    .deployed('mesh@M', 'production/ledger', { container: 'proxy', injected: true });
}

function judged(teams: readonly object[]): Report {
  const given = estate(teams);
  return judgeRecorded(given.recordings(), given.plan(), rules, '0.1.0');
}

const ownersIn = ({ rows }: Report) => Object.fromEntries(rows.map(({ where, owner }) => [where.split('/').slice(-2).join('/'), owner]));

describe('a team', () => {
  it.each([
    ['a place', { where: ['production/payments-*'] }, ['payments-api/app']],
    ['an image', { images: ['registry.test/mesh'] }, ['registry.test:mesh/proxy']],
    ['a label of the workload', { labels: { team: 'payments' } }, ['payments-api/app']],
    ['all of several labels', { labels: { team: 'payments', tier: 'front' } }, ['payments-api/app']],
    ['one of several labels alone', { labels: { team: 'payments', tier: 'back' } }, []],
    ['any of its kinds of names', { where: ['production/ledger'], labels: { team: 'payments' } }, ['ledger/app', 'payments-api/app']],
  ])('owns what is named by %s', (_, names, owned) => {
    const report = judged([{ name: PAYMENTS, ...names }]);

    const own = Object.entries(ownersIn(report)).flatMap(([place, owner]) => (owner === PAYMENTS ? [place] : []));
    expect(own.toSorted()).toEqual(owned);
  });

  it('owns nothing of a label that it does not name', () => {
    expect(judged([{ name: PAYMENTS, labels: { constructor: 'payments' } }]).rows.map(({ owner }) => owner)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('that stands first owns what several name', () => {
    const ledger = { name: 'team-ledger', where: ['production/ledger'] };

    expect(ownersIn(judged([ledger, ALL]))['ledger/app']).toBe('team-ledger');
    expect(ownersIn(judged([ALL, ledger]))['ledger/app']).toBe(PAYMENTS);
  });

  it('is told with every finding that is in a row of its own, beside the others there', () => {
    const teams = [
      { name: PAYMENTS, where: ['production/payments-api'] },
      { name: 'team-ledger', where: ['production/ledger'] },
    ];

    const { findings } = judged(teams);

    expect(findings.find(({ rule }) => rule === 'rebuilt-after-test')?.owners).toEqual(['team-ledger', PAYMENTS]);
  });

  it('changes nothing of a report but whose it is', () => {
    const { plan: _, teams: __, ...nobodys } = judged([]);

    for (const teams of [[ALL], [ALL, { name: 'late', images: ['*'] }], [{ name: 'idle', where: ['staging/*'] }]]) {
      const { plan: ___, teams: ____, ...report } = judged(teams);
      const rows = report.rows.map(({ owner: _____, ...row }) => row);
      const findings = report.findings.map(({ owners: _____, ...finding }) => finding);
      expect({ ...report, rows, findings }).toEqual(nobodys);
    }
  });
});

describe('a file of a repository', () => {
  it('is owned by the first team that names its place', () => {
    const place = 'file:github.com/acme/payments/.github/workflows/release.yml#build';
    const plan = scenario({
      teams: [
        { name: 'team-ledger', where: ['production/*'], images: ['*'] },
        { name: PAYMENTS, where: ['file:github.com/acme/payments/*'] },
      ],
    }).plan();

    expect(ownerOfFile(place, plan)).toEqual({ owner: PAYMENTS });
    expect(ownerOfFile('file:github.com/acme/ledger/Dockerfile', plan)).toEqual({});
  });
});
