import { judgeRecorded } from 'selfsame';
import { expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';
import { incidents } from '../reporters/estates.ts';

const accepted = { because: 'the base had to move', owner: 'team-payments', until: '2026-12-31', approver: 'lead', ticket: 'PAY-1841' };

it.each([
  ['table', 'waived until 2026-12-31 by team-payments, approved by lead, ticket PAY-1841: the base had to move'],
  ['markdown', '- waived until 2026-12-31 by team-payments, approved by lead, ticket PAY-1841: the base had to move'],
  ['html', '<p>Waived until 2026-12-31 by team-payments, approved by lead, ticket PAY-1841: the base had to move</p>'],
  ['html', '<td>team-payments, approved by lead</td><td>PAY-1841</td><td>2026-12-31</td>'],
  ['sarif', '"justification":"waived until 2026-12-31 by team-payments, approved by lead, ticket PAY-1841: the base had to move"'],
  ['junit', 'waived until 2026-12-31 by team-payments, approved by lead, ticket PAY-1841: the base had to move'],
])('whoever agreed to a waiver, and its ticket, stand in a report for %s', async (id, told) => {
  const { drift } = incidents;
  const waivers = [{ rule: 'rebuilt-after-test', where: 'production/payments-api', ...accepted }];
  const reporter = (await loadAll('reporters')).find((one) => one.id === id);

  const report = judgeRecorded(drift.recordings(), { ...drift.plan(), waivers }, await loadAll('rules'), '0.1.0');

  expect([...(reporter?.render(report, { width: 300, color: false }) ?? [])].join('')).toContain(told);
});
