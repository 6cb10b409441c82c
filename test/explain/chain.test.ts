import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { chainOf } from '../../src/explain/chain.ts';
import { openLedger } from '../../src/inventory/ledger.ts';
import { loadAll } from '../../src/registry.ts';
import { incidents } from '../reporters/estates.ts';

const rules = await loadAll('rules');

function chainsOf(given: ReturnType<typeof scenario>, more: object = {}) {
  const plan = { ...given.plan(), ...more };
  const ledger = openLedger(given.recordings(), plan);
  return ledger.rows.map((row) => chainOf(ledger, row, { rules, plan }));
}

describe('what rules say of a workload', () => {
  it('begins with what is to be mended first', () => {
    const [chain] = chainsOf(incidents.drift);

    const drifts = chain?.rules.filter(({ outcome }) => outcome === 'drift') ?? [];
    expect(drifts.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual([
      'high rebuilt-after-test',
      'medium base-layer-mismatch',
      'medium test-evidence-on-other-digest',
    ]);
    expect(chain?.rules.slice(0, drifts.length)).toEqual(drifts);
  });

  it('calls a rule dormant that nobody told what it needs, not in doubt', () => {
    const [chain] = chainsOf(incidents.inconclusive);

    const outcomes = new Map(chain?.rules.map(({ rule, outcome }) => [rule, outcome]));
    expect(outcomes.get('image-too-old')).toBe('dormant');
    expect([...outcomes.values()]).toContain('unknown');
  });

  it('leaves out what is turned off', () => {
    const [chain] = chainsOf(incidents.drift, { rules: { 'rebuilt-after-test': { severity: 'off', environments: {} } } });

    expect(chain?.rules.map(({ rule }) => rule)).not.toContain('rebuilt-after-test');
  });
});
