import { describe, expect, it } from 'vitest';
import { excessOf } from '../../../src/clients/kubernetes/excess.ts';
import type { Kubernetes } from '../../../src/clients/kubernetes.ts';

/** A cluster that answers a review with these rules. */
function told(rules: readonly object[]): Promise<readonly string[]> {
  const body = Buffer.from(JSON.stringify({ status: { resourceRules: rules } }));
  const api: Pick<Kubernetes, 'review'> = { review: async () => ({ status: 201, headers: {}, body }) };
  return excessOf(api);
}

const READS = { verbs: ['get', 'list'], apiGroups: ['', 'apps'], resources: ['pods', 'nodes', 'deployments'] };
const OWN = { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'] };

describe('the credentials of a cluster', () => {
  it.each([
    ['only read, and ask about themselves', [READS, OWN], []],
    [
      'may change things',
      [READS, { verbs: ['patch', 'get'], apiGroups: ['apps'], resources: ['deployments'] }],
      ['it may patch deployments: it only ever reads'],
    ],
    [
      'may read every resource, and so Secrets',
      [{ verbs: ['get'], apiGroups: ['*'], resources: ['*'] }],
      ['it may read Secrets: it never does'],
    ],
    [
      'may do anything with Secrets',
      [{ verbs: ['*'], apiGroups: [''], resources: ['secrets'] }],
      ['it may do anything with secrets: it only ever reads', 'it may read Secrets: it never does'],
    ],
    ['have no rule at all', [], []],
  ])('are told where they %s', async (_, rules, lines) => {
    await expect(told(rules)).resolves.toEqual(lines);
  });
});
