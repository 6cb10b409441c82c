import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { collect, type NamedSource } from '../../src/collect/collect.ts';
import type { Seen } from '../../src/collect/define-source.ts';
import { openEdge } from '../fakes/edge.ts';

const UID = 'c0a57a1d-0000-4000-8000-00000000a7b0';
const NOTHING = { digests: [], tags: [], commits: [], lines: [] };

type About = Readonly<{ environment: string; namespace: string; uid?: string | undefined }>;

/** A source that reads a cluster of this uid, and one workload in it. */
function source(name: string, { environment, namespace, uid }: About): NamedSource {
  const image = { registry: 'registry.example', repository: 'payments', tag: '1' };
  const workload = { cluster: name, namespace, kind: 'Deployment', name: 'payments' };
  const running: Seen = {
    kind: 'running-image',
    environment,
    workload,
    container: 'api',
    declared: { spec: image },
    reported: '',
    digestRole: 'unknown',
    phase: 'waiting',
    instances: 1,
    locator: name,
  };
  const cluster: Seen = { kind: 'cluster', cluster: name, ...(uid ? { uid } : {}), pods: 1, denied: [], locator: name };
  const member = {
    id: name,
    title: name,
    config: z.object({}),
    asks: [],
    expects: () => [{ of: 'running-image' as const, scope: { environment, cluster: name } }],
    async *observe() {
      yield* [running, cluster];
    },
  };
  return { name, source: member, config: {} };
}

const read = (...sources: readonly NamedSource[]) => collect(sources, () => NOTHING, openEdge());

describe('one cluster through two sources', () => {
  it('is refused where both read the same environment of it', async () => {
    const reading = read(
      source('harbour', { environment: 'production', namespace: 'shop', uid: UID }),
      source('quay', { environment: 'production', namespace: 'till', uid: UID }),
    );

    await expect(reading).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('"harbour" and "quay" read one cluster'),
    });
  });

  it('is refused where they read one namespace of it into two environments', async () => {
    const reading = read(
      source('harbour', { environment: 'staging', namespace: 'shop', uid: UID }),
      source('quay', { environment: 'production', namespace: 'shop', uid: UID }),
    );

    await expect(reading).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('namespace "shop" of one cluster'),
    });
  });

  it.each([
    ['they read an environment each', { environment: 'staging', namespace: 'shop-stg', uid: UID }],
    ['they are two', { environment: 'production', namespace: 'shop', uid: 'another' }],
    ['nobody knows', { environment: 'production', namespace: 'shop', uid: undefined }],
  ])('is read where %s', async (_, about) => {
    const seen = await read(source('harbour', about), source('quay', { environment: 'production', namespace: 'shop', uid: UID }));

    expect(seen.filter(({ kind }) => kind === 'running-image')).toHaveLength(2);
  });
});
