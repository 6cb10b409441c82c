import { readFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import type { Servers } from './servers.ts';

/** An object as it is created, with the status that a kubelet or a controller would give it. */
export type Thing = Readonly<{
  apiVersion: string;
  kind: string;
  metadata: Readonly<{ name: string; namespace?: string; [more: string]: unknown }>;
  status?: unknown;
  [more: string]: unknown;
}>;

export type KubernetesApi = Readonly<{
  /** Creates an object, or finds the one of its name, and returns its uid. */
  create(thing: Thing): Promise<string>;
  /** What the server says of an object that it would not create as it stands, unknown fields included; nothing where it would. */
  objects(thing: Thing): Promise<string | undefined>;
  /** Whether the server lists something at this path. */
  lists(where: string): Promise<boolean>;
  /** The minor version of the server. */
  minor(): Promise<number>;
  /** Puts an ephemeral container into a pod, as `kubectl debug` does. */
  debug(namespace: string, pod: string, container: object): Promise<void>;
  /** A token of a service account, good for an hour. */
  tokenOf(namespace: string, account: string): Promise<string>;
  close(): void;
}>;

/** Opens the API server as its administrator. */
export function openKubernetesApi({ folder, kubernetes }: Servers): KubernetesApi {
  const pem = (name: string) => readFileSync(path.join(folder, 'kube', name));
  const agent = new https.Agent({ keepAlive: true, maxSockets: 8, ca: pem('ca.crt'), cert: pem('admin.crt'), key: pem('admin.key') });
  const call = (method: string, where: string, body?: object) => exchange(agent, { method, url: `${kubernetes}${where}`, body });
  return {
    async create({ status, ...thing }) {
      const where = pathOf(thing);
      const created = await call('POST', where, thing);
      const there = created.status === 409 ? await call('GET', `${where}/${thing.metadata.name}`) : created;
      if (status) held(await call('PATCH', `${where}/${thing.metadata.name}/status`, { status }));
      return held(there).metadata.uid;
    },
    async objects(thing) {
      const { status, text } = await call('POST', `${pathOf(thing)}?dryRun=All&fieldValidation=Strict`, thing);
      return status < 300 ? undefined : text;
    },
    lists: async (where) => (await call('GET', `${where}?limit=1`)).status === 200,
    minor: async () => Number.parseInt(held(await call('GET', '/version')).minor, 10),
    async debug(namespace, pod, container) {
      held(
        await call('PATCH', `/api/v1/namespaces/${namespace}/pods/${pod}/ephemeralcontainers`, {
          spec: { ephemeralContainers: [container] },
        }),
      );
    },
    async tokenOf(namespace, account) {
      const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
      return held(await call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, request)).status.token;
    },
    close: () => agent.destroy(),
  };
}

function pathOf({ apiVersion, kind, metadata: { namespace } }: Thing): string {
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  return `${root}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${kind.toLowerCase().replace(/y$/, 'ie')}s`;
}

type Answer = Readonly<{ status: number; text: string; what: string }>;
type Held = Readonly<{ metadata: { uid: string }; status: { token: string }; minor: string }>;

function held({ status, text, what }: Answer): Held {
  if (status >= 300) throw new TypeError(`${what}: ${status} ${text}`);
  // Of the many things an API server answers with, these are read.
  return JSON.parse(text) as Held;
}

function exchange(agent: https.Agent, { method, url, body }: { method: string; url: string; body?: object | undefined }): Promise<Answer> {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  return new Promise((resolve, reject) => {
    const request = https.request(url, { agent, method, headers: { 'content-type': type } }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(pieces).toString(), what: `${method} ${url}` }));
    });
    request.on('error', reject);
    request.end(body && JSON.stringify(body));
  });
}
