import { mkdtemp, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

type Metadata = Readonly<{ name: string; namespace?: string | undefined; [more: string]: unknown }>;
/** An object as a list holds it: without apiVersion and kind. */
export type Listed = Readonly<{ metadata: Metadata; spec?: unknown; status?: unknown }>;
/** Objects by the path of the list that holds all of their kind. */
export type Lists = Readonly<Record<string, readonly Listed[]>>;

/** What a test lets the server answer instead; undefined leaves it to the lists. `nth` counts all requests, `visit` those of this path. */
export type Asked = Readonly<{ path: string; continue: string | undefined; nth: number; visit: number }>;
export type Answered = Readonly<{ status: number; body?: unknown; headers?: Record<string, string> }>;
export type Fault = (asked: Asked) => Answered | 'cut' | undefined;

export type FakeKubernetes = Readonly<{ url: string; requests: string[]; stop(): Promise<void> }>;

/** Starts an API server on 127.0.0.1 that lists what it is given, in pages of `pageItems`, to whoever has the token. */
export async function startKubernetes(
  lists: Lists,
  { fault = () => undefined, pageItems = 500, token }: { fault?: Fault; pageItems?: number; token?: string } = {},
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
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const stop = () =>
    new Promise<void>((stopped) => {
      server.close(() => stopped());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, stop };
}

/** A refusal as an API server words it. */
export function refused(status: number, reason: string, metadata: object = {}): Answered {
  return { status, body: { kind: 'Status', apiVersion: 'v1', metadata, status: 'Failure', reason, code: status } };
}

function pageOf(lists: Lists, { path: asked, continue: token }: Asked, pageItems: number): Answered {
  const namespace = /\/namespaces\/([^/]+)\/\w+$/.exec(asked)?.[1];
  const all = lists[asked.replace(/\/namespaces\/[^/]+(?=\/)/, '')];
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
