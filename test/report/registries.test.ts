import { judgeRecorded, Observation, Plan, type Report } from 'selfsame';
import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';
import { tellRegistries } from '../../src/report/registries.ts';

const AT = '2026-03-01T12:00:00Z';
const LATER = '2026-03-02T12:00:00Z';

function account(registry: string, more: object = {}, at = AT): Observation {
  return Observation.parse({
    at,
    origin: { source: registry, locator: `https://${registry}` },
    kind: 'registry',
    registry,
    requests: 1,
    ...more,
  });
}

function judged(...recordings: readonly (readonly Observation[])[]): Report {
  const plan = Plan.parse({ promotion: [['staging'], ['production']] });
  const taken = recordings.map((observations, nth) => {
    const at = nth === 0 ? AT : LATER;
    return { takenAt: { from: at, to: at }, digest: `sha256:${nth}`, observations };
  });
  return judgeRecorded(taken, plan, [], '0.1.0');
}

describe('a registry in the report', () => {
  it('is one line: what reading it took, of how much, and how its clock stands', () => {
    const report = judged([
      account('registry.test', { requests: 120, foreseen: 130, most: 500 }),
      account('ghcr.io', { requests: 7, most: 1000, skewMs: 420_000 }),
      account('quay.io', { skewMs: -7000 }),
      account('harbor.test', { withoutTls: true }),
    ]);

    expect(tellRegistries(report)).toEqual([
      'registry ghcr.io: 7 requests, at most 1000 allowed, clock 420 s ahead',
      'registry harbor.test: 1 request, asked without TLS',
      'registry quay.io: 1 request, clock 7 s behind',
      'registry registry.test: 120 requests, about 130 foreseen, at most 500 allowed',
    ]);
  });

  it('is told as of the last round of the newest recording', () => {
    const rounds = [account('registry.test', { requests: 90, most: 500 }), account('registry.test', { requests: 120, most: 500 })];
    const newest = [account('registry.test', { requests: 9, most: 500 }, LATER)];

    expect(tellRegistries(judged(rounds))).toEqual(['registry registry.test: 120 requests, at most 500 allowed']);
    expect(tellRegistries(judged(rounds.toReversed()))).toEqual(tellRegistries(judged(rounds)));
    expect(tellRegistries(judged(rounds, newest))).toEqual(['registry registry.test: 9 requests, at most 500 allowed']);
  });

  it('is left out where no source gave an account', () => {
    expect(judged([])).not.toHaveProperty('registries');
  });

  it.each(['table', 'markdown', 'html'])('is in what %s writes', async (id) => {
    const reporter = (await loadAll('reporters')).find((one) => one.id === id);

    const text = [...(reporter?.render(judged([account('ghcr.io', { skewMs: 420_000 })]), { width: 80, color: false }) ?? [])].join('');

    expect(text).toContain('clock 420 s ahead');
  });
});
