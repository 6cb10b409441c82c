import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Servers } from './servers.ts';

/** A request on its way to the API server: its path with its query, and how many came before it. */
export type Passing = Readonly<{ url: string; nth: number }>;

/** Stands between the program and the API server, so that something may happen there at a moment that a test chooses. */
export type Pilot = Readonly<{ url: string; passed: string[]; stop(): Promise<void> }>;

/** Passes requests on; what `before` does is done when the request after it is asked, and `false` of it closes the port for good. */
export async function startPilot({ folder, kubernetes }: Servers, before: (passing: Passing) => Promise<boolean>): Promise<Pilot> {
  const agent = new https.Agent({ keepAlive: true, ca: readFileSync(path.join(folder, 'kube', 'ca.crt')) });
  const passed: string[] = [];
  const server = http.createServer((request, response) => {
    const url = request.url ?? '';
    const nth = passed.push(url) - 1;
    const pass = () => {
      const onward = https.request(`${kubernetes}${url}`, { agent, headers: request.headers }, (answer) => {
        answer.pipe(response.writeHead(answer.statusCode ?? 0, answer.headers));
      });
      onward.on('error', () => response.destroy());
      request.pipe(onward);
    };
    before({ url, nth }).then(
      (isOpen) => (isOpen ? pass() : close()),
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    close();
    agent.destroy();
  };
  return { url: `http://127.0.0.1:${port}`, passed, stop };
}

/** Lets etcd forget everything before now, so that what was begun to be listed can not be gone on with. */
export async function forgetThePast({ etcd }: Servers): Promise<void> {
  const ask = async (what: string, body: object) => {
    const answer = await fetch(`${etcd}/v3/${what}`, { method: 'POST', body: JSON.stringify(body) });
    // Of what etcd answers with, the revision is read.
    return (await answer.json()) as { header: { revision: string } };
  };
  const key = Buffer.from('selfsame').toString('base64');
  const { header } = await ask('kv/put', { key, value: key });
  await ask('kv/compaction', { revision: header.revision, physical: true });
}
