import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { everyDecisionIsKept, judgeAll, outcomeOf } from './outcome.ts';

const API = 'production/payments-api';

const promoted = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .deployed('payments@A', 'staging/payments-api')
  .at('09:30')
  .deployed('payments@A', API);

describe('decisions E, third party', () => {
  it('E2: production runs another build of a vendor’s image than staging', () => {
    const given = promoted
      .pushed('library/nginx@A')
      .pushed('library/nginx@B')
      .deployed('library/nginx@A', 'staging/proxy')
      .deployed('library/nginx@B', 'production/proxy');

    expect(outcomeOf(given)).toEqual({
      rows: [`${API} selfsame (rehearsed)`, 'production/proxy vendor (third-party)'],
      counted: [],
      shown: [],
      exit: 0,
    });
    expect(judgeAll(given).rows.find(({ where }) => where.includes('proxy'))?.parity).toBe('differs');
  });

  it('E2: a vendor’s workload runs two builds at once, one failed a gate, and both are declared by tag', () => {
    const given = scenario({ gates: ['e2e'] })
      .at('09:00')
      .built('payments@A', { run: '41', commit: 'c0ffee' })
      .tested('payments@A', { gate: 'e2e' })
      .deployed('payments@A', API)
      .pushed('library/nginx@A')
      .pushed('library/nginx@B')
      .tested('library/nginx@A', { gate: 'e2e', result: 'failed' })
      .at('10:00')
      .deployed('library/nginx:1=A', 'production/proxy', { pods: 3 })
      .deployed('library/nginx:1=B', 'production/proxy', { beside: true });

    expect(outcomeOf(given)).toMatchObject({ counted: [], shown: [], exit: 0 });
    expect(judgeAll(given).rows.map(({ standing }) => standing.is)).toEqual(['selfsame', 'vendor', 'vendor']);
  });

  it('E6: a vendor’s image that nobody built here, and staging could not be listed', () => {
    const given = promoted
      .built('library/nginx@A', { run: '50', commit: 'f1dd1e' })
      .pushed('library/nginx@B')
      .deployed('library/nginx@B', 'production/proxy')
      .blindTo('running-image', 'forbidden', { environment: 'staging' });

    expect(outcomeOf(given)).toMatchObject({ counted: [], shown: [], exit: 3 });
  });

  it('E4: a sidecar from a mirror that nobody mapped is injected into two hundred workloads, and into none upstream', () => {
    const services = Array.from({ length: 200 }, (_, at) => `production/service-${at}` as const);
    const injected = services.reduce(
      (so, service) => so.deployed('mirror.test/istio/proxyv2@P', service, { container: 'istio-proxy', injected: true }),
      promoted.pushed('mirror.test/istio/proxyv2@P'),
    );

    expect(outcomeOf(injected)).toMatchObject({
      rows: ['production/mirror.test:istio:proxyv2 unresolved (no-counterpart)', `${API} selfsame (rehearsed)`],
      counted: [],
      exit: 3,
    });
    expect(judgeAll(injected).rows[0]).toMatchObject({ instances: 200, next: expect.stringContaining('`mirrors`') });
  });

  const replacedByVendor = scenario()
    .at('08:00')
    .built('payments@A', { run: '41', commit: 'c0ffee' })
    .at('12:00')
    .pushed('library/nginx@N')
    .deployed('library/nginx@N', API);

  it('E6: the payments slot runs nginx in production and payments in staging, whose history is covered', () => {
    const given = replacedByVendor.at('08:30').deployed('payments@A', 'staging/payments-api', { revision: 1 }).at('13:00');

    expect(outcomeOf(given)).toMatchObject({ rows: [`${API} untested (other-line)`], counted: ['medium untested-digest'], exit: 1 });
  });

  it('E6: the same, and staging could not be listed', () => {
    const given = replacedByVendor.blindTo('running-image', 'forbidden', { environment: 'staging' });

    expect(outcomeOf(given)).toMatchObject({ rows: [`${API} unresolved (upstream-not-listed)`], counted: [], exit: 3 });
  });

  const byThePlatformTeam = (so: typeof promoted) =>
    so.pushed('gateway@G').deployed('gateway@G', 'staging/gateway').at('12:00').deployed('gateway@G', 'production/gateway');

  it('E8: another team built it, and their CI is not covered', () => {
    const given = byThePlatformTeam(promoted);

    expect(outcomeOf(given)).toEqual({
      rows: ['production/gateway selfsame (rehearsed)', `${API} selfsame (rehearsed)`],
      counted: [],
      shown: [],
      exit: 0,
    });
    expect(judgeAll(given).coverage[0]).toMatchObject({ firstParty: 2, originKnown: 1 });
  });

  it('E8: the plan says that it is a third party’s', () => {
    const given = { ...byThePlatformTeam(promoted), plan: scenario({ thirdParty: ['registry.test/gateway'] }).plan };

    expect(outcomeOf(given)).toEqual({
      rows: ['production/gateway vendor (third-party)', `${API} selfsame (rehearsed)`],
      counted: [],
      shown: [],
      exit: 0,
    });
  });

  it('E10: nothing in production is ours by the globs of the plan', () => {
    const given = { ...promoted, plan: scenario({ thirdParty: ['registry.test/*'] }).plan };

    expect(outcomeOf(given)).toEqual({ rows: [`${API} vendor (third-party)`], counted: [], shown: [], exit: 3 });
    expect(judgeAll(given).because.join()).toMatch(/nothing of yours was judged in production/);
  });

  everyDecisionIsKept('E');
});
