import { type Scenario, scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../src/inventory/ledger.ts';
import { readSketch } from '../../src/testing/observe.ts';
import { themedDigest } from '../../src/testing/themed-digest.ts';

const tested = readSketch('payments@A').digest;
const built = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .deployed('payments@A', 'staging/payments-api')
  .at('13:00')
  .pushed('payments@H');

function traceOf(given: Scenario): string {
  const ledger = openLedger(given.at('14:00').deployed('payments@H', 'production/payments-api').recordings(), given.plan());
  const row = ledger.rows.find(({ where }) => where.startsWith('production/'));
  const trace = row && ledger.traceOf(row);
  return trace?.known ? trace.value : 'not told';
}

describe('what is told of an image that nobody built', () => {
  it('begins with the image that most of its layers are of', () => {
    const many = built
      .built('payments@B', { run: '57', commit: 'decaf0' })
      .built('payments@C', { run: '58', commit: 'decaf0', base: 'Y' })
      .built('ledger@L', { run: '70', commit: 'abad1dea' });

    expect(traceOf(many)).toMatch(
      /^nearest to it are \S+ of run \d+ \(2 of its 3 layers\) and \S+ of run \d+ \(2 of its 3 layers\); pushed/,
    );
    expect(traceOf(built)).toBe(`nearest to it is ${tested} of run 41 (2 of its 3 layers); pushed 2026-03-02T13:00:00Z`);
  });

  it('names the tags that name it and no others', () => {
    const tagged = built.tagged('payments:hotfix', 'payments@H').tagged('payments:1.4', 'payments@A');

    expect(traceOf(tagged)).toMatch(/; \S+payments:hotfix names it; pushed 2026-03-02T13:00:00Z$/);
    expect(traceOf(tagged.tagged('payments:1.5', 'payments@H'))).toMatch(/payments:1\.5, \S+payments:hotfix name it;/);
  });

  it('counts the tags that are too many to name', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].reduce((given, tag) => given.tagged(`payments:${tag}`, 'payments@H'), built);

    expect(traceOf(many)).toContain(' and 2 tags more name it');
  });

  it('names the base that its layers bear out', () => {
    expect(traceOf(built)).not.toContain('stands on');
    expect(traceOf(built.heldBase('X'))).toContain(`it stands on library/node:24@${themedDigest('base X')}`);
  });

  it('is empty where somebody is on record to have built it, or that is not known', () => {
    expect(traceOf(built.recordedBuild('payments@H', { run: '60', commit: 'decaf0' }))).toBe('');
    expect(traceOf(built.blindTo('build', 'forbidden'))).toBe('');
  });
});
