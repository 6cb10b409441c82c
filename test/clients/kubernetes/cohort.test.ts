import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCohorts } from '../../../src/clients/kubernetes/cohort.ts';
import { Node, Pod } from '../../../src/clients/kubernetes/objects.ts';
import { observationsOf } from '../../../src/clients/kubernetes/observe.ts';
import { DIGEST, node as listedNode, pod as listedPod, RUNNING } from '../../fakes/cluster.ts';
import { randomPod } from '../../fakes/random-pods.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const NODES = new Map(
  [listedNode('quay-1'), listedNode('quay-2', { architecture: 'arm64' })].map((node) => [node.metadata.name, Node.parse(node)]),
);

function sorted(pods: readonly Pod[], labels: readonly string[] = ['app']) {
  const { kept, take } = openCohorts({ labels, nodes: NODES, isWhole: true });
  for (const pod of pods) take(pod);
  return kept;
}

function told(pods: number, cohorts: ReturnType<typeof sorted>['cohorts']) {
  const unknown = { owners: [], revisions: [], troubles: [], namespaces: undefined, labelled: new Map(), unlisted: undefined };
  const state = { ...unknown, cohorts, pods, nodes: NODES, identity: { troubles: [] } };
  const selections = [{ environment: 'production', patterns: ['*'], labels: {} }];
  const telling = { cluster: 'harbour', address: 'https://harbour', labels: ['app'], selections, graceMs: 1, now: NOW, account: {} };
  return [...observationsOf(state, telling)];
}

/** Sorted together, pods are told as if each had been sorted by itself; of what leaves like gaps, one is told at the first of them. */
function expectTold(pods: readonly Pod[]): void {
  const together = told(pods.length, sorted(pods).cohorts);
  const alone = told(
    pods.length,
    pods.flatMap((pod) => sorted([pod]).cohorts),
  );
  const facts = (seen: typeof alone) => seen.filter(({ kind }) => kind !== 'gap');
  const gaps = (seen: typeof alone) => new Set(seen.flatMap((one) => (one.kind === 'gap' ? `${one.scope.namespace} ${one.hint}` : [])));
  expect(facts(together)).toEqual(facts(alone));
  expect(gaps(together)).toEqual(gaps(alone));
}

const BASE = Pod.parse(listedPod('shop/payments'));
const ownedBy = (kind: string, uid: string) => [{ kind, name: 'payments-5f7', uid, controller: true }];
const running = (image: string, probe?: object) =>
  [{ ...BASE.spec.containers[0], image, readinessProbe: probe }] as Pod['spec']['containers'];

const PARTS = {
  namespace: fc.constantFrom('shop', 'till'),
  labels: fc.constantFrom(...['payments', 'checkout'].map((app) => ({ app }))),
  owner: fc.constantFrom(ownedBy('ReplicaSet', 'u-1'), ownedBy('ReplicaSet', 'u-2'), ownedBy('Node', 'u-3'), []),
  containers: fc.constantFrom(running('registry.example/payments:1'), running('registry.example/payments:2', {})),
  node: fc.constantFrom('quay-1', 'quay-2', 'quay-9', undefined),
  phase: fc.constantFrom('Running', 'Failed'),
  imageID: fc.constantFrom('', `registry.example/payments@${DIGEST}`),
  state: fc.constantFrom(RUNNING, {}, { terminated: { exitCode: 1, finishedAt: '2026-02-02T00:00:00Z' } }),
  ready: fc.boolean(),
};
const neighbour = fc.record(PARTS);
type Neighbour = typeof neighbour extends fc.Arbitrary<infer N> ? N : never;
/** Pods side by side, each the one before with one part changed; what is not changed is the very same, as a reader makes it. */
const neighbours = fc
  .tuple(
    neighbour,
    fc.array(fc.oneof(...Object.entries(PARTS).map(([part, values]) => fc.record({ [part]: values }) as fc.Arbitrary<Partial<Neighbour>>))),
  )
  .map(([first, changes]) => changes.reduce((all, change) => [...all, { ...(all.at(-1) ?? first), ...change }], [first]));

function seat({ namespace, labels, owner, containers, node, phase, imageID, state, ready }: Neighbour, nth: number): Pod {
  const containerStatuses = [{ name: 'app', imageID, ready, state, lastState: {}, volumeMounts: [] }];
  return {
    metadata: { ...BASE.metadata, namespace, name: `payments-${nth}`, uid: `u-${nth}`, labels, ownerReferences: owner },
    spec: { ...BASE.spec, containers, nodeName: node },
    status: { ...BASE.status, phase, containerStatuses },
  };
}

describe('pods', () => {
  it('that share what they have alike are told as if each had been kept by itself', () => {
    fc.assert(
      fc.property(neighbours, (made) => expectTold(made.map(seat))),
      { numRuns: 500 },
    );
  });

  it('that are sorted as they come are told as if each had been kept by itself', () => {
    fc.assert(
      fc.property(fc.array(randomPod, { minLength: 1, maxLength: 6 }), fc.array(fc.nat()), (made, picks) => {
        const pods = picks.map((pick) => Pod.parse(made[pick % made.length]));

        expectTold(pods);
      }),
    );
  });

  it('of one owner are one cohort, however they are numbered and whenever they began, and of another owner of that name another', () => {
    const owned = (nth: number, uid: string) => {
      const ownerReferences = [{ kind: 'ReplicaSet', name: 'payments-5f7', uid, controller: true }];
      const state = { running: { startedAt: `2026-02-0${nth}T00:00:00Z` } };
      const labels = { 'apps.kubernetes.io/pod-index': String(nth) };
      return Pod.parse(listedPod(`shop/payments-${nth}`, { metadata: { ownerReferences, labels }, state, node: 'quay-1' }));
    };

    const { cohorts, pods } = sorted([owned(3, 'u-1'), owned(2, 'u-1'), owned(1, 'u-2')]);

    expect(pods).toBe(3);
    expect(cohorts).toMatchObject([
      { owner: 'u-1', name: 'payments-2', pods: 2, nodes: ['quay-1', 'quay-1'], moments: [{ since: '2026-02-02T00:00:00Z' }] },
      { owner: 'u-2', name: 'payments-1', pods: 1 },
    ]);
  });

  it('cannot pass for others by what their names hold', () => {
    const named = (namespace: string, name: string) => Pod.parse({ ...listedPod('-/-'), metadata: { namespace, name, uid: 'u' } });

    const { cohorts } = sorted([named('shop', '4:till'), named('shop4:', 'till'), named('sh', 'op4:till')]);

    expect(cohorts).toHaveLength(3);
  });

  it('that are being deleted are counted, and not told', () => {
    const leaving = Pod.parse(listedPod('shop/payments-1', { metadata: { deletionTimestamp: '2026-03-01T11:59:00Z' } }));

    expect(sorted([leaving])).toEqual({ cohorts: [], pods: 1 });
  });
});
