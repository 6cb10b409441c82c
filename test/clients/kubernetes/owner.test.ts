import { describe, expect, it } from 'vitest';
import { Controller, type Owner, Pod } from '../../../src/clients/kubernetes/objects.ts';
import { openOwners } from '../../../src/clients/kubernetes/owner.ts';

const IMAGE = 'registry.example/payments:1.4.0';
const template = { spec: { containers: [{ name: 'payments', image: IMAGE }] } };

type About = Readonly<{ metadata?: object; spec?: object; status?: object }>;

function owner(kind: string, name: string, { metadata = {}, spec = {}, status = {} }: About = {}): Owner {
  return {
    kind,
    ...Controller.parse({ metadata: { name, namespace: 'shop', uid: `u-${name}`, ...metadata }, spec: { template, ...spec }, status }),
  };
}

function by(kind: string, name: string): object {
  return { ownerReferences: [{ apiVersion: 'v1', kind, name, uid: `u-${name}`, controller: true }] };
}

function pod(name: string, metadata: object): Pod {
  return Pod.parse({ metadata: { name, namespace: 'shop', uid: `u-${name}`, ...metadata }, spec: template.spec });
}

const created = '2026-11-23T06:44:34Z';
const numbered = { annotations: { 'deployment.kubernetes.io/revision': '12' }, creationTimestamp: created };

describe('a pod', () => {
  it('belongs to the Deployment above its ReplicaSet, which is its revision', () => {
    const owners = openOwners([
      owner('Deployment', 'payments'),
      owner('ReplicaSet', 'payments-5f75d46f4', { metadata: { ...by('Deployment', 'payments'), ...numbered } }),
    ]);

    const belonging = owners.belongingOf(pod('payments-5f75d46f4-96h54', by('ReplicaSet', 'payments-5f75d46f4')));

    expect(belonging.workload).toEqual({ namespace: 'shop', kind: 'Deployment', name: 'payments', uid: 'u-payments' });
    expect(belonging.revision).toEqual({ name: 'payments-5f75d46f4', number: 12, created });
    expect(belonging.template?.containers[0]?.image).toBe(IMAGE);
  });

  it('belongs to a Rollout that was never listed', () => {
    const annotations = { 'rollout.argoproj.io/revision': '3' };
    const owners = openOwners([owner('ReplicaSet', 'payments-7c9', { metadata: { ...by('Rollout', 'payments'), annotations } })]);

    const belonging = owners.belongingOf(pod('payments-7c9-x', by('ReplicaSet', 'payments-7c9')));

    expect(belonging).toMatchObject({ workload: { kind: 'Rollout', name: 'payments', uid: 'u-payments' }, revision: { number: 3 } });
  });

  it.each([
    ['Deployment', 'pod-template-hash'],
    ['Rollout', 'rollouts-pod-template-hash'],
  ])('belongs to the %s whose name is left when the hash is taken off, where ReplicaSets may not be read', (kind, label) => {
    const owners = openOwners([]);

    const belonging = owners.belongingOf(
      pod('payments-5f75d46f4-x', { ...by('ReplicaSet', 'payments-5f75d46f4'), labels: { [label]: '5f75d46f4' } }),
    );

    expect(belonging.workload).toEqual({ namespace: 'shop', kind, name: 'payments' });
    expect(belonging).toMatchObject({ revision: { name: 'payments-5f75d46f4' }, template: undefined });
  });

  it('belongs to the CronJob above its Job', () => {
    const owners = openOwners([owner('CronJob', 'nightly'), owner('Job', 'nightly-29401', { metadata: by('CronJob', 'nightly') })]);

    const belonging = owners.belongingOf(pod('nightly-29401-x', by('Job', 'nightly-29401')));

    expect(belonging).toMatchObject({ workload: { kind: 'CronJob', name: 'nightly' }, revision: undefined });
  });

  it('belongs to its Deployment, whatever operator controls that', () => {
    const owners = openOwners([
      owner('Deployment', 'payments', { metadata: by('PaymentSystem', 'eu') }),
      owner('ReplicaSet', 'payments-5f75d46f4', { metadata: by('Deployment', 'payments') }),
    ]);

    const belonging = owners.belongingOf(pod('payments-5f75d46f4-x', by('ReplicaSet', 'payments-5f75d46f4')));

    expect(belonging.workload).toMatchObject({ kind: 'Deployment', name: 'payments' });
  });

  it.each([
    ['whatever owns it', by('TaskRun', 'build-7'), { kind: 'TaskRun', name: 'build-7', uid: 'u-build-7' }],
    ['a ReplicaSet of its own', by('ReplicaSet', 'payments'), { kind: 'ReplicaSet', name: 'payments' }],
    ['itself', {}, { kind: 'Pod', name: 'payments-node-1', uid: 'u-payments-node-1' }],
    ['its name without its node, where it is static', by('Node', 'node-1'), { kind: 'Pod', name: 'payments' }],
  ])('belongs to %s', (_, metadata, workload) => {
    const owners = openOwners([]);

    const belonging = owners.belongingOf(pod('payments-node-1', metadata));

    expect(belonging.workload).toMatchObject(workload);
  });

  it('does not belong to a Deployment that only bears the name of a deleted one', () => {
    const owners = openOwners([
      owner('Deployment', 'payments', { metadata: { uid: 'u-younger' } }),
      owner('ReplicaSet', 'payments-5f75d46f4', { metadata: by('Deployment', 'payments') }),
    ]);

    const belonging = owners.belongingOf(pod('payments-5f75d46f4-x', by('ReplicaSet', 'payments-5f75d46f4')));

    expect(belonging.workload.uid).toBe('u-payments');
  });

  it.each([
    ['StatefulSet', 'store', 'store-58b95f4546', 'store-58b95f4546'],
    ['DaemonSet', 'agent', '5756888685', 'agent-5756888685'],
  ])('of a %s is of the ControllerRevision that its label names', (kind, name, hash, revision) => {
    const owners = openOwners([owner(kind, name)]);

    const belonging = owners.belongingOf(pod(`${name}-0`, { ...by(kind, name), labels: { 'controller-revision-hash': hash } }));

    expect(belonging.revision).toEqual({ name: revision });
  });

  it('keeps the labels of its workload before its own', () => {
    const owners = openOwners([owner('StatefulSet', 'store', { metadata: { labels: { tier: 'data' } } })]);

    const belonging = owners.belongingOf(pod('store-0', { ...by('StatefulSet', 'store'), labels: { tier: 'old', zone: 'a' } }));

    expect(belonging.labels).toEqual({ tier: 'data', zone: 'a' });
  });
});

describe('a rollout', () => {
  const half = { observedGeneration: 4, replicas: 4, updatedReplicas: 1, currentNumberScheduled: 4, updatedNumberScheduled: 1 };
  const done = { observedGeneration: 4, replicas: 3, updatedReplicas: 3, currentNumberScheduled: 3, updatedNumberScheduled: 3 };

  it.each([
    ['rolling', 'a Deployment has pods of an older template', 'Deployment', {}, half],
    ['rolling', 'a StatefulSet has pods of an older template', 'StatefulSet', {}, half],
    ['rolling', 'a DaemonSet has pods of an older template', 'DaemonSet', {}, half],
    ['rolling', 'a Deployment was changed and not yet looked at', 'Deployment', {}, { ...done, observedGeneration: 3 }],
    ['paused', 'a Deployment was stopped on the way', 'Deployment', { paused: true }, half],
    ['paused', 'a StatefulSet holds a partition back', 'StatefulSet', { updateStrategy: { rollingUpdate: { partition: 2 } } }, half],
    [
      'paused',
      'a DaemonSet waits for its pods to be deleted',
      'DaemonSet',
      { updateStrategy: { type: 'OnDelete', rollingUpdate: null } },
      half,
    ],
    ['settled', 'a Deployment is done', 'Deployment', {}, done],
    ['settled', 'a Deployment is done, and paused', 'Deployment', { paused: true }, done],
    ['settled', 'a Deployment is only growing', 'Deployment', { replicas: 9 }, done],
  ])('is %s where %s', (rollout, _, kind, spec, status) => {
    const owners = openOwners([owner(kind, 'payments', { metadata: { generation: 4 }, spec, status })]);

    const belonging = owners.belongingOf(pod('payments-0', by(kind, 'payments')));

    expect(belonging.rollout).toBe(rollout);
  });

  it('leaves the template of a StatefulSet unknown to pods that were made before it', () => {
    const status = { ...half, updateRevision: 'store-new' };
    const owners = openOwners([owner('StatefulSet', 'store', { metadata: { generation: 4 }, status })]);

    const [older, newer] = ['store-old', 'store-new'].map((hash) =>
      owners.belongingOf(pod('store-0', { ...by('StatefulSet', 'store'), labels: { 'controller-revision-hash': hash } })),
    );

    expect([older?.template, newer?.template?.containers[0]?.image]).toEqual([undefined, IMAGE]);
  });
});
