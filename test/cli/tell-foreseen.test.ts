import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { tellForeseen } from '../../src/cli/tell-foreseen.ts';
import { formatImageReference, parseImageReference } from '../../src/domain/image-reference.ts';
import { foresee } from '../../src/explain/foresee.ts';
import { loadAll } from '../../src/registry.ts';
import { readSketch } from '../../src/testing/observe.ts';

const rules = await loadAll('rules');
const tested = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .built('ledger@L', { run: '70', commit: 'abad1dea' })
  .tested('payments@A', { gate: 'e2e' })
  .tested('ledger@L', { gate: 'e2e' });

function tell(sketches: readonly string[], given = tested): string {
  const candidates = sketches.map((sketch) => {
    const { declared, digest } = readSketch(sketch);
    return { image: declared, digest: digest!, environment: 'production' };
  });
  return tellForeseen(foresee(candidates, given.recordings(), { plan: given.plan(), rules, version: '0.1.0' }), { width: 400 });
}

const headsOf = (told: string) => told.split('\n').filter((line) => !line.startsWith(' ') && line !== '');

describe('a check, told', () => {
  it('pins every image where all may go', () => {
    const told = tell(['payments@A', 'ledger@L'], tested.deployed('payments@A', 'production/payments-api'));

    expect(headsOf(told)).toEqual([expect.stringMatching(/^may go: .*payments/), expect.stringMatching(/^may go: .*ledger/)]);
    expect(told).toContain(
      `  kustomize:\n    images:\n      - name: registry.test/payments\n        digest: ${readSketch('payments@A').digest}\n      - name: registry.test/ledger\n        digest: ${readSketch('ledger@L').digest}\n`,
    );
  });

  it('says as of when', () => {
    expect(tell(['payments@A'], tested.at('14:00').recorded())).toContain('\n  as of: 2026-03-02T14:00:00Z\n');
  });

  it.each([
    ['acme/payments', ['acme/payments', 'docker.io/acme/payments']],
    ['payments', ['payments', 'library/payments', 'docker.io/library/payments']],
    ['registry.test/library/payments', ['registry.test/library/payments']],
  ])('pins %s by every name that a manifest may have for it', (name, names) => {
    const { digest } = readSketch('payments@A');
    const foreseen = foresee([], tested.recordings(), { plan: tested.plan(), rules, version: '0.1.0' });
    const image = { image: formatImageReference(parseImageReference(name)!), digest: digest!, environment: 'production', where: [] };

    const told = tellForeseen({ ...foreseen, images: [{ ...image, verdict: 'may-go' }] }, { width: 400 });

    expect([...told.matchAll(/- name: (.*)/g)].map(([, pinned]) => pinned)).toEqual(names);
  });

  it('has a verdict for each image, its places under it, and pins none where one must not go', () => {
    const given = tested
      .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
      .deployed('payments@A', 'production/payments-api')
      .deployed('ledger@L', 'production/ledger');

    const told = tell(['ledger@L', 'payments@B'], given);

    expect(told).toMatch(
      /^may go: .*ledger.*\n {2}production\/.*ledger.*selfsame.*\nmust not go: .*payments.*\n {2}production\/.*payments/,
    );
    expect(told).toContain(`; deploy ${readSketch('payments@A').digest} instead`);
    expect(told).not.toContain('kustomize');
  });

  it('says what to do next where it cannot tell', () => {
    const blind = tested.blindTo('test', 'forbidden').built('payments@D', { run: '60', commit: 'decaf0' });

    const told = tell(['payments@D'], blind.deployed('payments@A', 'production/payments-api'));

    expect(told).toMatch(/^cannot tell: .*\n.*unresolved, the test records could not be listed\n {4}next: allow reading the test records/);
  });

  it('says of a place that it is invented, and why', () => {
    expect(tell(['payments@A'])).toContain('(invented: nothing of registry.test/payments was seen to run in production): selfsame');
  });

  it('says once which digest goes: behind a tag, and not behind itself', () => {
    const { declared, digest } = readSketch('payments@A');
    const told = (image: typeof declared) => {
      const candidate = { image, digest: digest!, environment: 'production' };
      return tellForeseen(foresee([candidate], tested.recordings(), { plan: tested.plan(), rules, version: '0.1.0' }), { width: 400 });
    };
    const { registry, repository } = declared;

    expect(headsOf(told({ registry, repository, tag: '1.4' }))).toEqual([
      `may go: ${registry}/${repository}:1.4 (${digest}) to production`,
    ]);
    expect(headsOf(told({ registry, repository, digest: digest! }))).toEqual([`may go: ${registry}/${repository}@${digest} to production`]);
  });
});
