import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listObjects, type Resource } from '../../src/clients/kubernetes/list.ts';
import { Pod } from '../../src/clients/kubernetes/objects.ts';
import { podsInProtobuf } from '../../src/clients/kubernetes/protobuf/pod-list.ts';
import { type Kubernetes, openKubernetes } from '../../src/clients/kubernetes.ts';
import { openEdge } from '../fakes/edge.ts';
import { openKubernetesApi, type Thing } from './kubernetes-api.ts';
import { MORE_THAN_A_PAGE, type Story } from './play.ts';

const { LIVE_STATE = '' } = process.env;
const IN_JSON: Resource<Pod> = { kind: 'Pod', plural: 'pods', versions: ['v1'], schema: Pod };
const IN_PROTOBUF: Resource<Pod> = { ...IN_JSON, encoding: podsInProtobuf };
const NAMESPACE = 'bight';

const ended = { exitCode: 137, reason: 'OOMKilled', message: 'größer als 64Mi', startedAt: null, finishedAt: '2024-03-04T08:01:00Z' };
const image = `docker.io/library/buoy@sha256:${'b0'.repeat(32)}`;

/** A pod with what the story's pods do not have: every state, an init container, texts beyond ASCII. */
const odd: Thing = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'buoy',
    namespace: NAMESPACE,
    labels: { 'app.kubernetes.io/name': 'buoy', empty: '' },
    annotations: { 'deployment.kubernetes.io/revision': '12', note: 'Größe: 2 m — “blinks”' },
    finalizers: ['selfsame.test/stays'],
  },
  spec: {
    initContainers: [{ name: 'anchor', image }],
    containers: ['light', 'bell', 'horn'].map((name) => ({
      name,
      image,
      ...(name === 'horn' ? { command: ['horn', '--every'], args: ['2 m', 'Größe'] } : {}),
      readinessProbe: { httpGet: { path: '/', port: 8080 } },
      ...(name === 'bell' ? { startupProbe: { tcpSocket: { port: 'http' } } } : {}),
    })),
    volumes: [{ name: 'chart', emptyDir: {} }],
  },
  status: {
    phase: 'Running',
    initContainerStatuses: [
      { name: 'anchor', image, imageID: image, ready: true, restartCount: 0, state: { terminated: { exitCode: 0 } }, lastState: {} },
    ],
    containerStatuses: [
      { name: 'light', image, imageID: image, ready: true, restartCount: 2, state: { running: {} }, lastState: { terminated: ended } },
      { name: 'bell', image, imageID: '', ready: false, restartCount: 0, state: { waiting: { reason: 'ErrImagePull' } }, lastState: {} },
      { name: 'horn', image, imageID: '', ready: false, restartCount: 0, state: { waiting: {} }, lastState: {} },
    ],
  },
};

function kubeconfigOf({ folder, kubernetes }: Story['servers']): string {
  const pem = (name: string) => readFileSync(path.join(folder, 'kube', name)).toString('base64');
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'selfsame-')), 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'harbour', cluster: { server: kubernetes, 'certificate-authority-data': pem('ca.crt') } }],
    users: [{ name: 'admin', user: { 'client-certificate-data': pem('admin.crt'), 'client-key-data': pem('admin.key') } }],
    contexts: [{ name: 'harbour', context: { cluster: 'harbour', user: 'admin' } }],
    'current-context': 'harbour',
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

describe.runIf(LIVE_STATE)('the pods of a Kubernetes API server', () => {
  let api: Kubernetes;
  beforeAll(async () => {
    const { servers } = JSON.parse(readFileSync(path.join(LIVE_STATE, 'story.json'), 'utf8')) as Story;
    const admin = openKubernetesApi(servers);
    await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
    await admin.create(odd);
    admin.close();
    api = await openKubernetes({ kubeconfig: kubeconfigOf(servers) }, openEdge({ timeoutMs: 20_000, now: new Date().toISOString() }));
  });
  afterAll(() => api.close());

  it('are the same in protobuf as in JSON', async () => {
    const inJson = await listObjects(api, IN_JSON);
    const inProtobuf = await listObjects(api, IN_PROTOBUF);

    expect(inProtobuf).toEqual(inJson);
    expect(inProtobuf.troubles).toEqual([]);
    expect(inProtobuf.items.length).toBeGreaterThan(MORE_THAN_A_PAGE);
    expect(inProtobuf.items.find(({ metadata }) => metadata.name === 'buoy')?.status).toMatchObject({
      containerStatuses: [{ lastState: { terminated: { exitCode: 137, startedAt: null } } }, {}, {}],
    });
  });

  it('come in protobuf where that is asked for', async () => {
    const types: (string | undefined)[] = [];

    await api.get('/api/v1/pods?limit=1', {
      accept: 'application/vnd.kubernetes.protobuf, application/json;q=0.9',
      receive: ({ headers }) => void types.push(headers['content-type']),
    });

    expect(types).toEqual(['application/vnd.kubernetes.protobuf']);
  });

  it('of a namespace are read with one request a page, in either encoding', async () => {
    const before = api.account().requests;

    const inProtobuf = await listObjects(api, IN_PROTOBUF, 'shop-prd');
    const between = api.account().requests;
    const inJson = await listObjects(api, IN_JSON, 'shop-prd');

    expect(inProtobuf).toEqual(inJson);
    expect(between - before).toBe(Math.ceil(inProtobuf.items.length / 500));
    expect(api.account().requests - between).toBe(between - before);
  });
});
