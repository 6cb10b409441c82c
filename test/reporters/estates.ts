import { judgeRecorded, type Report } from 'selfsame';
import { type Scenario, scenario } from 'selfsame/testing';
import { loadAll } from '../../src/registry.ts';

const tested = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .at('09:10')
  .tested('payments@A', { gate: 'e2e' });

/** Three reports that every reporter is shown: all is well, something drifted, and not everything could be seen. */
export const incidents = {
  clean: tested
    .at('14:00')
    .deployed('payments@A', 'production/payments-api', { pods: 3 })
    .pushed('library/nginx@N')
    .deployed('library/nginx@N', 'production/proxy'),
  drift: tested
    .at('14:00')
    .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
    .deployed('payments@B', 'production/payments-api', { pods: 3 })
    .pushed('payments@H')
    .deployed('payments@H', 'production/payments-worker'),
  inconclusive: tested
    .blindTo('test', 'forbidden')
    .at('14:00')
    .built('payments@D', { run: '60', commit: 'decaf0' })
    .deployed('payments@D', 'production/payments-api')
    .deployed('payments:1.4', 'production/payments-worker'),
} as const satisfies Record<string, Scenario>;

/** The report on an incident. */
export async function reportOn(incident: Scenario): Promise<Report> {
  return judgeRecorded(incident.recordings(), incident.plan(), await loadAll('rules'), '0.1.0');
}

/** A report as one of the reporters writes it, 80 columns wide and without colour. */
export async function rendered(id: string, incident: Scenario, width = 80): Promise<string> {
  const reporter = (await loadAll('reporters')).find((one) => one.id === id);
  return [...(reporter?.render(await reportOn(incident), { width, color: false }) ?? [])].join('');
}
