import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import { type Certificate, certificateFor } from '../fakes/certificate.ts';
import { openEdge } from '../fakes/edge.ts';
import { type FakeRegistry, lookUp, sendJson, startRegistry } from '../fakes/registry.ts';

let folder: string;
let storage: FakeRegistry;
let server: https.Server | undefined;
let digest: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'selfsame-'));
  storage = await startRegistry();
  ({ digest } = storage.image('tea/shop'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  server?.close();
  await storage.stop();
  await rm(folder, { recursive: true });
});

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** Starts a registry with this certificate that holds what the other holds, and returns its host. */
async function serve(certificate: Certificate, answer: Answer = pass): Promise<string> {
  server = https.createServer(certificate, answer);
  await new Promise<void>((listening) => server?.listen(0, '127.0.0.1', listening));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Hands a request on to the other registry. */
const pass: Answer = (request, response) => {
  void handOn(request, response);
};

async function handOn(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const held = await fetch(`http://${storage.host}${request.url}`);
  response.writeHead(held.status, { 'content-type': held.headers.get('content-type') ?? '' });
  response.end(Buffer.from(await held.arrayBuffer()));
}

const look = (host: string, config: Readonly<Record<string, unknown>> = {}) =>
  lookUp({ host }, { digests: { [digest]: ['tea/shop'] } }, { insecure: 'false', ...config });
const gapsOf = (facts: readonly Seen[]) => facts.filter((fact) => fact.kind === 'gap');

async function caOf({ cert }: Certificate): Promise<string> {
  const file = path.join(folder, 'ca.pem');
  await writeFile(file, cert);
  return file;
}

describe('a registry behind TLS', () => {
  it('N09 is read where its authority is the one that is configured', async () => {
    const certificate = certificateFor('127.0.0.1');
    const host = await serve(certificate);

    const facts = await look(host, { ca: await caOf(certificate) });

    expect(gapsOf(facts)).toEqual([]);
    expect(facts.map(({ kind }) => kind)).toContain('manifest');
  });

  it.each<[string, Certificate, boolean]>([
    ['signed itself', certificateFor('127.0.0.1'), false],
    ['has a certificate that has expired', certificateFor('127.0.0.1', '210101000000Z'), true],
    ['has the certificate of another host', certificateFor('registry.tea.test'), true],
  ])('N09 N10 is not believed where it %s, whatever NODE_TLS_REJECT_UNAUTHORIZED says', async (_, certificate, isTrusted) => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const host = await serve(certificate);

    const facts = await look(host, isTrusted ? { ca: await caOf(certificate) } : {});

    expect(gapsOf(facts)).toMatchObject([{ because: 'untrusted', hint: expect.stringContaining('is not trusted') }]);
    expect(storage.requests).toEqual([]);
  });

  it('N09 tells of everything by its address that it was asked without TLS, where it may be', async () => {
    const facts = await look(storage.host, { insecure: 'beyond-loopback' });

    expect(new Set(facts.map(({ locator }) => locator.split('//')[0]))).toEqual(new Set(['http:']));
  });

  it('N06 is not followed to what is asked without TLS', async () => {
    const certificate = certificateFor('127.0.0.1');
    const host = await serve(certificate, (request, response) => {
      if (!request.url?.includes('/blobs/')) return pass(request, response);
      sendJson(response, 307, {}, { location: `http://${storage.host}${request.url}` });
    });

    const facts = await look(host, { ca: await caOf(certificate) });

    expect(gapsOf(facts)).toMatchObject([{ because: 'untrusted', hint: expect.stringContaining('to what is not https') }]);
    expect(storage.requests.map(({ path: at }) => at)).toEqual([`/v2/tea/shop/manifests/${digest}`]);
  });

  it('N02 gets no login where it sends for tokens to a host of somebody else', async () => {
    const certificate = certificateFor('127.0.0.1');
    const edge = openEdge({ secrets: { TEA_PASSWORD: 'first-flush' } });
    const host = await serve(certificate, (_, response) =>
      sendJson(response, 401, {}, { 'www-authenticate': 'Bearer realm="https://auth.evil.test/token",service="tea"' }),
    );

    const facts = await look(host, { ca: await caOf(certificate), username: 'brewer', passwordEnv: 'TEA_PASSWORD', edge });

    expect(gapsOf(facts)).toMatchObject([{ because: 'untrusted', hint: expect.stringContaining('auth.evil.test, which is another host') }]);
    expect(new Set(edge.hosts)).toEqual(new Set([host]));
  });
});
