import { judgeRecorded, Observation, Plan, type Report } from 'selfsame';
import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';
import { tellClusters } from '../../src/report/clusters.ts';

const AT = '2026-03-01T12:00:00Z';
const image = { registry: 'registry.example', repository: 'payments', tag: '1' };

function seen(source: string, fact: object): Observation {
  return Observation.parse({ at: AT, origin: { source, locator: source }, ...fact });
}

function cluster(name: string, more: object = {}): Observation {
  return seen(name, { kind: 'cluster', cluster: name, pods: 4, denied: [], ...more });
}

function judged(observations: readonly Observation[]): Report {
  const plan = Plan.parse({ promotion: [['staging'], ['production']] });
  return judgeRecorded([{ takenAt: { from: AT, to: AT }, digest: 'sha256:1', observations }], plan, [], '0.1.0');
}

describe('a cluster in the report', () => {
  it('is one line: its version, what was read, what was denied, and its clock', () => {
    const report = judged([
      cluster('harbour', { version: 'v1.34.2', pods: 1, requests: 13, denied: ['books', 'till'], skewMs: -420_000 }),
      cluster('quay'),
    ]);

    expect(tellClusters(report)).toEqual([
      'cluster harbour: v1.34.2, 1 pod, 13 requests, denied: books, till, clock 420 s behind',
      'cluster quay: version unknown, 4 pods',
    ]);
  });

  it('is one line where several contexts reach it', () => {
    const report = judged([
      cluster('harbour', { uid: 'u-1', requests: 13 }),
      cluster('admin@harbour', { uid: 'u-1', requests: 12, denied: ['till'] }),
    ]);

    expect(tellClusters(report)).toEqual(['cluster admin@harbour = harbour: version unknown, 4 pods, 25 requests, denied: till']);
  });

  it('has no namespace outside scope that another source of it reads into an environment', () => {
    const workload = { cluster: 'harbour', namespace: 'shop', kind: 'Deployment', name: 'payments' };
    const running = {
      kind: 'running-image',
      environment: 'production',
      workload,
      container: 'api',
      declared: { spec: image },
      reported: '',
      digestRole: 'unknown',
      phase: 'waiting',
      instances: 1,
    };
    const outside = (namespace: string) => seen('quay', { kind: 'outside-namespace', cluster: 'quay', namespace, images: [image] });

    const report = judged([
      cluster('harbour', { uid: 'u-1' }),
      cluster('quay', { uid: 'u-1' }),
      seen('harbour', running),
      outside('shop'),
      outside('sandbox'),
    ]);

    expect(report.outside.map(({ namespace }) => namespace)).toEqual(['sandbox']);
  });

  it('says what lies between, of every context that reaches it', () => {
    const report = judged([
      cluster('harbour', { uid: 'u-1', through: ['proxy http://proxy.example:3128'] }),
      cluster('quay', { uid: 'u-1', through: ['program aws'] }),
    ]);

    expect(tellClusters(report)).toEqual([
      'cluster harbour = quay: version unknown, 4 pods, through: program aws, proxy http://proxy.example:3128',
    ]);
  });

  it.each(['table', 'markdown'])('is told by the %s', async (id) => {
    const reporter = (await loadAll('reporters')).find((one) => one.id === id);

    const text = [...(reporter?.render(judged([cluster('harbour', { version: 'v1.34.2' })]), { width: 80, color: false }) ?? [])].join('');

    expect(text).toContain('cluster harbour: v1.34.2, 4 pods');
  });
});

describe('a manifest', () => {
  it('makes no slot, idle or not', () => {
    const workload = { cluster: 'harbour', namespace: 'shop', kind: 'Deployment', name: 'payments' };

    const report = judged([
      seen('git', { kind: 'declared-image', environment: 'production', workload, container: 'api', because: 'manifest', declared: image }),
    ]);

    expect([report.idle, report.rows]).toEqual([[], []]);
  });
});
