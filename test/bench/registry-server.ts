import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { digestOf, OCI_CONFIG, OCI_MANIFEST } from '../fakes/registry.ts';

/** Holds as many images as it is told on its command line, in a hundred repositories, and answers each request after so many milliseconds. */
const count = Number(process.argv[2] ?? 1000);
const latencyMs = Number(process.argv[3] ?? 20);
const REPOSITORIES = 100;

type Stored = Readonly<{ body: Buffer; mediaType: string }>;

const stored = new Map<string, Stored>();
const images: string[] = [];

function put(body: Buffer, mediaType: string): Readonly<{ mediaType: string; digest: string; size: number }> {
  const digest = digestOf(body);
  stored.set(digest, { body, mediaType });
  return { mediaType, digest, size: body.length };
}

/** A config of the size that services have: some variables, labels and build steps of its own. */
function configOf(nth: number): object {
  const own = (name: string) => digestOf(`${name} ${nth}`).slice('sha256:'.length);
  return {
    architecture: 'amd64',
    os: 'linux',
    created: '2026-05-01T10:00:00Z',
    config: {
      Env: Array.from({ length: 12 }, (_, at) => `SETTING_${at}=${own(`setting ${at}`).slice(0, 24)}`),
      Labels: { 'org.opencontainers.image.revision': own('revision').slice(0, 40) },
    },
    rootfs: { type: 'layers', diff_ids: [digestOf(`layer ${nth}`)] },
    history: Array.from({ length: 15 }, (_, at) => ({ created_by: `COPY dir:${own(`step ${at}`)} in /app`, empty_layer: at > 0 })),
  };
}

for (let nth = 0; nth < count; nth++) {
  const config = put(Buffer.from(JSON.stringify(configOf(nth))), OCI_CONFIG);
  const layers = [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digestOf(`packed ${nth}`), size: 17 }];
  const manifest = put(Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers })), OCI_MANIFEST);
  images.push(`team/service-${nth % REPOSITORIES}@${manifest.digest}`);
}

let requests = 0;
const server = http.createServer((request, response) => {
  void answer(request, response);
});

async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const { url = '' } = request;
  if (url === '/images') return void response.end(JSON.stringify(images));
  if (url === '/requests') return void response.end(String(requests));
  requests += 1;
  await wait(latencyMs);
  if (url === '/v2/') return void response.end('{}');
  const found = stored.get(url.slice(url.lastIndexOf('/') + 1));
  if (!found) return void response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
  const mediaType = url.includes('/blobs/') ? 'application/octet-stream' : found.mediaType;
  response.writeHead(200, {
    'content-type': mediaType,
    'content-length': found.body.length,
    'docker-content-digest': digestOf(found.body),
  });
  response.end(found.body);
}

// Whoever measures is busy with something else for a while.
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ host: `127.0.0.1:${(server.address() as AddressInfo).port}` })}\n`);
});
