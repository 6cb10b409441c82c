import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCohorts } from '../../../src/clients/kubernetes/cohort.ts';
import { Node, Pod } from '../../../src/clients/kubernetes/objects.ts';
import { observationsOf } from '../../../src/clients/kubernetes/observe.ts';
import { node as listedNode, pod as listedPod } from '../../fakes/cluster.ts';
import { randomPod } from '../../fakes/random-pods.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const NODES = new Map([listedNode('quay-1'), listedNode('quay-2')].map((node) => [node.metadata.name, Node.parse(node)]));

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

describe('pods', () => {
  it('that are sorted as they come are told as if each had been kept by itself', () => {
    fc.assert(
      fc.property(fc.array(randomPod, { maxLength: 6 }), fc.array(fc.nat(5), { maxLength: 12 }), (made, picks) => {
        const pods = picks.flatMap((pick) => made[pick] ?? []).map((pod) => Pod.parse(pod));

        const together = told(pods.length, sorted(pods).cohorts);

        const alone = told(
          pods.length,
          pods.flatMap((pod) => sorted([pod]).cohorts),
        );
        const facts = (seen: typeof alone) => seen.filter(({ kind }) => kind !== 'gap');
        expect(facts(together)).toEqual(facts(alone));
        expect(new Set(together.map((one) => JSON.stringify(one)))).toEqual(new Set(alone.map((one) => JSON.stringify(one))));
      }),
    );
  });

  it('of one owner are one cohort wherever they are and whenever they began, and of another owner of that name another', () => {
    const owned = (nth: number, uid: string) => {
      const ownerReferences = [{ kind: 'ReplicaSet', name: 'payments-5f7', uid, controller: true }];
      const state = { running: { startedAt: `2026-02-0${nth}T00:00:00Z` } };
      const labels = { 'apps.kubernetes.io/pod-index': String(nth) };
      return Pod.parse(listedPod(`shop/payments-${nth}`, { metadata: { ownerReferences, labels }, state, node: `quay-${(nth % 2) + 1}` }));
    };

    const { cohorts, pods } = sorted([owned(3, 'u-1'), owned(2, 'u-1'), owned(1, 'u-2')]);

    expect(pods).toBe(3);
    expect(cohorts).toMatchObject([
      { owner: 'u-1', name: 'payments-2', pods: 2, nodes: ['quay-2', 'quay-1'], moments: [{ since: '2026-02-02T00:00:00Z' }] },
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
