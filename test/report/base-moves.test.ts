import { type Report } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';
import { viewOf } from '../../src/report/view-of.ts';
import { themedDigest } from '../../src/testing/themed-digest.ts';
import { judgeAll } from '../decisions/outcome.ts';

const node = (base: string) => `library/node:24@${themedDigest(`base ${base}`)}`;

/** Services that were rebuilt for production, each on the base of its letter. */
function rebuilt(bases: Readonly<Record<string, string>>, plan: object = {}): Report {
  let timeline = scenario(plan).at('09:00');
  for (const service of Object.keys(bases))
    timeline = timeline.built(`${service}@A`, { run: `${service}-1`, commit: 'c0ffee' }).deployed(`${service}@A`, `staging/${service}`);
  timeline = timeline.at('14:00');
  for (const [service, base] of Object.entries(bases))
    timeline = timeline
      .built(`${service}@B`, { run: `${service}-2`, commit: 'c0ffee', base })
      .deployed(`${service}@B`, `production/${service}`);
  return judgeAll(timeline);
}

describe('one move of base', () => {
  it('that several images made is one sentence, which names them', () => {
    const report = rebuilt({ payments: 'Y', checkout: 'Y', ledger: 'Z' });

    expect(report.baseMoves).toMatchObject([{ from: node('X'), to: node('Y') }]);
    expect(report.baseMoves?.[0]?.text).toMatch(
      /^2 images moved base between what was rehearsed and what production runs: from library\/node:24@[0-9a-f]{12} to library\/node:24@[0-9a-f]{12} \(\S+checkout, \S+payments\)$/,
    );
    expect(report.baseMoves?.[0]?.findings).toHaveLength(2);
  });

  it('of a single image is its finding alone', () => {
    expect(rebuilt({ payments: 'Y', checkout: 'Z' })).not.toHaveProperty('baseMoves');
    expect(rebuilt({ payments: 'X', checkout: 'X' })).not.toHaveProperty('baseMoves');
  });

  it('is not counted with what is waived', () => {
    const accepted = { rule: 'base-layer-mismatch', where: 'production/checkout', because: 'agreed', owner: 'team', until: '2026-12-31' };

    expect(rebuilt({ payments: 'Y', checkout: 'Y' }, { waivers: [accepted] })).not.toHaveProperty('baseMoves');
  });

  it('adds no verdict: all that is beside it is as it was', () => {
    const { baseMoves, ...rest } = rebuilt({ payments: 'Y', checkout: 'Y' });

    expect(baseMoves).toHaveLength(1);
    expect(rest.findings.filter(({ rule }) => rule === 'base-layer-mismatch')).toHaveLength(2);
  });

  it.each(['table', 'markdown', 'html', 'json'])('is told in %s', async (id) => {
    const reporter = (await loadAll('reporters')).find((one) => one.id === id);

    const text = [...reporter!.render(rebuilt({ payments: 'Y', checkout: 'Y' }), { width: 500, color: false })].join('');

    expect(text).toContain('2 images moved base between what was rehearsed and what production runs');
  });

  it('is told to a team by what of it is the team’s', () => {
    const owned = (service: string, name: string) => ({ name, where: [`production/${service}`], images: [], labels: {} });
    const report = rebuilt(
      { payments: 'Y', checkout: 'Y', ledger: 'Y' },
      { teams: [owned('{payments,ledger}', 'a'), owned('checkout', 'b')] },
    );

    expect(report.baseMoves?.[0]?.images).toHaveLength(3);
    expect(viewOf(report, 'b')).not.toHaveProperty('baseMoves');
  });
});
