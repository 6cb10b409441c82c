import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import type http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadMember } from '../../src/registry.ts';
import { auditOf, clusterAt, registryAt } from '../fakes/audit.ts';
import { certificateFor } from '../fakes/certificate.ts';
import {
  type About,
  by,
  DIGEST,
  factsOf,
  NODES,
  node,
  of,
  PODS,
  pod,
  REPLICASETS,
  RUNNING,
  SMALL,
  scan,
  stopServers,
  TOKEN,
  workload,
} from '../fakes/cluster.ts';
import { type Fault, type Listed, type Lists, refused, type Speaks, startKubernetes, writeKubeconfig } from '../fakes/kubernetes.ts';
import { configOf, type FakeRegistry, OCI_MANIFEST, startRegistry } from '../fakes/registry.ts';

const OTHER = `sha256:${'b2'.repeat(32)}`;
const HIDDEN = '/api/v1/namespaces/kube-system';

const started: Readonly<{ stop(): Promise<void> }>[] = [];
afterEach(async () => {
  await stopServers();
  for (const server of started.splice(0)) await server.stop();
});

/** A pod whose node reports this image of its container; with a state of its own if one is given. */
function reporting(place: string, imageID: string, { image = 'registry.example/payments:1', state = RUNNING }: About = {}): Listed {
  return { ...pod(place, { image }), status: { phase: 'Running', containerStatuses: [{ name: 'app', image, imageID, state }] } };
}

/** One workload, promoted: of this image in staging and of that in production. */
function promoted(before: string, after: string, image = 'registry.example/payments:1'): Lists {
  const seat = (namespace: string, imageID: string) => {
    const made = reporting(`${namespace}/payments-0`, imageID, { image });
    return { ...made, metadata: { ...made.metadata, ...by('StatefulSet', `${namespace}/payments`) } };
  };
  const sets = ['shop-stg', 'shop-prd'].map((namespace) => workload(`${namespace}/payments`, { image }));
  return { [PODS]: [seat('shop-stg', before), seat('shop-prd', after)], [NODES]: [node('quay-1')], '/apis/apps/v1/statefulsets': sets };
}

async function registry(): Promise<FakeRegistry> {
  const one = await startRegistry();
  started.push(one);
  return one;
}

async function listen(server: http.Server | https.Server): Promise<string> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  started.push({ stop: () => new Promise((stopped) => server.close(() => stopped())) });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each<Speaks>(['json', 'protobuf'])('a cluster that answers in %s', (speaks) => {
  const look = (lists: Lists, wish: Parameters<typeof scan>[1] = {}) => scan(lists, { speaks, ...wish });

  async function serve(lists: Lists, fault?: Fault) {
    const server = await startKubernetes(lists, { token: TOKEN, speaks, ...(fault ? { fault } : {}) });
    started.push(server);
    return server;
  }

  it.each<[string, string | undefined, string]>([
    [`docker-pullable://registry.example/payments@${DIGEST}`, DIGEST, 'unknown'],
    [`docker://${DIGEST}`, DIGEST, 'unknown'],
    [`registry.example/payments@${DIGEST}`, DIGEST, 'unknown'],
    [DIGEST, DIGEST, 'config'],
    [DIGEST.slice('sha256:'.length), DIGEST, 'config'],
    ['', undefined, 'unknown'],
    ['sha256:c0ffee', undefined, 'unknown'],
    ['registry.example/payments:1', undefined, 'unknown'],
  ])('K01 with the imageID %j is read by its form', async (imageID, digest, digestRole) => {
    const { seen } = await look({ ...SMALL, [PODS]: [reporting('shop/payments', imageID)] });

    expect(of(seen, 'running-image')).toMatchObject([{ reported: imageID, digestRole }]);
    expect(of(seen, 'running-image')[0]?.digest).toBe(digest);
  });

  it('K01 with a config here and a manifest there has them not compared', async () => {
    const { url } = await serve(promoted(DIGEST, `registry.example/payments@${OTHER}`));

    const report = await auditOf([await clusterAt(url)]);

    expect([report.exitCode, report.findings.map(({ rule }) => rule)]).toEqual([3, ['tag-without-digest']]);
    expect(report.rows.map(({ standing }) => standing.is)).not.toContain('selfsame');
  });

  it('K02 without an imageID is told all the same, and never passes', async () => {
    const pending = { ...pod('till-prd/pending'), status: { phase: 'Pending' } };
    const evicted = { ...pod('till-prd/evicted'), status: { phase: 'Failed', reason: 'Evicted' } };
    const unpulled = reporting('till-prd/unpulled', '', { state: { waiting: { reason: 'ImagePullBackOff' } } });
    const lists = { ...SMALL, [PODS]: [pending, evicted, unpulled] };
    const { url } = await serve(lists);

    const { seen } = await look(lists);
    const report = await auditOf([await clusterAt(url)]);

    const told = of(seen, 'running-image').map((one) => [one.workload.name, one.phase, one.digest]);
    expect(told).toEqual(['pending', 'evicted', 'unpulled'].map((name) => [name, 'waiting', undefined]));
    expect(report.exitCode).toBe(3);
  });

  it('K03 with an index here and its member there runs one artifact, if a registry proves it', async () => {
    const shop = await registry();
    const [image, other] = [shop.image('payments'), shop.image('payments', configOf({ architecture: 'arm64' }))];
    const platform = { os: 'linux', architecture: 'amd64' };
    const members = [
      { mediaType: OCI_MANIFEST, digest: image.digest, size: image.size, platform },
      { mediaType: OCI_MANIFEST, digest: other.digest, size: other.size, platform: { os: 'linux', architecture: 'arm64' } },
    ];
    const index = shop.index('payments', members, '1');
    const named = `${shop.host}/payments`;
    const { url } = await serve(promoted(`${named}@${index.digest}`, `${named}@${image.digest}`, `${named}:1`));

    const proven = await auditOf([await clusterAt(url), registryAt(shop.host)]);
    const unproven = await auditOf([await clusterAt(url)]);

    expect(proven.rows.find(({ environment }) => environment === 'production')?.standing.is).toBe('selfsame');
    expect([unproven.exitCode, unproven.findings.map(({ rule }) => rule)]).toEqual([3, ['tag-without-digest']]);
  });

  it('K04 whose node was given another image under the same tag runs what its node reports', async () => {
    const { url } = await serve(promoted(`registry.example/payments@${DIGEST}`, `registry.example/payments@${OTHER}`));

    const report = await auditOf([await clusterAt(url)]);

    expect(report.exitCode).not.toBe(0);
    expect(report.rows).toMatchObject([{ environment: 'production', digest: OTHER }]);
    expect(report.rows[0]?.standing.is).not.toBe('selfsame');
  });

  it.each([
    'Always',
    'IfNotPresent',
    'Never',
  ])('K04 that is pulled %s is told so, and a node that asks no registry is noted', async (imagePullPolicy) => {
    const image = 'registry.example/payments:1';
    const given = (made: Listed) => ({ ...made, spec: { nodeName: 'quay-1', containers: [{ name: 'app', image, imagePullPolicy }] } });
    const whole = promoted(`registry.example/payments@${DIGEST}`, `registry.example/payments@${DIGEST}`);
    const lists = { ...whole, [PODS]: (whole[PODS] ?? []).map(given) };
    const { url } = await serve(lists);

    const { seen } = await look(lists, { config: { environments: { staging: ['*-stg'], production: ['*-prd'] } } });
    const report = await auditOf([await clusterAt(url)]);

    expect(of(seen, 'running-image').map(({ pullPolicy }) => pullPolicy)).toEqual([imagePullPolicy, imagePullPolicy]);
    const noted = report.findings.filter((finding) => JSON.stringify(finding).includes('asks no registry'));
    expect(noted.map(({ rule }) => rule)).toEqual(imagePullPolicy === 'Always' ? [] : ['tag-without-digest']);
  });

  it('K05 has every container of a pod told, whatever it is', async () => {
    const image = (name: string) => ({ name, image: `registry.example/${name}:1` });
    const spec = {
      initContainers: [image('migrate'), { ...image('mesh'), restartPolicy: 'Always' }],
      containers: [image('app')],
      ephemeralContainers: [image('debugger')],
      volumes: [{ name: 'model', image: { reference: 'registry.example/model:1' } }],
    };
    const mirror = { ownerReferences: [{ kind: 'Node', name: 'quay-1', uid: 'u-quay-1', controller: true }] };
    const pods = [pod('shop/payments', { spec }), pod('shop/proxy-quay-1', { metadata: mirror, spec })];

    const { seen } = await look({ ...SMALL, [PODS]: pods });

    const all = ['init migrate', 'sidecar mesh', 'app app', 'ephemeral debugger', 'volume model'];
    const told = of(seen, 'running-image').map((one) => `${one.workload.name} ${one.role} ${one.container}`);
    expect(told).toEqual(['payments', 'proxy'].flatMap((name) => all.map((what) => `${name} ${what}`)));
  });

  it.each([
    ['a process of a Windows host', { securityContext: { windowsOptions: { hostProcess: true } }, hostNetwork: true }],
    ['a module of WebAssembly', { runtimeClassName: 'wasmtime-spin' }],
    ['a virtual machine of its own', { runtimeClassName: 'kata' }],
  ])('K05 is told as any other where it is %s', async (_, more) => {
    const spec = { containers: [{ name: 'app', image: 'registry.example/payments:1' }], ...more };

    const { seen } = await look({ ...SMALL, [PODS]: [pod('shop/payments', { spec })] });

    expect(of(seen, 'running-image')).toMatchObject([{ container: 'app', declared: { spec: { repository: 'payments', tag: '1' } } }]);
  });

  it('K06 with names that would move a cursor, or are very long, is kept as it is and shown as text', async () => {
    const name = 'pay\u001b[2K\u202ements\u009b\n::error::';
    const label = `${name}${'x'.repeat(256 * 1024)}`;
    const made = reporting(`shop-prd/${name}`, `registry.example/payments@${DIGEST}`);
    const lists = { [PODS]: [{ ...made, metadata: { ...made.metadata, labels: { 'app.kubernetes.io/name': label } } }] };
    const { url } = await serve(lists);

    const { seen } = await look(lists, { config: { environments: { staging: ['*-stg'], production: ['*-prd'] } } });
    const report = await auditOf([await clusterAt(url)]);

    expect(of(seen, 'running-image')).toMatchObject([{ workload: { name }, labels: { 'app.kubernetes.io/name': label } }]);
    for (const id of ['table', 'markdown', 'html']) {
      const { render } = await loadMember('reporters', id);
      expect([...render(report, { width: 100, color: false })].join('')).not.toMatch(/[\0-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });

  it('K07 whose tenants ask to be left out is read as if they had not', async () => {
    const asking = { 'selfsame/ignore': 'true', 'drift/ignore': 'true', 'kubernetes.io/ignore': 'true' };
    const begging = {
      ...SMALL[PODS]?.[0],
      metadata: { ...pod('shop/payments-1').metadata, annotations: asking, labels: asking },
    } as Listed;

    const plain = await look(SMALL);
    const asked = await look({ ...SMALL, [PODS]: [begging, ...(SMALL[PODS] ?? []).slice(1)] });

    expect(factsOf(asked.seen)).toEqual(factsOf(plain.seen));
  });

  describe('in pages', () => {
    const many: Lists = { ...SMALL, [PODS]: [1, 2, 3, 4, 5].map((number) => pod(`shop/payments-${number}`)) };
    const page = (numbers: readonly number[], metadata: object) => ({
      status: 200,
      body: { kind: 'PodList', metadata, items: numbers.map((number) => pod(`shop/payments-${number}`)) },
    });

    it.each<[string, number, readonly string[], Fault]>([
      [
        'expires once is begun again',
        5,
        [],
        ({ path: asked, continue: token, visit }) => (asked === PODS && token === '2' && visit === 1 ? refused(410, 'Expired') : undefined),
      ],
      [
        'expires again goes on, and is not whole',
        3,
        ['incomplete'],
        ({ path: asked, continue: token }) => (asked === PODS && token === '2' ? refused(410, 'Expired', { continue: '4' }) : undefined),
      ],
      [
        'goes round is left',
        4,
        ['incomplete'],
        ({ path: asked, continue: token }) =>
          asked === PODS && token ? (token === '2' ? page([3], { continue: '9' }) : page([4], { continue: '2' })) : undefined,
      ],
      [
        'shows a pod twice has it once, and is not whole',
        3,
        ['incomplete'],
        ({ path: asked, continue: token }) => (asked === PODS && token === '2' ? page([2, 4], {}) : undefined),
      ],
      [
        'ends where more is said to follow is not whole',
        4,
        ['incomplete'],
        ({ path: asked, continue: token }) => (asked === PODS && token === '2' ? page([3, 4], { remainingItemCount: 1 }) : undefined),
      ],
    ])('K08 a list that %s', async (_, instances, gaps, fault) => {
      const { seen } = await look(many, { fault, pageItems: 2 });

      expect(of(seen, 'running-image')).toHaveLength(instances);
      expect(of(seen, 'gap').map(({ because }) => because)).toEqual(gaps);
      expect(of(seen, 'coverage')).toHaveLength(gaps.length === 0 ? 2 : 0);
    });
  });

  it('K09 that may not be listed as a whole has a gap in each namespace that is denied', async () => {
    const fault: Fault = ({ path: asked }) =>
      asked === PODS || asked.startsWith('/api/v1/namespaces/shop/') ? refused(403, 'Forbidden') : undefined;

    const { seen } = await look(SMALL, { fault });

    expect(of(seen, 'gap')).toMatchObject([{ because: 'forbidden', scope: { namespace: 'shop' } }]);
    expect(of(seen, 'cluster')).toMatchObject([{ denied: ['shop'] }]);
    expect(of(seen, 'coverage').map(({ scope }) => scope.environment)).toEqual(['staging']);
  });

  it('K09 of which a namespace is hidden has a gap there, where its name was told', async () => {
    const hiding = (all: readonly Listed[] = []) => all.filter(({ metadata }) => metadata.namespace !== 'shop');
    const lists = Object.fromEntries(Object.entries(SMALL).map(([place, all]) => [place, hiding(all)]));

    const { seen } = await look(lists);

    expect(of(seen, 'gap')).toMatchObject([
      {
        because: 'not-found',
        scope: { environment: 'production', cluster: 'harbour', namespace: 'shop' },
        hint: expect.stringContaining('kubectl get all -n shop'),
      },
    ]);
    expect(of(seen, 'coverage').map(({ scope }) => scope)).toEqual([{ environment: 'staging', cluster: 'harbour' }]);
  });

  it('K10 whose kubeconfig runs a program, or checks no certificate, is asked nothing', async () => {
    const canary = path.join(await mkdtemp(path.join(tmpdir(), 'selfsame-')), 'ran');
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: '/usr/bin/touch', args: [canary] };
    const { url, requests } = await serve(SMALL);

    const [running, unchecked] = [
      await clusterAt(url, 'harbour', { kubeconfig: await writeKubeconfig(url, { user: { exec } }) }),
      await clusterAt(url, 'harbour', { insecure: 'false' }),
    ];

    await expect(auditOf([running])).rejects.toMatchObject({ exitCode: 2, hint: expect.stringContaining('`exec: allow`') });
    await expect(auditOf([unchecked])).rejects.toMatchObject({ exitCode: 2, hint: expect.stringContaining('`insecure: "true"`') });
    expect([requests, existsSync(canary)]).toEqual([[], false]);
  });

  it('K10 whose kubeconfig names files elsewhere, and checks no certificate, is told with both', async () => {
    const { url } = await serve(SMALL);
    const authority = path.join(await mkdtemp(path.join(tmpdir(), 'selfsame-')), 'authority.pem');
    await writeFile(authority, certificateFor('quay.example').cert);
    const kubeconfig = await writeKubeconfig(url, { user: { token: TOKEN }, cluster: { 'certificate-authority': authority } });

    const { clusters } = await auditOf([await clusterAt(url, 'harbour', { kubeconfig })]);

    expect(clusters).toMatchObject([{ through: ['certificate not checked', `file ${authority}`] }]);
  });

  it('K11 with a certificate for another name is shown no token', async () => {
    const { key, cert } = certificateFor('quay.example');
    const shown: unknown[] = [];
    const server = https.createServer({ key, cert }, ({ headers }, response) => void response.end(String(shown.push(headers))));
    const url = await listen(server);
    const cluster = { 'insecure-skip-tls-verify': false, 'certificate-authority-data': Buffer.from(cert).toString('base64') };
    const kubeconfig = await writeKubeconfig(url, { user: { token: TOKEN }, cluster });

    const report = await auditOf([await clusterAt(url, 'harbour', { kubeconfig, insecure: 'false' })]);

    expect(report.gaps).toMatchObject([{ because: 'untrusted', scope: { cluster: 'harbour' } }]);
    expect([report.exitCode, shown]).toEqual([3, []]);
  });

  it('K12 whose template names one image and whose pod runs another is told by both', async () => {
    const image = 'registry.example/payments:2.0.0';
    const operated = pod('shop/till-0', { metadata: by('CloneSet', 'shop/till') });
    const behind = pod('shop/payments-5f7-x', { metadata: by('ReplicaSet', 'shop/payments-5f7') });
    const sets = [workload('shop/payments-5f7', { metadata: by('Deployment', 'shop/payments'), image })];

    const { seen, server } = await look({ ...SMALL, [PODS]: [operated, behind], [REPLICASETS]: sets });

    expect(of(seen, 'running-image')).toMatchObject([
      { workload: { kind: 'CloneSet', name: 'till' }, declared: { spec: { tag: '1.4.0' } }, digest: DIGEST },
      { workload: { kind: 'Deployment' }, declared: { template: { tag: '2.0.0' }, spec: { tag: '1.4.0' } }, digest: DIGEST },
    ]);
    expect(server.requests.filter((asked) => asked.includes('/applications'))).toEqual([]);
  });

  it('K13 with many pods, and very large ones, is read page by page, and keeps nothing of what is not used', async () => {
    const note = 'ahoy '.repeat(1_000_000);
    const large = [1, 2, 3].map((number) => pod(`shop/large-${number}`, { metadata: { annotations: { note } } }));
    const metadata = by('ReplicaSet', 'shop/payments-5f7');
    const many = Array.from({ length: 5000 }, (_, nth) => pod(`shop/payments-5f7-${nth}`, { metadata }));

    const { seen, server } = await look({ ...SMALL, [PODS]: [...large, ...many] }, { config: { environments: { production: ['shop'] } } });

    expect(server.requests.filter((asked) => asked.startsWith(`${PODS}?`))).toHaveLength(11);
    expect(of(seen, 'running-image').map(({ instances }) => instances)).toEqual([1, 1, 1, 5000]);
    expect(JSON.stringify(seen).length).toBeLessThan(10_000);
  });

  it('K14 that is deployed to while it is read has each revision counted by itself, and is in transition', async () => {
    const set = (number: number, creationTimestamp: string) =>
      workload(`shop/payments-${number}`, {
        metadata: {
          ...by('Deployment', 'shop/payments'),
          creationTimestamp,
          annotations: { 'deployment.kubernetes.io/revision': String(number) },
        },
      });
    const seat = (number: number, digest: string) => ({
      ...reporting(`shop/payments-${number}-x`, `registry.example/payments@${digest}`),
      metadata: { ...pod(`shop/payments-${number}-x`).metadata, ...by('ReplicaSet', `shop/payments-${number}`) },
    });
    const sets = [set(1, '2026-02-01T00:00:00Z'), set(2, '2026-03-01T11:58:00Z')];

    const { seen } = await look({ ...SMALL, [PODS]: [seat(1, DIGEST), seat(2, OTHER)], [REPLICASETS]: sets });

    const told = of(seen, 'running-image').map((one) => [one.digest, one.revision?.number, one.instances, one.rollout]);
    expect(told).toEqual([
      [DIGEST, 1, 1, 'rolling'],
      [OTHER, 2, 1, 'rolling'],
    ]);
  });

  it('K15 that two contexts reach is told once, and is refused where both read one environment', async () => {
    const { url } = await serve(promoted(`registry.example/payments@${DIGEST}`, `registry.example/payments@${DIGEST}`));
    const reach = (name: string, environments: object) => clusterAt(url, name, { environments });
    const staging = await reach('quay', { staging: ['*-stg'] });

    const report = await auditOf([await reach('harbour', { production: ['*-prd'] }), staging]);
    const other = await reach('harbour', { staging: ['*-stg'] });

    expect(report.clusters).toMatchObject([{ cluster: 'harbour', also: ['quay'] }]);
    expect(report.rows).toHaveLength(1);
    await expect(auditOf([other, staging])).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('read one cluster') });
  });

  it('K16 with the uid of another is named beside it, and is refused in its environment', async () => {
    const lists = promoted(`registry.example/payments@${DIGEST}`, `registry.example/payments@${DIGEST}`);
    const [original, clone] = [await serve(lists), await serve(lists)];
    const production = await clusterAt(original.url, 'harbour', { environments: { production: ['*-prd'] } });

    const report = await auditOf([production, await clusterAt(clone.url, 'clone', { environments: { staging: ['*-stg'] } })]);
    const second = await clusterAt(clone.url, 'clone', { environments: { production: ['*-prd'] } });

    expect(report.clusters).toMatchObject([{ cluster: 'clone', also: ['harbour'] }]);
    await expect(auditOf([production, second])).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('"clone"') });
  });

  it('K16 without a uid is known by its name alone', async () => {
    const { seen } = await look(SMALL, { fault: ({ path: asked }) => (asked === HIDDEN ? refused(404, 'NotFound') : undefined) });

    expect(of(seen, 'cluster')).toEqual([expect.not.objectContaining({ uid: expect.anything() })]);
    expect(of(seen, 'coverage')).toHaveLength(2);
  });
});
