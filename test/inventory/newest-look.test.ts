import { Observation, type Recording } from 'selfsame';
import { expect, it } from 'vitest';
import { openLooks } from '../../src/inventory/newest-look.ts';

const night = (day: number, ...facts: readonly object[]): Recording => {
  const at = `2026-03-0${day}T02:00:00Z`;
  const observations = facts.map((fact) => Observation.parse({ at, origin: { source: 'quay', locator: 'quay' }, ...fact }));
  return { takenAt: { from: at, to: at }, digest: `night ${day}`, observations };
};
const image = { registry: 'registry.test', repository: 'acme/payments', tag: 'prod' };
const running = (cluster: string, phase: string) => ({
  kind: 'running-image',
  environment: 'production',
  workload: { cluster, namespace: 'shop', kind: 'Deployment', name: 'payments' },
  container: 'app',
  declared: { spec: image },
  reported: '',
  digestRole: 'unknown',
  phase,
  ready: true,
  instances: 1,
});
const said = (kind: string, of: string, scope: object, more: object = {}) => ({ kind, of, scope: { source: 'quay', ...scope }, ...more });
const failed = { because: 'unreachable' };

it('a channel that publishes nothing any more was looked at where its registry vouches for it', () => {
  const before = night(1, running('registry.test', 'published'));
  const emptied = night(2, said('coverage', 'channel', { environment: 'production', registry: 'registry.test' }));

  const lookAt = openLooks([before, emptied]);

  expect(lookAt('production', 'registry.test')).toBe(1);
  expect(lookAt('production', 'quay-1')).toBe(-1);
});

it('a gap that names no place is no look at any: what was seen there is still what is known', () => {
  const before = night(1, running('quay-1', 'running'));

  const lookAt = openLooks([before, night(2, said('gap', 'running-image', {}, failed))]);

  expect(lookAt('production', 'quay-1')).toBe(0);
});

it.each([
  ['environment', { environment: 'production' }],
  ['cluster', { cluster: 'quay-1' }],
])('a gap that names its %s is a look there: what was seen before is not known to be so still', (_, place) => {
  const before = night(1, running('quay-1', 'running'));

  const lookAt = openLooks([before, night(2, said('gap', 'running-image', place, failed))]);

  expect(lookAt('production', 'quay-1')).toBe(1);
});
