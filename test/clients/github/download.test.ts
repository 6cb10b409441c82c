import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { download } from '../../../src/clients/github/download.ts';
import { openEdge } from '../../fakes/edge.ts';

const WISH = { what: 'a log', capBytes: 10 };
const from = (address: string, api: string, edge = openEdge()) => download(new URL(address), WISH, { api: new URL(api), edge });

describe('what GitHub keeps elsewhere', () => {
  it.each([
    ['without TLS', 'http://storage.example/log', 'https://api.github.com'],
    ['in a private network', 'https://10.0.0.7/log', 'https://api.github.com'],
    ['of this very machine', 'https://127.0.0.1/log', 'https://api.github.com'],
    ['at the metadata of a cloud', 'http://169.254.169.254/latest', 'https://github.acme.example/api/v3'],
    ['at the server itself, without its TLS', 'http://10.0.0.8/log', 'https://10.0.0.8/api/v3'],
  ])('is not fetched %s', async (_, address, api) => {
    await expect(from(address, api)).rejects.toMatchObject({ because: 'untrusted' });
  });

  it('is fetched from the server itself, wherever that stands, up to a number of bytes', async () => {
    const server = http.createServer((request, response) => response.end(request.url === '/long' ? 'x'.repeat(11) : 'earl grey'));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    const [short, long] = await Promise.allSettled([from(`${origin}/log`, origin), from(`${origin}/long`, origin)]);

    server.close();
    expect(short).toMatchObject({ value: Buffer.from('earl grey') });
    expect(long).toMatchObject({ reason: { because: 'too-large' } });
  });

  it('has an address that is struck out of everything written', async () => {
    const edge = openEdge();

    await from('https://10.0.0.7/log?sig=s3cr3t', 'https://api.github.com', edge).catch(() => undefined);

    expect(edge.concealed).toEqual(['?sig=s3cr3t']);
  });
});
