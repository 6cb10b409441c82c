import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { ENVELOPE_END, encodeHead, encodePod } from '../fakes/kubernetes-protobuf.ts';
import { PODS_PER_OWNER, podOf, uidOf } from './generate-pods.ts';

/**
 * Lists as many pods as it is told on its command line, in JSON and in protobuf; every pod has its own uid, ten have an owner in common,
 * or more of them, where it is told that workloads are to be no more than are made.
 */
const [, , pods = '10000', growing = 'workloads'] = process.argv;
const count = Number(pods);
// So many are made; of more, each is one of these under other uids.
const made = Math.min(count, 20_000);

type Encoded = Readonly<{ bytes: Buffer; pod: readonly number[]; owner: readonly number[] }>;

/** Where a uid stands in an item; it is always written alike. */
function encoded(bytes: Buffer, nth: number): Encoded {
  const placesOf = (uid: string) => {
    const places: number[] = [];
    for (let at = bytes.indexOf(uid); at >= 0; at = bytes.indexOf(uid, at + 1)) places.push(at);
    return places;
  };
  return { bytes, pod: placesOf(uidOf(nth, 'pod')), owner: placesOf(uidOf(Math.floor(nth / PODS_PER_OWNER), 'owner')) };
}

const pool = Array.from({ length: made }, (_, nth) => podOf(nth));
const nodeInfo = {
  operatingSystem: 'linux',
  architecture: 'amd64',
  kernelVersion: '6.12.0',
  containerRuntimeVersion: 'containerd://2.1.4',
};
const nodes = [...new Set(pool.map(({ spec }) => spec.nodeName))].map((name) => ({ metadata: { name }, status: { nodeInfo } }));
const json = pool.map((pod, nth) => encoded(Buffer.from(`${JSON.stringify(pod)},`), nth));
const protobuf = pool.map((pod, nth) => encoded(encodePod(pod), nth));
pool.length = 0;

/** The owner of a pod: another one for every ten, or the one of the pod that it is made of. */
function ownerOf(nth: number): number {
  return Math.floor((growing === 'workloads' ? nth : nth % made) / PODS_PER_OWNER);
}

/** The pods of a page, each under its own uid. */
function itemsOf(encodings: readonly Encoded[], from: number, to: number): Buffer {
  const items = Array.from({ length: to - from }, (_, nth) => encodings[(from + nth) % made]).filter((item) => item !== undefined);
  const page = Buffer.concat(items.map(({ bytes }) => bytes));
  let at = 0;
  for (const [nth, { bytes, pod, owner }] of items.entries()) {
    for (const place of pod) page.write(uidOf(from + nth, 'pod'), at + place, 'latin1');
    for (const place of owner) page.write(uidOf(ownerOf(from + nth), 'owner'), at + place, 'latin1');
    at += bytes.length;
  }
  return page;
}

function pageOf(from: number, limit: number, isProtobuf: boolean): readonly Buffer[] {
  const to = limit === 0 ? count : Math.min(count, from + limit);
  const token = to < count ? String(to) : '';
  if (isProtobuf) {
    const items = itemsOf(protobuf, from, to);
    return [encodeHead(items.length, { token, remaining: count - to }), items, ENVELOPE_END];
  }
  const items = itemsOf(json, from, to);
  const metadata = JSON.stringify({ resourceVersion: '900000000', ...(token ? { continue: token, remainingItemCount: count - to } : {}) });
  const head = `{"kind":"PodList","apiVersion":"v1","metadata":${metadata},"items":[`;
  return [Buffer.from(head), items.subarray(0, items.length - 1), Buffer.from(']}')];
}

const requests = { pods: 0, others: 0 };
const PODS = { name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get', 'list'], shortNames: ['po'] };
const DISCOVERY: Readonly<Record<string, object>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/version': { gitVersion: 'v1.34.2' },
  '/api/v1/nodes': { kind: 'NodeList', apiVersion: 'v1', metadata: {}, items: nodes },
  '/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources: [PODS] },
};

const server = http.createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://127.0.0.1');
  if (pathname === '/requests') {
    // Whoever asks for this waits for other processes meanwhile, and would find a kept connection closed.
    response.writeHead(200, { connection: 'close' }).end(JSON.stringify(requests));
    Object.assign(requests, { pods: 0, others: 0 });
    return;
  }
  if (pathname !== '/api/v1/pods') {
    requests.others += 1;
    const isWorkloads = /^\/apis?\/.*\/(?:replicasets|replicationcontrollers|jobs|cronjobs|deployments|statefulsets|daemonsets)$/.test(
      pathname,
    );
    const known = DISCOVERY[pathname] ?? (isWorkloads ? { kind: 'List', apiVersion: 'v1', metadata: {}, items: [] } : undefined);
    response
      .writeHead(known ? 200 : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify(known ?? { kind: 'Status', code: 404 }));
    return;
  }
  requests.pods += 1;
  const isProtobuf = (request.headers.accept ?? '').startsWith('application/vnd.kubernetes.protobuf');
  const page = pageOf(Number(searchParams.get('continue')), Number(searchParams.get('limit')), isProtobuf);
  response.writeHead(200, {
    'content-type': isProtobuf ? 'application/vnd.kubernetes.protobuf' : 'application/json',
    'content-length': page.reduce((sum, piece) => sum + piece.length, 0),
  });
  for (const piece of page) response.write(piece);
  response.end();
});
server.listen(0, '127.0.0.1', () => {
  const bytes = (all: readonly Encoded[]) => Math.round(all.reduce((sum, item) => sum + item.bytes.length, 0) / made);
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}`, json: bytes(json), protobuf: bytes(protobuf) })}\n`);
});
