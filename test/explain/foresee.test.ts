import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { foresee } from '../../src/explain/foresee.ts';
import { loadAll } from '../../src/registry.ts';
import { readSketch } from '../../src/testing/observe.ts';

const rules = await loadAll('rules');
const tested = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .tested('payments@A', { gate: 'e2e' })
  .at('14:00')
  .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' });

function mayGo(sketch: string, given = tested) {
  const { declared, digest } = readSketch(sketch);
  const candidate = { image: declared, digest: digest!, environment: 'production' };
  return foresee([candidate], given.recordings(), { plan: given.plan(), rules, version: '0.1.0' });
}

describe('an image that is to go to production', () => {
  it('may, where its gate passed, and the finding on what runs now would go with it', () => {
    const foreseen = mayGo('payments@A', tested.deployed('payments@B', 'production/payments-api'));

    expect(foreseen).toMatchObject({
      exitCode: 0,
      rows: [{ where: 'production/test/default/Deployment/payments-api/app', standing: { is: 'selfsame' } }],
      appear: [],
    });
    expect(foreseen.disappear.map(({ rule }) => rule)).toEqual([
      'rebuilt-after-test',
      'base-layer-mismatch',
      'test-evidence-on-other-digest',
    ]);
  });

  it('must not, where it is a rebuild, and the digest to deploy instead is named', () => {
    const foreseen = mayGo('payments@B', tested.deployed('payments@A', 'production/payments-api'));

    expect(foreseen).toMatchObject({ exitCode: 1, rows: [{ standing: { is: 'rebuilt' }, counterpart: readSketch('payments@A').digest }] });
    expect(foreseen.appear.map(({ rule }) => rule)).toContain('rebuilt-after-test');
  });

  it('goes to every container of its line, and to one made up where there is none', () => {
    const two = tested.deployed('payments@B', 'production/payments-api').deployed('payments@B', 'production/payments-worker');

    expect(mayGo('payments@A', two).rows).toHaveLength(2);
    expect(mayGo('payments@A', tested).rows).toMatchObject([
      { where: 'production/new/new/Deployment/payments/payments', standing: { is: 'selfsame' } },
    ]);
  });

  it('cannot be told where the tests may not be read', () => {
    const blind = tested
      .blindTo('test', 'forbidden')
      .built('payments@D', { run: '60', commit: 'decaf0' })
      .deployed('payments@A', 'production/payments-api');

    expect(mayGo('payments@D', blind)).toMatchObject({
      exitCode: 3,
      rows: [{ standing: { is: 'unresolved', reason: 'tests-not-covered' } }],
    });
  });

  it('must not, where nothing upstream ever ran it and the absence is covered', () => {
    const watched = scenario()
      .at('09:00')
      .built('ledger@L', { run: '70', commit: 'abad1dea' })
      .deployed('payments@A', 'staging/payments-api');

    expect(mayGo('ledger@L', watched)).toMatchObject({ exitCode: 1, rows: [{ standing: { is: 'untested', reason: 'no-counterpart' } }] });
  });

  it('leaves the other environments and containers as they are', () => {
    const given = tested
      .deployed('payments@B', 'staging/payments-api')
      .deployed('payments@A', 'production/payments-api')
      .built('ledger@L', { run: '70', commit: 'abad1dea' })
      .deployed('ledger@L', 'production/ledger');

    expect(mayGo('payments@A', given).rows.map(({ where }) => where)).toEqual(['production/test/default/Deployment/payments-api/app']);
  });
});
