import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEdge } from '../fakes/edge.ts';
import { type FakeRegistry, lookUp, sendJson, startRegistry } from '../fakes/registry.ts';

const REGISTRY = { host: 'registry.tea.test' };

let registry: FakeRegistry;
let proxy: http.Server;
let asked: { url: string; authorization: string | undefined }[];

beforeEach(async () => {
  registry = await startRegistry();
  asked = [];
  proxy = http.createServer((request, response) => {
    const { url = '', headers } = request;
    asked.push({ url, authorization: headers['proxy-authorization'] });
    const there = new URL(url);
    http.get(`http://${registry.host}${there.pathname}`, (held) => {
      response.writeHead(held.statusCode ?? 0, held.headers);
      held.pipe(response);
    });
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
});
afterEach(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await registry.stop();
});

const through = () => {
  const { port } = proxy.address() as AddressInfo;
  return openEdge({ secrets: { HTTP_PROXY: `http://brewer:first-flush@127.0.0.1:${port}` } });
};
const look = (edge: ReturnType<typeof openEdge>) => {
  const { digest } = registry.image('tea/shop');
  return lookUp(REGISTRY, { digests: { [digest]: ['tea/shop'] } }, { insecure: 'beyond-loopback', edge });
};

describe('a registry behind a proxy', () => {
  it('N10 is asked through it, and its password is concealed', async () => {
    const edge = through();

    const facts = await look(edge);

    expect(facts.map(({ kind }) => kind)).toContain('config');
    expect(asked.map(({ url }) => new URL(url).host)).toEqual(['registry.tea.test', 'registry.tea.test']);
    expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from('brewer:first-flush').toString('base64')}`);
    expect(edge.concealed).toContain('first-flush');
    expect(JSON.stringify(facts)).not.toContain('first-flush');
  });

  it('is asked directly where it is on this machine', async () => {
    registry.reply((_, response) => sendJson(response, 404, {}));

    const facts = await lookUp(registry, { digests: {}, tags: ['tea/shop:spring'] }, { edge: through() });

    expect(facts[0]).toMatchObject({ kind: 'gap', because: 'not-found' });
    expect(asked).toEqual([]);
  });
});
