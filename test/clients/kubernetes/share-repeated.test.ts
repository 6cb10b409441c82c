import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pod } from '../../../src/clients/kubernetes/objects.ts';
import { openSharing } from '../../../src/clients/kubernetes/share-repeated.ts';
import { randomPod } from '../../fakes/random-pods.ts';

const payments = {
  metadata: {
    name: 'payments-5f7-x',
    namespace: 'shop-prd',
    uid: 'u-1',
    labels: { app: 'payments', tier: 'api' },
    ownerReferences: [{ kind: 'ReplicaSet', name: 'payments-5f7', uid: 'u-rs', controller: true }],
  },
  spec: { nodeName: 'quay-1', containers: [{ name: 'app', image: 'registry.example/payments:1', readinessProbe: {} }] },
  status: { containerStatuses: [{ name: 'app', imageID: 'registry.example/payments@sha256:c0ffee' }] },
};

describe('what pods of a list repeat', () => {
  it('is shared, and changes no pod', () => {
    fc.assert(
      fc.property(fc.array(randomPod, { maxLength: 4 }), (pods) => {
        const share = openSharing();
        const twice = pods.flatMap((pod) => [pod, pod]);

        const shared = twice.map((pod) => share(Pod.parse(pod)));

        expect(shared).toEqual(twice.map((pod) => Pod.parse(pod)));
      }),
      { numRuns: 100 },
    );
  });

  it('is kept once: labels, owners and containers', () => {
    const share = openSharing();

    const [first, second] = [share(Pod.parse(payments)), share(Pod.parse(payments))];

    expect(second.metadata.labels).toBe(first.metadata.labels);
    expect(second.metadata.ownerReferences).toBe(first.metadata.ownerReferences);
    expect(second.spec.containers).toBe(first.spec.containers);
  });

  it.each([
    ['another label', { metadata: { ...payments.metadata, labels: { app: 'payments', tier: 'worker' } } }],
    ['one label more', { metadata: { ...payments.metadata, labels: { ...payments.metadata.labels, zone: 'eu' } } }],
    [
      'another owner',
      { metadata: { ...payments.metadata, ownerReferences: [{ kind: 'ReplicaSet', name: 'payments-5f7', uid: 'u-old' }] } },
    ],
    ['another image', { spec: { containers: [{ name: 'app', image: 'registry.example/payments:2', readinessProbe: {} }] } }],
    ['another command', { spec: { containers: [{ ...payments.spec.containers[0], command: ['node'] }] } }],
    ['another argument', { spec: { containers: [{ ...payments.spec.containers[0], args: ['--port=8080'] }] } }],
    ['no probe', { spec: { containers: [{ name: 'app', image: 'registry.example/payments:1' }] } }],
    ['one container less', { spec: { containers: [] } }],
  ])('is not what the pod after it has with %s', (_, change) => {
    const other = { ...payments, ...change };
    const share = openSharing();
    share(Pod.parse(payments));

    const shared = share(Pod.parse(other));

    expect(shared).toEqual(Pod.parse(other));
  });
});
