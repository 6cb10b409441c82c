import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Edge, Seen as Fact, Wanted } from '../../src/collect/define-source.ts';
import type { Digest } from '../../src/domain/digest.ts';
import { parseImageReference } from '../../src/domain/image-reference.ts';
import oci from '../../src/sources/oci.ts';
import { openEdge } from './edge.ts';

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

export type Descriptor = Readonly<{ mediaType: string; digest: Digest; size: number }>;
type Stored = Readonly<{ body: Buffer; mediaType: string }>;

/** What a test lets the registry answer instead; undefined leaves it to what is stored. */
export type Reply = (request: http.IncomingMessage, response: http.ServerResponse, nth: number) => boolean | void;
export type Request = Readonly<{ method: string; path: string; query: URLSearchParams; headers: http.IncomingHttpHeaders }>;

export type FakeRegistry = Readonly<{
  /** Its host and port, as image references name it. */
  host: string;
  requests: Request[];
  /** Stores bytes under their digest, as a manifest or as a blob, and under a tag if one is given. */
  put(repository: string, body: Buffer | string, mediaType: string, tag?: string): Descriptor;
  image(repository: string, config?: object, tag?: string): Descriptor & Readonly<{ config: Descriptor }>;
  index(repository: string, members: readonly object[], tag?: string): Descriptor;
  /** Replaces what is answered, until the next call. */
  reply(reply: Reply): void;
  stop(): Promise<void>;
}>;

/** The digest of bytes. */
export function digestOf(body: Buffer | string): Digest {
  return `sha256:${createHash('sha256').update(body).digest('hex')}` as Digest;
}

/** A config of one layer, with what a test wants changed. */
export function configOf(changed: object = {}): object {
  return {
    architecture: 'amd64',
    os: 'linux',
    config: { Env: ['PATH=/usr/bin'] },
    rootfs: { type: 'layers', diff_ids: [digestOf('layer')] },
    history: [],
    ...changed,
  };
}

/** Starts a registry on 127.0.0.1 that holds what it is given. */
export async function startRegistry(): Promise<FakeRegistry> {
  const stored = new Map<string, Stored>();
  const requests: Request[] = [];
  let reply: Reply = () => false;
  const server = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://registry.test');
    const nth = requests.push({ method: request.method ?? '', path: pathname, query: searchParams, headers: request.headers });
    if (reply(request, response, nth) === true) return;
    const found = stored.get(pathname);
    if (!found) return void sendJson(response, 404, { errors: [{ code: 'MANIFEST_UNKNOWN' }] });
    response.writeHead(200, { 'content-type': found.mediaType, 'docker-content-digest': digestOf(found.body), 'set-cookie': 'basket=1' });
    response.end(request.method === 'HEAD' ? undefined : found.body);
  });
  // A test has a clock of its own.
  server.prependListener('request', (_, response: http.ServerResponse) => void (response.sendDate = false));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));

  const put: FakeRegistry['put'] = (repository, content, mediaType, tag) => {
    const body = Buffer.from(content);
    const digest = digestOf(body);
    const kind = [OCI_CONFIG, 'application/octet-stream'].includes(mediaType) ? 'blobs' : 'manifests';
    for (const name of tag === undefined ? [digest] : [digest, tag]) stored.set(`/v2/${repository}/${kind}/${name}`, { body, mediaType });
    return { mediaType, digest, size: body.length };
  };
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    put,
    image(repository, config = configOf(), tag) {
      const stated = put(repository, JSON.stringify(config), OCI_CONFIG);
      return { ...put(repository, JSON.stringify(manifestOf(stated)), OCI_MANIFEST, tag), config: stated };
    },
    index: (repository, manifests, tag) =>
      put(repository, JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }), OCI_INDEX, tag),
    reply(next) {
      reply = next;
    },
    stop: () =>
      new Promise<void>((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}

/** A manifest of one layer for a config. */
export function manifestOf(config: Descriptor): object {
  const layers = [{ mediaType: OCI_LAYER, digest: digestOf('layer, compressed'), size: 17 }];
  return { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers };
}

/** Answers with JSON. */
export function sendJson(response: http.ServerResponse, status: number, body: object, headers: http.OutgoingHttpHeaders = {}): true {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
  return true;
}

/** What a test wants to know: digests by the repositories they were seen in, whether something pulls them, and tags. */
export type Asked = Readonly<{ digests?: Readonly<Record<string, readonly string[]>>; tags?: readonly string[]; arePulled?: boolean }>;

/** Runs the source against a registry, with Docker's login out of the way. */
export async function lookUp(
  { host }: Pick<FakeRegistry, 'host'>,
  { digests = {}, tags = [], arePulled = false }: Asked,
  { edge = openEdge(), baseFor, ...config }: Readonly<Record<string, unknown>> & { edge?: Edge; baseFor?: readonly string[] } = {},
): Promise<Fact[]> {
  const seenIn = (repositories: readonly string[]) => repositories.map((repository) => ({ registry: host, repository }));
  const wanted: Wanted = {
    digests: Object.entries(digests).map(([digest, repositories]) => {
      return {
        digest: digest as Digest,
        seenIn: seenIn(repositories),
        ...(baseFor ? { baseFor } : {}),
        ...(arePulled ? { pulledFrom: seenIn(repositories) } : {}),
      };
    }),
    tags: tags.map((text) => parseImageReference(`${host}/${text}`)).filter((tag) => tag !== undefined),
    commits: [],
    lines: [],
  };
  const facts: Fact[] = [];
  for await (const fact of oci.observe(
    oci.config.parse({ registry: host, insecure: 'true', cache: 'off', referrers: 'false', ...config }),
    wanted,
    edge,
  ))
    facts.push(fact);
  return facts;
}
