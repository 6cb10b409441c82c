import { afterEach, describe, expect, it } from 'vitest';
import kubernetes from '../../src/sources/kubernetes.ts';
import {
  by,
  CRONJOBS,
  DEPLOYMENTS,
  factsOf,
  NAMESPACES,
  NODES,
  node,
  of,
  PODS,
  pod,
  REPLICASETS,
  recordedLists,
  SMALL,
  scan,
  stopServers,
  TOKEN,
  workload,
} from '../fakes/cluster.ts';
import { openEdge } from '../fakes/edge.ts';
import { type Fault, type Listed, type Lists, refused } from '../fakes/kubernetes.ts';

afterEach(stopServers);

describe('a recorded cluster', () => {
  const config = { environments: { staging: ['staging'], production: ['prod'] } };

  it('is seen slot by slot, with nothing left out', async () => {
    const { seen } = await scan(recordedLists(), { config });

    const slots = of(seen, 'running-image').map(
      (one) => `${one.workload.namespace}/${one.workload.kind}/${one.workload.name}/${one.container}`,
    );
    expect(slots).toHaveLength(22);
    expect(slots).toEqual(
      expect.arrayContaining([
        'prod/DaemonSet/agent/agent',
        'prod/Deployment/checkout/checkout',
        'prod/Job/nightly/nightly',
        'prod/StatefulSet/store/migrate',
        'prod/StatefulSet/store/sidecar',
        'staging/Deployment/attested/attested',
      ]),
    );
    expect(of(seen, 'coverage').map(({ scope }) => scope)).toEqual([
      { environment: 'staging', cluster: 'harbour' },
      { environment: 'production', cluster: 'harbour' },
    ]);
    expect(of(seen, 'gap')).toEqual([]);
  });

  it('reports a name that nobody asked for, beside what was declared', async () => {
    const { seen } = await scan(recordedLists(), { config });

    const search = of(seen, 'running-image').find(({ workload: { name, namespace } }) => name === 'search' && namespace === 'prod');
    expect(search).toMatchObject({
      environment: 'production',
      declared: { spec: { registry: '127.0.0.1:5000', repository: 'prod/search', tag: '2.0.0' }, template: { repository: 'prod/search' } },
      reported: '127.0.0.1:5000/acme/search@sha256:c78a09e21ae97ea76452159244c81797ee6a1ebeb3c11f46c58c77cdc7061879',
      digest: 'sha256:c78a09e21ae97ea76452159244c81797ee6a1ebeb3c11f46c58c77cdc7061879',
      digestRole: 'unknown',
      platform: 'linux/amd64',
      runtime: 'containerd://1.7.24',
      phase: 'running',
      instances: 1,
      nodes: 1,
      since: '2026-11-23T06:49:32Z',
      revision: { name: 'search-55968cc7d7', number: 1, created: '2026-11-23T06:44:33Z' },
      rollout: 'settled',
      injected: false,
      labels: { 'app.kubernetes.io/name': 'search' },
    });
  });

  it('tells a finished Job by its end, and an image that was never pushed as waited for', async () => {
    const { seen } = await scan(recordedLists(), { config });

    const images = new Map(of(seen, 'running-image').map((one) => [one.container, one]));
    expect(images.get('nightly')).toMatchObject({ phase: 'completed', finishedAt: '2026-11-23T06:49:31Z' });
    expect(images.get('missing')).toMatchObject({ phase: 'waiting', reported: '', digest: undefined });
  });

  it('is the same facts when asked twice, and on smaller pages', async () => {
    const [once, again, paged] = [
      await scan(recordedLists(), { config }),
      await scan(recordedLists(), { config }),
      await scan(recordedLists(), { config, pageItems: 3 }),
    ];

    expect(factsOf(again.seen)).toEqual(factsOf(once.seen));
    expect(factsOf(paged.seen)).toEqual(factsOf(once.seen));
    expect(paged.server.requests.length).toBeGreaterThan(once.server.requests.length);
  });
});

describe('what runs', () => {
  it('is counted where it is equal, on as many nodes, since the earliest start', async () => {
    const later = { running: { startedAt: '2026-11-24T00:00:00Z' } };
    const made = { metadata: by('StatefulSet', 'shop/payments') };
    const pods = [
      pod('shop/payments-0', { ...made, state: later, node: 'quay-2' }),
      pod('shop/payments-1', made),
      pod('shop/payments-2', made),
    ];

    const { seen } = await scan({ [PODS]: pods, [NODES]: [node('quay-1'), node('quay-2')] });

    expect(of(seen, 'running-image')).toEqual([
      expect.objectContaining({
        instances: 3,
        nodes: 2,
        since: '2026-11-23T06:49:32Z',
        locator: expect.stringContaining('/pods/payments-0'),
      }),
    ]);
  });

  it('is apart where platforms, images or phases are', async () => {
    const made = { metadata: by('StatefulSet', 'shop/payments') };
    const pods = [
      pod('shop/payments-0', made),
      pod('shop/payments-1', { ...made, node: 'quay-arm' }),
      pod('shop/payments-2', { ...made, image: 'registry.example/payments:1.5.0' }),
      pod('shop/payments-3', { ...made, state: { waiting: {} } }),
    ];

    const { seen } = await scan({ [PODS]: pods, [NODES]: [node('quay-1'), node('quay-arm', { architecture: 'arm64' })] });

    expect(of(seen, 'running-image').map(({ instances }) => instances)).toEqual([1, 1, 1, 1]);
  });

  it('is apart where other words start it, and credentials among them are kept from everybody', async () => {
    const startedBy = (...args: string[]) => ({
      metadata: by('StatefulSet', 'shop/payments'),
      spec: { containers: [{ name: 'app', image: 'registry.example/payments:1.4.0', command: ['payments', '--password'], args }] },
    });
    const pods = [
      pod('shop/payments-0', startedBy('kraken-7', '--port=8080')),
      pod('shop/payments-1', startedBy('kraken-8', '--port=8080')),
      pod('shop/payments-2', startedBy('kraken-8', '--port=8080')),
    ];

    const { seen } = await scan({ [PODS]: pods });

    const images = of(seen, 'running-image');
    const hidden = expect.stringContaining('redacted#');
    expect(images.map(({ instances }) => instances)).toEqual([1, 2]);
    expect(images.map(({ starts }) => starts)).toEqual([
      { command: ['payments', '--password'], args: [hidden, '--port=8080'] },
      { command: ['payments', '--password'], args: [hidden, '--port=8080'] },
    ]);
    expect(new Set(images.map(({ starts }) => starts?.args?.[0])).size).toBe(2);
    expect(JSON.stringify(seen)).not.toContain('kraken');
  });

  it('leaves out a pod that is being deleted', async () => {
    const metadata = { deletionTimestamp: '2026-11-24T00:00:00Z' };

    const { seen } = await scan({ ...SMALL, [PODS]: [pod('shop/payments-1', { metadata })] });

    expect(of(seen, 'running-image')).toEqual([]);
  });

  it('is injected where the template does not know the container', async () => {
    const spec = { containers: ['app', 'proxy'].map((name) => ({ name, image: `registry.example/${name}:1` })) };
    const pods = [pod('shop/payments-5f7-x', { metadata: by('ReplicaSet', 'shop/payments-5f7'), spec }), pod('shop/alone', { spec })];

    const { seen } = await scan({ ...SMALL, [PODS]: pods });

    const injected = of(seen, 'running-image').map((one) => [one.workload.name, one.container, one.injected]);
    expect(injected).toEqual(
      expect.arrayContaining([
        ['payments-5f7', 'app', false],
        ['payments-5f7', 'proxy', true],
        ['alone', 'proxy', false],
      ]),
    );
  });

  it.each([
    ['windows/amd64:10.0.17763.2114', { operatingSystem: 'windows', kernelVersion: '10.0.17763.2114' }],
    ['windows/amd64', { operatingSystem: 'windows', kernelVersion: '' }],
    ['linux/arm64', { architecture: 'arm64' }],
    [undefined, { operatingSystem: '', architecture: '' }],
  ])('runs on %s where its node says so', async (platform, nodeInfo) => {
    const { seen } = await scan({ ...SMALL, [PODS]: [pod('shop/payments')], [NODES]: [node('quay-1', nodeInfo)] });

    expect(of(seen, 'running-image')[0]?.platform).toBe(platform);
  });

  it('runs on a platform nobody knows where nodes may not be read, and that is no gap', async () => {
    const { seen } = await scan(SMALL, { fault: ({ path }) => (path === NODES ? refused(403, 'Forbidden') : undefined) });

    expect(of(seen, 'running-image').every(({ platform }) => platform === undefined)).toBe(true);
    expect(of(seen, 'gap')).toEqual([]);
    expect(of(seen, 'coverage')).toHaveLength(2);
  });

  it('keeps no label but those that pairing names', async () => {
    const metadata = { labels: { 'app.kubernetes.io/name': 'payments', team: 'till', owner: 'someone' } };

    const { seen } = await scan({ ...SMALL, [PODS]: [pod('shop/payments', { metadata })] }, { config: { labels: ['team'] } });

    expect(of(seen, 'running-image')[0]?.labels).toEqual({ team: 'till' });
  });
});

describe('what is declared and does not run', () => {
  it('is a workload without a pod', async () => {
    const cron = workload('shop/nightly');
    const jobTemplate = { spec: { template: { spec: { containers: [{ name: 'app', image: 'registry.example/nightly:1' }] } } } };

    const { seen } = await scan({ ...SMALL, [PODS]: [], [CRONJOBS]: [{ ...cron, spec: { jobTemplate } }] });

    const idle = of(seen, 'declared-image').map((one) => `${one.because} ${one.environment} ${one.workload.kind}/${one.workload.name}`);
    expect(idle).toEqual(
      expect.arrayContaining(['idle production CronJob/nightly', 'idle production Deployment/payments', 'idle staging StatefulSet/store']),
    );
  });

  it('is each older ReplicaSet of a Deployment, and not the current one that is scaled to nothing', async () => {
    const revision = (number: number) => ({
      ...by('Deployment', 'shop/payments'),
      annotations: { 'deployment.kubernetes.io/revision': String(number) },
    });
    const sets = [1, 2, 3].map((number) =>
      workload(`shop/payments-${number}`, {
        metadata: revision(number),
        spec: { replicas: 0 },
        image: `registry.example/payments:1.${number}.0`,
      }),
    );

    const { seen } = await scan({ ...SMALL, [PODS]: [], [REPLICASETS]: sets });

    const told = of(seen, 'declared-image').map((one) => [one.workload.name, one.because, one.declared.tag, one.revision?.number]);
    expect(told.filter(([name]) => name === 'payments')).toEqual([
      ['payments', 'idle', '1.4.0', undefined],
      ['payments', 'revision', '1.1.0', 1],
      ['payments', 'revision', '1.2.0', 2],
    ]);
  });

  it('is the ReplicaSet of a Rollout that has no pod, though Rollouts are never listed', async () => {
    const metadata = { ...by('Rollout', 'shop/till'), annotations: { 'rollout.argoproj.io/revision': '4' } };

    const { seen } = await scan({ ...SMALL, [REPLICASETS]: [workload('shop/till-7c9', { metadata, spec: { replicas: 0 } })] });

    expect(of(seen, 'declared-image')).toContainEqual(
      expect.objectContaining({ because: 'idle', workload: expect.objectContaining({ kind: 'Rollout', name: 'till' }) }),
    );
  });

  it('is not claimed where the pods of its namespace could not all be read', async () => {
    const broken: Listed = { metadata: { name: 'till-7', namespace: 'shop' } };

    const { seen } = await scan({ ...SMALL, [PODS]: [broken] });

    expect(of(seen, 'declared-image').map(({ workload: { namespace } }) => namespace)).toEqual(['till-stg']);
  });

  it('is found at CronJobs of batch/v1beta1 where there is no newer API', async () => {
    const jobTemplate = { spec: { template: { spec: { containers: [{ name: 'app', image: 'registry.example/nightly:1' }] } } } };
    const older = { ...SMALL, '/apis/batch/v1beta1/cronjobs': [{ ...workload('shop/nightly'), spec: { jobTemplate } }] };

    const { seen } = await scan(older, { fault: ({ path }) => (path === CRONJOBS ? refused(404, 'NotFound') : undefined) });

    expect(of(seen, 'declared-image').map(({ workload: { kind } }) => kind)).toContain('CronJob');
    expect(of(seen, 'coverage')).toHaveLength(2);
  });
});

describe('a namespace', () => {
  it('of no environment is named with what runs there, once', async () => {
    const { seen } = await scan(SMALL);

    expect(of(seen, 'outside-namespace')).toEqual([
      expect.objectContaining({
        cluster: 'harbour',
        namespace: 'kube-system',
        images: [{ registry: 'registry.k8s.io', repository: 'dns', tag: '1' }],
      }),
    ]);
  });

  it('may be in one environment only', async () => {
    const config = { environments: { staging: ['shop*'], production: ['shop'] } };

    const scanning = scan(SMALL, { config });

    await expect(scanning).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('"shop" is in staging and in production'),
    });
  });

  it('is in the only environment, whatever its name, where one is given for all', async () => {
    const { seen } = await scan(SMALL, { config: { environments: undefined, environment: 'staging' } });

    expect(new Set(of(seen, 'running-image').map(({ environment }) => environment))).toEqual(new Set(['staging']));
    expect(of(seen, 'outside-namespace')).toEqual([]);
    expect(of(seen, 'coverage').map(({ scope }) => scope)).toEqual([{ environment: 'staging', cluster: 'harbour' }]);
  });
});

describe('a cluster whose pods may not be listed as a whole', () => {
  const denied: Fault = ({ path }) =>
    [PODS, REPLICASETS, DEPLOYMENTS].includes(path as typeof PODS) ? refused(403, 'Forbidden') : undefined;

  it('is read namespace by namespace, and is covered all the same', async () => {
    const { seen } = await scan(SMALL, { fault: denied });

    expect(of(seen, 'running-image').map(({ workload: { namespace } }) => namespace)).toEqual(expect.arrayContaining(['shop', 'till-stg']));
    expect(of(seen, 'outside-namespace')).toHaveLength(1);
    expect(of(seen, 'gap')).toEqual([]);
    expect(of(seen, 'coverage')).toHaveLength(2);
  });

  it('has a gap in each namespace that is denied, which says what to grant', async () => {
    const fault: Fault = (asked) => (asked.path.includes('/namespaces/shop/') ? refused(403, 'Forbidden') : denied(asked));

    const { seen } = await scan(SMALL, { fault });

    expect(of(seen, 'gap')).toEqual([
      expect.objectContaining({
        because: 'forbidden',
        scope: { environment: 'production', cluster: 'harbour', namespace: 'shop' },
        hint: expect.stringContaining('{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }'),
      }),
    ]);
    expect(of(seen, 'coverage').map(({ scope }) => scope)).toEqual([{ environment: 'staging', cluster: 'harbour' }]);
  });

  it('is read in the namespaces that are named, where none may be listed; patterns then stay open', async () => {
    const fault: Fault = (asked) => (asked.path === NAMESPACES ? refused(403, 'Forbidden') : denied(asked));

    const { seen } = await scan(SMALL, { fault });

    expect(of(seen, 'running-image').map(({ workload: { namespace } }) => namespace)).toEqual(['shop', 'shop']);
    expect(of(seen, 'gap').map(({ scope, because }) => [scope, because])).toEqual([
      [{ environment: 'staging', cluster: 'harbour' }, 'forbidden'],
      [{ environment: 'production', cluster: 'harbour' }, 'forbidden'],
    ]);
    expect(of(seen, 'coverage')).toEqual([]);
  });

  it('does not mind a denied namespace that is in no environment', async () => {
    const fault: Fault = (asked) => (asked.path.includes('/namespaces/kube-system/') ? refused(403, 'Forbidden') : denied(asked));

    const { seen } = await scan(SMALL, { fault });

    expect(of(seen, 'gap')).toEqual([]);
    expect(of(seen, 'outside-namespace')).toEqual([]);
  });
});

describe('a list', () => {
  const many: Lists = { ...SMALL, [PODS]: [1, 2, 3, 4, 5].map((number) => pod(`shop/payments-${number}`)) };
  const expired = (resume?: string) => refused(410, 'Expired', resume === undefined ? {} : { continue: resume });

  it('that may not be read loses idle slots: the cluster has a gap, and owners are inferred', async () => {
    const fault: Fault = ({ path }) => (path === REPLICASETS ? refused(403, 'Forbidden') : undefined);
    const metadata = { ...by('ReplicaSet', 'shop/payments-5f7'), labels: { 'pod-template-hash': '5f7' } };

    const { seen } = await scan({ ...SMALL, [PODS]: [pod('shop/payments-5f7-x', { metadata })] }, { fault });

    expect(of(seen, 'running-image')[0]?.workload).toMatchObject({ kind: 'Deployment', name: 'payments', uid: 'u-shop/payments' });
    expect(of(seen, 'gap')).toEqual([
      expect.objectContaining({ scope: { cluster: 'harbour' }, because: 'forbidden', hint: expect.stringContaining('"replicasets"') }),
    ]);
    expect(of(seen, 'coverage')).toEqual([]);
  });

  it('that expires once is read again from its beginning', async () => {
    const fault: Fault = ({ path, continue: token, visit }) => (path === PODS && token === '2' && visit === 1 ? expired() : undefined);

    const { seen } = await scan(many, { fault, pageItems: 2 });

    expect(of(seen, 'running-image')).toHaveLength(5);
    expect(of(seen, 'coverage')).toHaveLength(2);
  });

  it('that expires again goes on as the server proposes, and is no longer whole', async () => {
    const fault: Fault = ({ path, continue: token }) => (path === PODS && token === '2' ? expired('3') : undefined);

    const { seen } = await scan(many, { fault, pageItems: 2 });

    expect(of(seen, 'running-image')).toHaveLength(4);
    expect(of(seen, 'gap')).toEqual([expect.objectContaining({ because: 'incomplete', scope: { cluster: 'harbour' } })]);
    expect(of(seen, 'coverage')).toEqual([]);
  });

  it('that expires again without a proposal ends there', async () => {
    const fault: Fault = ({ path, continue: token }) => (path === PODS && token === '2' ? expired() : undefined);

    const { seen } = await scan(many, { fault, pageItems: 2 });

    expect(of(seen, 'running-image')).toHaveLength(2);
    expect(of(seen, 'gap').map(({ because }) => because)).toEqual(['incomplete']);
  });

  it('is waited for where the server is busy, as long as it wishes', async () => {
    const busy = {
      status: 429,
      body: 'Too many requests, please try again later.\n',
      headers: { 'retry-after': '7', 'content-type': 'text/plain' },
    };
    const fault: Fault = ({ path, visit }) => (path === PODS && visit === 0 ? busy : undefined);

    const { seen, edge } = await scan(SMALL, { fault, retries: 1 });

    expect(edge.slept).toEqual([7000]);
    expect(of(seen, 'coverage')).toHaveLength(2);
  });

  it('is given up where the server stays busy, and says so', async () => {
    const fault: Fault = ({ path }) => (path === PODS ? { status: 429, body: 'Too many requests' } : undefined);

    const { seen } = await scan(SMALL, { fault, retries: 1 });

    expect(seen.map((one) => ('because' in one ? one.because : one.kind))).toEqual(['rate-limited']);
  });

  it('holding an object that cannot be read goes on, and only its namespace is not covered', async () => {
    const broken: Listed = { ...pod('shop/broken'), status: { containerStatuses: [{ name: 'app', imageID: 7 }] } };
    const lists = { ...SMALL, [PODS]: [broken, pod('shop/payments-1'), pod('till-prd/till')] };

    const { seen } = await scan(lists);

    expect(of(seen, 'running-image')).toHaveLength(2);
    expect(of(seen, 'gap')).toEqual([
      expect.objectContaining({
        because: 'malformed',
        scope: { environment: 'production', cluster: 'harbour', namespace: 'shop' },
        locator: expect.stringContaining('/api/v1/namespaces/shop/pods/broken'),
        hint: expect.stringContaining('status.containerStatuses.0.imageID'),
      }),
    ]);
    expect(of(seen, 'coverage').map(({ scope }) => scope)).toEqual([
      { environment: 'staging', cluster: 'harbour' },
      { environment: 'production', cluster: 'harbour', namespace: 'till-prd' },
    ]);
  });

  it('holding an image that is no reference has a gap there', async () => {
    const { seen } = await scan({ ...SMALL, [PODS]: [pod('shop/payments', { image: 'registry.example/Payments:1' })] });

    expect(of(seen, 'gap')).toEqual([
      expect.objectContaining({
        because: 'malformed',
        hint: expect.stringContaining('"registry.example/Payments:1" is no image reference'),
      }),
    ]);
  });

  it('that is gone in its middle is not taken for an API that is absent', async () => {
    const lists = { ...SMALL, [DEPLOYMENTS]: [workload('shop/payments'), workload('shop/till')] };
    const fault: Fault = ({ path, continue: token }) => (path === DEPLOYMENTS && token ? refused(404, 'NotFound') : undefined);

    const { seen } = await scan(lists, { fault, pageItems: 1 });

    expect(of(seen, 'gap').map(({ because }) => because)).toEqual(['not-found']);
    expect(of(seen, 'coverage')).toEqual([]);
  });

  it('of an extension that is absent holds nothing; what every server has is missed', async () => {
    const fault: Fault = ({ path }) => (path === DEPLOYMENTS ? refused(404, 'NotFound') : undefined);

    const without = await scan(SMALL);
    const lacking = await scan(SMALL, { fault });

    expect(without.server.requests).toContain('/apis/argoproj.io/v1alpha1/rollouts?limit=500');
    expect(of(without.seen, 'gap')).toEqual([]);
    expect(of(lacking.seen, 'gap')).toEqual([
      expect.objectContaining({ because: 'not-found', hint: expect.stringContaining('kubectl get --raw /apis/apps/v1/deployments') }),
    ]);
  });

  it('that never ends is left', async () => {
    const fault: Fault = ({ path }) =>
      path === PODS ? { status: 200, body: { kind: 'PodList', metadata: { continue: 'more' }, items: [] } } : undefined;

    const { seen, server } = await scan(SMALL, { fault });

    expect(of(seen, 'gap').map(({ because }) => because)).toEqual(['incomplete']);
    expect(server.requests).toHaveLength(2);
  });
});

describe('a failure', () => {
  it.each<[string, ReturnType<Fault>]>([
    ['an error', { status: 500, body: 'etcdserver: leader changed' }],
    ['a page of something else', { status: 200, body: '<html>sign in</html>' }],
    ['a cut connection', 'cut'],
    ['a redirect', { status: 302, body: '', headers: { location: 'http://127.0.0.1:9/' } }],
  ])('of any one request by %s leaves a gap and no coverage', async (_, answer) => {
    const { server } = await scan(SMALL, { pageItems: 2 });

    for (const nth of server.requests.keys()) {
      const { seen } = await scan(SMALL, { pageItems: 2, fault: (asked) => (asked.nth === nth ? answer : undefined) });

      expect([server.requests[nth], of(seen, 'coverage')]).toEqual([server.requests[nth], []]);
      expect(of(seen, 'gap').length).toBeGreaterThan(0);
    }
  });

  it('to be known any longer, from any request on, leaves a gap and no coverage', async () => {
    const { server } = await scan(SMALL, { pageItems: 2 });

    for (const nth of server.requests.keys()) {
      const { seen } = await scan(SMALL, { pageItems: 2, fault: (asked) => (asked.nth >= nth ? refused(401, 'Unauthorized') : undefined) });

      expect([server.requests[nth], of(seen, 'coverage')]).toEqual([server.requests[nth], []]);
      expect(of(seen, 'gap')[0]?.because).toBe('unauthenticated');
    }
  });

  it('to be known at all is one gap in the whole cluster', async () => {
    const { seen } = await scan(SMALL, { user: { token: 'expired-canary' } });

    expect(seen).toEqual([expect.objectContaining({ kind: 'gap', because: 'unauthenticated', scope: { cluster: 'harbour' } })]);
  });

  it('of patience stops the scan in the middle of a list', async () => {
    const edge = openEdge();
    const fault: Fault = ({ continue: token }) => {
      if (token === '2') edge.abort();
      return undefined;
    };

    let asked = 0;
    const counting: Fault = (one) => {
      if (one.path === PODS) asked += 1;
      return fault(one);
    };

    const scanning = scan(SMALL, { edge, fault: counting, pageItems: 2 });

    await expect(scanning).rejects.toThrow(/abort/i);
    expect(asked).toBe(2);
  });

  it.each<[string, Fault]>([
    ['whole', () => undefined],
    ['refused', () => refused(401, 'Unauthorized')],
    ['cut', () => 'cut'],
  ])('or none, the token is in nothing that is seen (%s)', async (_, fault) => {
    const { seen, edge } = await scan(SMALL, { fault });

    expect(JSON.stringify(seen)).not.toContain('canary');
    expect(edge.concealed).toContain(TOKEN);
  });
});

describe('the configuration', () => {
  it.each([
    ['neither environment nor environments', {}],
    ['both of them', { environment: 'staging', environments: { production: ['shop'] } }],
    ['an environment without namespaces', { environments: { production: [] } }],
    ['a key nobody knows', { environment: 'staging', namespace: 'shop' }],
    ['an exec that is not allowed in so many words', { environment: 'staging', exec: 'true' }],
    ['a regular expression that may take for ever', { environment: 'staging', namespaces: ['/^(a+)+\\1$/'] }],
    ['a regular expression that is none', { environments: { staging: ['/(/'] } }],
    ['namespaces beside several environments', { environments: { staging: ['shop'] }, namespaces: ['shop'] }],
    ['an environment of nothing', { environments: { staging: {} } }],
    ['labels that name none', { environment: 'staging', namespaceLabels: {} }],
    ['a grace without a unit', { environment: 'staging', rolloutGrace: '15' }],
    ['two ways in', { environment: 'staging', inCluster: 'true', context: 'quay' }],
    [
      'a dump of a cluster beside its address',
      { environment: 'staging', cluster: 'harbour', dump: 'harbour.json', kubeconfig: 'kubeconfig' },
    ],
    ['a dump of a cluster without a name', { environment: 'staging', dump: 'harbour.json' }],
    ['manifests, with namespaces told by labels', { environment: 'staging', namespaceLabels: { team: 'shop' }, manifests: ['shop.yaml'] }],
  ])('is refused with %s', (_, config) => {
    const parsed = kubernetes.config.safeParse(config);

    expect(parsed.success).toBe(false);
  });

  it.each([
    [{ environment: 'staging', cluster: 'harbour', context: 'quay' }, 'harbour'],
    [{ environment: 'staging', context: 'quay' }, 'quay'],
    [{ environment: 'staging' }, 'current'],
  ])('answers for each environment of the cluster, by the name in %j', (config, cluster) => {
    const expected = kubernetes.expects(kubernetes.config.parse(config));

    expect(expected).toEqual([{ of: 'running-image', scope: { environment: 'staging', cluster } }]);
  });
});
