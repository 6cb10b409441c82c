import { mkdtemp, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodePod, encodePodList, encodeStatus } from './kubernetes-protobuf.ts';

type Metadata = Readonly<{ name: string; namespace?: string | undefined; [more: string]: unknown }>;
/** An object as a list holds it: without apiVersion and kind. */
export type Listed = Readonly<{ metadata: Metadata; spec?: unknown; status?: unknown }>;
/** Objects by the path of the list that holds all of their kind. */
export type Lists = Readonly<Record<string, readonly Listed[]>>;

/** What a test lets the server answer instead; undefined leaves it to the lists. `nth` counts all requests, `visit` those of this path. */
export type Asked = Readonly<{ path: string; continue: string | undefined; nth: number; visit: number }>;
export type Answered = Readonly<{ status: number; body?: unknown; headers?: Record<string, string> }>;
/** Or else: the connection is cut before or within the answer, nothing is ever answered, or half of the answer is sent as if it were whole. */
export type Fault = (asked: Asked) => Answered | 'cut' | 'break' | 'hang' | 'truncate' | undefined;

export type FakeKubernetes = Readonly<{ url: string; requests: string[]; stop(): Promise<void> }>;

/** Whether pods are answered in protobuf to whoever accepts it, as API servers do; JSON alone is what something before one may have left. */
export type Speaks = 'json' | 'protobuf';

/** What its clock says, which is what a test's clock says. */
const DATE = 'Sun, 01 Mar 2026 12:00:00 GMT';

/** What the server is, at `/version` and by its namespace kube-system. */
export const CLUSTER_UID = 'c0a57a1d-0000-4000-8000-00000000a7b0';
const ITSELF: Readonly<Record<string, unknown>> = {
  '/version': { major: '1', minor: '34', gitVersion: 'v1.34.2' },
  '/api/v1/namespaces/kube-system': { metadata: { name: 'kube-system', uid: CLUSTER_UID } },
};

type Manner = Readonly<{ fault?: Fault; pageItems?: number; token?: string; speaks?: Speaks }>;

/** What it says of the credentials of whoever asks: they may read, and ask the same of themselves. */
export const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
const reviewOf = (resourceRules: readonly object[]) => ({ kind: 'SelfSubjectRulesReview', status: { incomplete: false, resourceRules } });
const OWN = { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'] };

/** The answer to a review of credentials that may do all this. */
export function reviewed(...resourceRules: object[]): Answered {
  return { status: 201, body: reviewOf([OWN, ...resourceRules]) };
}

/** Starts an API server on 127.0.0.1 that lists what it is given, in pages of `pageItems`, to whoever has the token. */
export async function startKubernetes(
  lists: Lists,
  { fault = () => undefined, pageItems = 500, token, speaks = 'json' }: Manner = {},
): Promise<FakeKubernetes> {
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    const visit = requests.filter((one) => one.startsWith(`${url.pathname}?`)).length;
    const asked = { path: url.pathname, continue: url.searchParams.get('continue') ?? undefined, nth: requests.length, visit };
    requests.push(request.url ?? '');
    const isKnown = token === undefined || request.headers.authorization === `Bearer ${token}`;
    const answer = isKnown ? (fault(asked) ?? pageOf(lists, asked, pageItems)) : refused(401, 'Unauthorized');
    if (answer === 'cut') return void request.socket.destroy();
    if (answer === 'hang') return;
    const isWhole = typeof answer !== 'string';
    const { status, body, headers } = isWhole ? answer : pageOf(lists, asked, pageItems);
    const isBinary = speaks === 'protobuf' && (request.headers.accept ?? '').startsWith(PROTOBUF);
    const encoded = encode(body, isBinary);
    response.writeHead(status, { 'content-type': encoded.mediaType, date: DATE, ...headers });
    if (isWhole) return void response.end(encoded.bytes);
    const half = encoded.bytes.subarray(0, encoded.bytes.length / 2);
    if (answer === 'truncate') return void response.end(half);
    response.write(half, () => request.socket.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const stop = () =>
    new Promise<void>((stopped) => {
      server.close(() => stopped());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, stop };
}

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
type Body = Readonly<{
  kind: string;
  metadata: Readonly<{ continue?: string; remainingItemCount?: number }>;
  items: readonly Listed[];
}>;

/** Lists and refusals as they were asked for; what a test made up as text stays text. */
function encode(body: unknown, isBinary: boolean): { mediaType: string; bytes: Buffer } {
  const { kind = '', metadata = {}, items = [] } = (typeof body === 'object' ? body : {}) as Partial<Body>;
  const { continue: token = '', remainingItemCount: remaining } = metadata;
  if (isBinary && kind === 'Status') return { mediaType: PROTOBUF, bytes: encodeStatus(token) };
  if (isBinary && kind.endsWith('List'))
    return {
      mediaType: PROTOBUF,
      bytes: encodePodList(
        items.map((one) => encodePod(one)),
        { token, ...(remaining ? { remaining } : {}) },
      ),
    };
  return { mediaType: 'application/json', bytes: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) };
}

/** A refusal as an API server words it. */
export function refused(status: number, reason: string, metadata: object = {}): Answered {
  return { status, body: { kind: 'Status', apiVersion: 'v1', metadata, status: 'Failure', reason, code: status } };
}

/** What every server lists, if only to say that there is none. */
const BUILT_IN = /^\/(?:api\/v1|apis\/apps\/v1|apis\/batch\/v1)\/[a-z]+$/;

function pageOf(lists: Lists, { path: asked, continue: token }: Asked, pageItems: number): Answered {
  if (asked === REVIEWS) return reviewed({ verbs: ['get', 'list'], apiGroups: ['', 'apps'], resources: ['pods', 'deployments'] });
  if (ITSELF[asked]) return { status: 200, body: ITSELF[asked] };
  const namespace = /\/namespaces\/([^/]+)\/\w+$/.exec(asked)?.[1];
  const list = asked.replace(/\/namespaces\/[^/]+(?=\/)/, '');
  const all = lists[list] ?? (BUILT_IN.test(list) ? [] : undefined);
  if (!all) return refused(404, 'NotFound');
  const matching = all.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
  const from = Number(token ?? 0);
  const next = from + pageItems < matching.length ? { continue: String(from + pageItems) } : {};
  const items = matching.slice(from, from + pageItems);
  return { status: 200, body: { kind: 'AnyList', apiVersion: 'v1', metadata: { resourceVersion: '7', ...next }, items } };
}

/** A kubeconfig file with one context, `harbour`; `user` and `cluster` go into it as they are. */
export async function writeKubeconfig(
  server: string,
  { user = {}, cluster = {} }: { user?: object; cluster?: object } = {},
): Promise<string> {
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'selfsame-')), 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'harbour', cluster: { server, 'insecure-skip-tls-verify': true, ...cluster } }],
    users: [{ name: 'auditor', user }],
    contexts: [{ name: 'harbour', context: { cluster: 'harbour', user: 'auditor' } }],
    'current-context': 'harbour',
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}
