import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import kubernetes from '../../../src/sources/kubernetes.ts';
import {
  by,
  DIGEST,
  NAMESPACES,
  NODES,
  node,
  observed,
  of,
  PODS,
  pod,
  REPLICASETS,
  REVISIONS,
  ROLLOUTS,
  SMALL,
  scan,
  stopServers,
  workload,
} from '../../fakes/cluster.ts';
import { openEdge } from '../../fakes/edge.ts';
import { CLUSTER_UID, type Fault, type Listed, refused, writeKubeconfig } from '../../fakes/kubernetes.ts';

const [STATEFULSETS, CONTROLLERS] = ['/apis/apps/v1/statefulsets', '/api/v1/replicationcontrollers'];
const NOW = '2026-03-01T12:00:00Z';
const TEN_MINUTES_AGO = '2026-03-01T11:50:00Z';

afterEach(stopServers);

async function listening(server: http.Server): Promise<string> {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A revision of the StatefulSet till-stg/store. */
function revision(number: number, image: string, created = TEN_MINUTES_AGO): Listed & { revision: number; data: unknown } {
  const template = { spec: { containers: [{ name: 'app', image }] } };
  return {
    metadata: {
      ...by('StatefulSet', 'till-stg/store'),
      name: `store-${number}`,
      namespace: 'till-stg',
      uid: `r-${number}`,
      creationTimestamp: created,
    },
    revision: number,
    data: { spec: { template } },
  };
}

function storePod(nth: number, revisionNumber: number, image: string): Listed {
  const labels = { 'controller-revision-hash': `store-${revisionNumber}` };
  return pod(`till-stg/store-${nth}`, { metadata: { ...by('StatefulSet', 'till-stg/store'), labels }, image });
}

describe('a StatefulSet', () => {
  it('has the revisions that it keeps: the old ones are declared, and the pods know theirs', async () => {
    const revisions = [revision(1, 'registry.example/store:1'), revision(2, 'registry.example/store:2')];

    const { seen } = await scan({ ...SMALL, [PODS]: [storePod(0, 2, 'registry.example/store:2')], [REVISIONS]: revisions });

    expect(of(seen, 'running-image')[0]?.revision).toEqual({ name: 'store-2', number: 2, created: TEN_MINUTES_AGO });
    expect(of(seen, 'running-image')[0]?.declared.template?.tag).toBe('2');
    const old = of(seen, 'declared-image').filter(({ because }) => because === 'revision');
    expect(old.map(({ declared, revision: of_ }) => [declared.tag, of_?.number])).toEqual([['1', 1]]);
  });

  it('whose old revision still has a pod declares it there, with the template it was made from', async () => {
    const revisions = [revision(1, 'registry.example/store:1'), revision(2, 'registry.example/store:2')];
    const pods = [storePod(0, 1, 'mirror.example/store:1'), storePod(1, 2, 'registry.example/store:2')];

    const { seen } = await scan({ ...SMALL, [PODS]: pods, [REVISIONS]: revisions });

    expect(of(seen, 'declared-image').filter(({ because }) => because === 'revision')).toEqual([]);
    expect(of(seen, 'running-image').map(({ declared }) => declared.template?.tag)).toEqual(['1', '2']);
  });

  it.each([
    ['15m', 'rolling'],
    ['5m', 'settled'],
  ])('with pods of two revisions, the newer ten minutes old, is within a grace of %s %s', async (rolloutGrace, rollout) => {
    const revisions = [revision(1, 'registry.example/store:1', '2026-02-01T00:00:00Z'), revision(2, 'registry.example/store:2')];
    const pods = [storePod(0, 1, 'registry.example/store:1'), storePod(1, 2, 'registry.example/store:2')];

    const { seen } = await scan({ ...SMALL, [PODS]: pods, [REVISIONS]: revisions }, { config: { rolloutGrace } });

    expect(new Set(of(seen, 'running-image').map((one) => one.rollout))).toEqual(new Set([rollout]));
  });

  it('with a revision that cannot be read is not covered, and everything else is', async () => {
    const broken = { ...revision(3, 'registry.example/store:3'), data: 'gone' };

    const { seen } = await scan({ ...SMALL, [REVISIONS]: [broken] });

    expect(of(seen, 'gap')).toEqual([
      expect.objectContaining({
        because: 'malformed',
        scope: expect.objectContaining({ namespace: 'till-stg' }),
        hint: expect.stringContaining('data: is no template'),
      }),
    ]);
  });

  it('is not mixed up with what else keeps revisions', async () => {
    const other = {
      ...revision(1, 'x'),
      metadata: { ...by('CloneSet', 'till-stg/clones'), name: 'clones-1', namespace: 'till-stg', uid: 'c' },
      data: 7,
    };

    const { seen } = await scan({ ...SMALL, [REVISIONS]: [other] });

    expect(of(seen, 'gap')).toEqual([]);
  });
});

describe('a Rollout', () => {
  const owned = { metadata: by('Rollout', 'shop/till') };
  const set = workload('shop/till-7c9', { metadata: { ...owned.metadata, annotations: { 'rollout.argoproj.io/revision': '4' } } });
  const seat = pod('shop/till-7c9-x', { metadata: by('ReplicaSet', 'shop/till-7c9') });
  const rollout = (status: object, spec: object = {}): Listed => ({
    ...workload('shop/till', { spec }),
    status: { observedGeneration: '7', ...status },
  });

  it.each([
    ['settled', {}, { phase: 'Healthy', currentPodHash: '7c9', stableRS: '7c9' }],
    ['rolling', {}, { phase: 'Progressing', currentPodHash: '7c9', stableRS: '7c9' }],
    ['rolling', {}, { currentPodHash: '8d1', stableRS: '7c9' }],
    ['paused', {}, { phase: 'Paused', currentPodHash: '8d1', stableRS: '7c9' }],
    ['paused', { paused: true }, { phase: 'Progressing' }],
    ['paused', {}, { phase: 'Degraded', abort: true, currentPodHash: '8d1', stableRS: '7c9' }],
    ['paused', {}, { phase: 'Progressing', pauseConditions: [{ reason: 'CanaryPauseStep' }] }],
  ])('is %s as its controller says: %j %j', async (state, spec, status) => {
    const { seen } = await scan({ ...SMALL, [PODS]: [seat], [REPLICASETS]: [set], [ROLLOUTS]: [rollout(status, spec)] });

    expect(of(seen, 'running-image')).toEqual([
      expect.objectContaining({
        rollout: state,
        workload: { cluster: 'harbour', namespace: 'shop', kind: 'Rollout', name: 'till', uid: 'u-shop/till' },
        revision: expect.objectContaining({ number: 4 }),
      }),
    ]);
  });

  it('without a template of its own is idle with that of its ReplicaSet', async () => {
    const elsewhere = { ...rollout({}), spec: { workloadRef: { kind: 'Deployment', name: 'till' } } };

    const { seen } = await scan({ ...SMALL, [PODS]: [], [REPLICASETS]: [set], [ROLLOUTS]: [elsewhere] });

    expect(of(seen, 'declared-image')).toContainEqual(
      expect.objectContaining({ workload: expect.objectContaining({ kind: 'Rollout', name: 'till' }) }),
    );
  });

  it('that may not be read is a gap only where a ReplicaSet is of one', async () => {
    const fault: Fault = ({ path }) => (path === ROLLOUTS ? refused(403, 'Forbidden') : undefined);

    const without = await scan(SMALL, { fault });
    const having = await scan({ ...SMALL, [REPLICASETS]: [set] }, { fault });

    expect(of(without.seen, 'gap')).toEqual([]);
    expect(of(having.seen, 'gap')).toEqual([
      expect.objectContaining({
        because: 'forbidden',
        hint: expect.stringContaining('apiGroups: ["argoproj.io"], resources: ["rollouts"]'),
      }),
    ]);
  });
});

describe('a DeploymentConfig', () => {
  it('is the workload above its ReplicationControllers, the older of which are revisions', async () => {
    const controller = (number: number, replicas: number) => {
      const annotations = { 'openshift.io/deployment-config.latest-version': String(number) };
      return workload(`shop/till-${number}`, {
        metadata: { ...by('DeploymentConfig', 'shop/till'), annotations },
        spec: { replicas },
        image: `registry.example/till:${number}`,
      });
    };
    const seat = pod('shop/till-2-x', { metadata: by('ReplicationController', 'shop/till-2'), image: 'registry.example/till:2' });

    const { seen } = await scan({ ...SMALL, [PODS]: [seat], [CONTROLLERS]: [controller(1, 0), controller(2, 1)] });

    expect(of(seen, 'running-image')[0]).toMatchObject({ workload: { kind: 'DeploymentConfig', name: 'till' }, revision: { number: 2 } });
    expect(of(seen, 'declared-image')).toContainEqual(
      expect.objectContaining({
        because: 'revision',
        declared: expect.objectContaining({ tag: '1' }),
        locator: expect.stringMatching(/\/api\/v1\/namespaces\/shop\/replicationcontrollers\/till-1$/),
      }),
    );
  });
});

describe('any other owner', () => {
  it('is kept as it was read', async () => {
    const { seen } = await scan({ ...SMALL, [PODS]: [pod('shop/rev-1-x', { metadata: by('PodScheduler', 'shop/rev-1') })] });

    expect(of(seen, 'running-image')[0]?.workload).toMatchObject({ kind: 'PodScheduler', name: 'rev-1', uid: 'u-shop/rev-1' });
  });
});

describe('a Job', () => {
  it('whose pods were cleaned up, and the CronJob above another, stay declared', async () => {
    const job = (name: string, metadata = {}) => workload(`shop/${name}`, { metadata, image: 'registry.example/nightly:1' });
    const jobTemplate = { spec: { template: { spec: { containers: [{ name: 'app', image: 'registry.example/nightly:2' }] } } } };
    const cron = { ...workload('shop/nightly'), spec: { jobTemplate } };

    const { seen } = await scan({
      ...SMALL,
      '/apis/batch/v1/jobs': [job('import'), job('nightly-1', by('CronJob', 'shop/nightly'))],
      '/apis/batch/v1/cronjobs': [cron],
    });

    const idle = of(seen, 'declared-image').filter(({ workload: { kind } }) => kind.endsWith('Job'));
    expect(idle.map(({ workload: { kind, name }, because, declared }) => [kind, name, because, declared.tag])).toEqual([
      ['Job', 'import', 'idle', '1'],
      ['CronJob', 'nightly', 'idle', '2'],
    ]);
  });
});

describe('an image volume', () => {
  it('is a container of its own, with the digest that its mount reports', async () => {
    const reference = 'registry.example/model:7';
    const spec = {
      containers: [{ name: 'app', image: 'registry.example/app:1' }],
      volumes: [
        { name: 'model', image: { reference } },
        { name: 'tmp', emptyDir: {} },
      ],
    };
    const mount = { name: 'model', mountPath: '/model', volumeStatus: { image: { imageRef: `registry.example/model@${DIGEST}` } } };
    const { status, ...rest } = pod('shop/payments-1', { spec });
    const told = {
      ...rest,
      status: { ...(status as object), containerStatuses: [{ name: 'app', imageID: '', state: {}, volumeMounts: [mount] }] },
    };

    const { seen } = await scan({ ...SMALL, [PODS]: [told] });

    expect(of(seen, 'running-image').find(({ role }) => role === 'volume')).toMatchObject({
      container: 'model',
      declared: { spec: { tag: '7' } },
      digest: DIGEST,
    });
  });
});

describe('the cluster itself', () => {
  it('is told by its version, its uid, its pods, and what it was asked', async () => {
    const { seen, server } = await scan(SMALL);

    expect(of(seen, 'cluster')).toEqual([
      {
        kind: 'cluster',
        cluster: 'harbour',
        uid: CLUSTER_UID,
        version: 'v1.34.2',
        pods: 4,
        requests: server.requests.length,
        through: ['certificate not checked'],
        denied: [],
        locator: server.url,
      },
    ]);
    // One page each of eleven kinds, cronjobs included, and two questions about itself.
    expect(server.requests).toHaveLength(13);
  });

  it('is told with the namespaces that were denied', async () => {
    const fault: Fault = ({ path }) => (path === PODS || path === '/api/v1/namespaces/shop/pods' ? refused(403, 'Forbidden') : undefined);

    const { seen } = await scan(SMALL, { fault });

    expect(of(seen, 'cluster')[0]).toMatchObject({ denied: ['shop'] });
  });

  it('has a clock, which is told where it differs', async () => {
    const date = 'Sun, 01 Mar 2026 12:07:00 GMT';
    const fault: Fault = ({ path }) =>
      path === PODS ? { status: 200, headers: { date }, body: { kind: 'PodList', metadata: {}, items: [] } } : undefined;

    const { seen } = await scan(SMALL, { fault });

    expect(of(seen, 'cluster')[0]?.skewMs).toBe(Date.parse(date) - Date.parse(NOW));
  });

  it('is read where its uid is the one that is wanted, and refused where it is another', async () => {
    const right = await scan(SMALL, { config: { clusterUid: CLUSTER_UID } });

    expect(of(right.seen, 'coverage')).toHaveLength(2);
    await expect(scan(SMALL, { config: { clusterUid: 'c0ffee' } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`has the uid ${CLUSTER_UID}, not c0ffee`),
    });
  });

  it('of another uid than the one that is wanted is asked for nothing but what tells it and its pods', async () => {
    const asked: string[] = [];
    const fault: Fault = ({ path }) => void asked.push(path);

    await scan(SMALL, { config: { clusterUid: 'c0ffee' }, fault }).catch(() => undefined);

    expect(asked).toEqual([PODS, '/version', `${NAMESPACES}/kube-system`]);
  });

  it('is asked for what owns its pods side by side', async () => {
    const sets = ['replicasets', 'deployments', 'statefulsets', 'daemonsets'];
    const waiting: (() => void)[] = [];
    const server = http.createServer(({ url = '' }, response) => {
      const items = url.startsWith(PODS) ? SMALL[PODS] : [];
      const answer = () => response.end(JSON.stringify({ kind: 'AnyList', metadata: {}, items }));
      if (!sets.some((plural) => url.startsWith(`/apis/apps/v1/${plural}`))) return void answer();
      waiting.push(answer);
      if (waiting.length === sets.length) for (const one of waiting) one();
    });
    const kubeconfig = await writeKubeconfig(await listening(server), { user: { token: 'canary' } });
    const settings = { cluster: 'harbour', environment: 'production', kubeconfig, insecure: 'true' };

    const seen = await observed(kubernetes.config.parse(settings), openEdge({ timeoutMs: 5000 }));

    server.close();
    expect(of(seen, 'gap').filter(({ because }) => because === 'unreachable')).toEqual([]);
  });

  it.each([
    [403, 'forbidden', 'resources: ["namespaces"], verbs: ["get"]'],
    [404, 'not-found', 'Leave `clusterUid` out'],
  ])('whose uid is wanted and may not be read (%i) is a gap', async (status, because, hint) => {
    const fault: Fault = ({ path }) => (path.endsWith('/kube-system') ? refused(status, 'No') : undefined);

    const wanted = await scan(SMALL, { fault, config: { clusterUid: CLUSTER_UID } });
    const unasked = await scan(SMALL, { fault });

    expect(of(wanted.seen, 'gap')).toEqual([
      expect.objectContaining({ because, scope: { cluster: 'harbour' }, hint: expect.stringContaining(hint) }),
    ]);
    expect(of(wanted.seen, 'coverage')).toEqual([]);
    expect(of(unasked.seen, 'gap')).toEqual([]);
  });

  it('of any version is read where its version may not be', async () => {
    const { seen } = await scan(SMALL, { fault: ({ path }) => (path === '/version' ? refused(403, 'Forbidden') : undefined) });

    expect(of(seen, 'gap')).toEqual([]);
    expect(of(seen, 'cluster')[0]?.version).toBeUndefined();
  });
});

describe('pods', () => {
  const made = { metadata: by('StatefulSet', 'shop/payments') };
  const five = [1, 2, 3, 4, 5].map((nth) => pod(`shop/payments-${nth}`, made));

  it('that are on a node that came since nodes were listed run on what it says', async () => {
    const before = { status: 200, body: { kind: 'NodeList', metadata: {}, items: [node('quay-1')] } };
    const fault: Fault = ({ path, visit }) => (path === NODES && visit === 0 ? before : undefined);
    const lists = { [PODS]: [...five, pod('shop/payments-6', { ...made, node: 'quay-2' })], [NODES]: [node('quay-1'), node('quay-2')] };

    const { seen, server } = await scan(lists, { fault });

    expect(of(seen, 'running-image')).toMatchObject([{ platform: 'linux/amd64', instances: 6, nodes: 2 }]);
    expect(server.requests.filter((asked) => asked.startsWith(NODES))).toHaveLength(2);
  });

  it('that are on nodes that may not be listed are counted together, and nodes are asked for once', async () => {
    const fault: Fault = ({ path }) => (path === NODES ? refused(403, 'Forbidden') : undefined);

    const { seen, server } = await scan({ [PODS]: [...five, pod('shop/payments-6', { ...made, node: 'quay-2' })] }, { fault });

    expect(of(seen, 'running-image')).toMatchObject([{ instances: 6, nodes: 2 }]);
    expect(server.requests.filter((asked) => asked.startsWith(NODES))).toHaveLength(1);
  });

  it('of a list that is begun again are counted once', async () => {
    const fault: Fault = ({ path, continue: token, visit }) =>
      path === PODS && token === '4' && visit === 2 ? refused(410, 'Expired') : undefined;

    const { seen, server } = await scan({ ...SMALL, [PODS]: five }, { fault, pageItems: 2 });

    expect(of(seen, 'running-image').map(({ instances }) => instances)).toEqual([5]);
    expect(of(seen, 'cluster')).toMatchObject([{ pods: 5 }]);
    expect(server.requests.filter((asked) => asked.startsWith(PODS))).toHaveLength(6);
  });

  it('of a page that is refused in protobuf are read in JSON from there', async () => {
    const fault: Fault = ({ path, continue: token, visit }) =>
      path === PODS && token === '2' && visit === 1 ? refused(406, 'NotAcceptable') : undefined;

    const { seen, server } = await scan({ ...SMALL, [PODS]: five }, { fault, pageItems: 2, speaks: 'protobuf' });

    expect(of(seen, 'running-image').map(({ instances }) => instances)).toEqual([5]);
    expect(of(seen, 'gap')).toEqual([]);
    expect(server.requests.filter((asked) => asked.startsWith(PODS))).toHaveLength(4);
  });
});

describe('namespaces', () => {
  const named = (name: string, labels = {}): Listed => ({ metadata: { name, labels } });
  const labelled = [named('shop', { team: 'shop', stage: 'prd' }), named('till-stg', { team: 'shop', stage: 'stg' }), named('kube-system')];

  it('are told by their labels, and those without them are counted', async () => {
    const environments = {
      staging: { namespaceLabels: { team: 'shop', stage: 'stg' } },
      production: { namespaceLabels: { stage: 'prd' }, namespaces: ['sh*'] },
    };

    const { seen } = await scan({ ...SMALL, [NAMESPACES]: labelled }, { config: { environments } });

    expect(of(seen, 'running-image').map(({ environment, workload: { namespace } }) => `${environment} ${namespace}`)).toEqual([
      'production shop',
      'production shop',
      'staging till-stg',
    ]);
    expect(of(seen, 'outside-namespace').map(({ namespace }) => namespace)).toEqual(['kube-system']);
    expect(of(seen, 'coverage')).toHaveLength(2);
  });

  it('whose labels may not be read leave a gap in the environments that they tell', async () => {
    const environments = { staging: ['till-stg'], production: { namespaceLabels: { stage: 'prd' } } };
    const fault: Fault = ({ path }) => (path === NAMESPACES ? refused(403, 'Forbidden') : undefined);

    const { seen } = await scan(SMALL, { config: { environments }, fault });

    expect(of(seen, 'gap')).toEqual([
      expect.objectContaining({
        because: 'forbidden',
        scope: { environment: 'production', cluster: 'harbour' },
        hint: expect.stringContaining('resources: ["namespaces"]'),
      }),
    ]);
    expect(of(seen, 'coverage').map(({ scope }) => scope.environment)).toEqual(['staging']);
  });

  it('are told by regular expressions', async () => {
    const environments = { staging: ['/-(stg|dev)$/'], production: ['/^shop$/'] };

    const { seen } = await scan(SMALL, { config: { environments } });

    expect(new Set(of(seen, 'running-image').map(({ environment, workload: { namespace } }) => `${environment} ${namespace}`))).toEqual(
      new Set(['production shop', 'staging till-stg']),
    );
  });

  it('stand beside a single environment', async () => {
    const { seen } = await scan(SMALL, { config: { environments: undefined, environment: 'production', namespaces: ['shop'] } });

    expect(of(seen, 'outside-namespace').map(({ namespace }) => namespace)).toEqual(['kube-system', 'till-stg']);
  });

  it('that are listed and read one by one are told by their labels, too', async () => {
    const environments = { production: { namespaceLabels: { stage: 'prd' } } };
    const fault: Fault = ({ path }) => ([PODS, NODES].includes(path as typeof PODS) ? refused(403, 'Forbidden') : undefined);

    const { seen } = await scan({ ...SMALL, [NAMESPACES]: labelled }, { config: { environments }, fault });

    expect(of(seen, 'running-image').map(({ workload: { namespace } }) => namespace)).toEqual(['shop', 'shop']);
    expect(of(seen, 'coverage')).toHaveLength(1);
  });
});

describe('a StatefulSet that may not be listed', () => {
  it('loses its revisions, and says so', async () => {
    const { seen } = await scan(SMALL, {
      fault: ({ path }) => ([REVISIONS, STATEFULSETS].includes(path) ? refused(403, 'Forbidden') : undefined),
    });

    expect(of(seen, 'gap').map(({ hint }) => /resources: \["(\w+)"\]/.exec(hint ?? '')?.[1])).toEqual([
      'statefulsets',
      'controllerrevisions',
    ]);
  });
});
