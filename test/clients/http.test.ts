import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ask } from '../../src/clients/http.ts';
import { openEdge } from '../fakes/edge.ts';

let server: http.Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Starts a server and counts what it is asked. */
async function serve(
  answer: (nth: number, response: http.ServerResponse, request: http.IncomingMessage) => void,
): Promise<{ url: URL; count: () => number }> {
  let nth = 0;
  server = http.createServer((request, response) => answer(++nth, response, request));
  await new Promise<void>((listening) => server?.listen(0, '127.0.0.1', listening));
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/tea`), count: () => nth };
}

describe('a server', () => {
  it('is asked again while it is busy, after the wait it wishes for', async () => {
    const { url, count } = await serve((nth, response) => response.writeHead(nth === 1 ? 429 : 200, { 'retry-after': '7' }).end('tea'));
    const edge = openEdge({ retries: 2 });

    const answer = await ask({ url, capBytes: 100 }, edge);

    expect(answer).toMatchObject({ status: 200, body: Buffer.from('tea') });
    expect(edge.slept).toEqual([7000]);
    expect(count()).toBe(2);
  });

  it.each([
    [
      'that is busy',
      (response: http.ServerResponse) => response.writeHead(503, { 'retry-after': '90' }).end(),
      'answers 503: waiting 90 s',
    ],
    ['that hangs up', (response: http.ServerResponse) => response.destroy(), 'does not answer: waiting 2 s'],
  ])('%s is waited for, and that is said', async (_, fail, said) => {
    const { url } = await serve((nth, response) => (nth === 1 ? fail(response) : response.end('tea')));
    const steps: string[] = [];
    const edge = { ...openEdge(), progress: (step: string) => void steps.push(step) };

    await ask({ url, capBytes: 100 }, { ...edge, patience: { retries: 1, backoffMs: 2000, timeoutMs: 5000 } });

    expect(steps).toEqual([`${url.host} ${said}`]);
  });

  it('that is back in less than a second is not talked about', async () => {
    const { url } = await serve((nth, response) => response.writeHead(nth === 1 ? 503 : 200).end('tea'));
    const steps: string[] = [];
    const edge = { ...openEdge(), progress: (step: string) => void steps.push(step) };

    await ask({ url, capBytes: 100 }, { ...edge, patience: { retries: 1, backoffMs: 200, timeoutMs: 5000 } });

    expect(steps).toEqual([]);
  });

  it('that stays busy has its last answer returned', async () => {
    const { url, count } = await serve((_, response) => response.writeHead(503).end());

    const answer = await ask({ url, capBytes: 100 }, openEdge({ retries: 2 }));

    expect(answer.status).toBe(503);
    expect(count()).toBe(3);
  });

  it('R04 that answers without end is left at the cap, whatever it says of its length', async () => {
    const { url, count } = await serve((_, response) => {
      response.on('error', () => undefined);
      const pour = (): void => void (response.destroyed || response.write(Buffer.alloc(1024), () => setImmediate(pour)));
      pour();
    });

    const asked = ask({ url, capBytes: 10_000 }, openEdge({ retries: 3 }));

    await expect(asked).rejects.toMatchObject({ because: 'too-large', hint: expect.stringContaining('10000 bytes') });
    expect(count()).toBe(1);
  });

  it('N15 that drips its answer is left when the time for a request is over', async () => {
    const { url } = await serve((_, response) => void response.write('t'));

    const asked = ask({ url, capBytes: 100 }, openEdge({ timeoutMs: 50 }));

    await expect(asked).rejects.toMatchObject({ because: 'unreachable', hint: expect.stringContaining('no answer within 50 ms') });
  });

  it('N15 that takes a request and says nothing is left as well', async () => {
    const { url, count } = await serve(() => undefined);

    await expect(ask({ url, capBytes: 100 }, openEdge({ timeoutMs: 50 }))).rejects.toMatchObject({ because: 'unreachable' });
    expect(count()).toBe(1);
  });

  it('that cuts its answer short has not answered', async () => {
    const { url, count } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('t', () => response.destroy());
    });

    await expect(ask({ url, capBytes: 1000 }, openEdge({ retries: 1 }))).rejects.toMatchObject({ because: 'unreachable' });
    expect(count()).toBe(2);
  });

  it('that is not there is named, with what to look at', async () => {
    const { url } = await serve(() => undefined);
    await new Promise((closed) => server?.close(closed));

    await expect(ask({ url, capBytes: 100 }, openEdge())).rejects.toMatchObject({
      because: 'unreachable',
      hint: `Check that ${url.host} can be reached from here (ECONNREFUSED).`,
    });
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['one header of 20 kB', { 'x-tea': 'x'.repeat(20_000) }],
    ['10,000 headers', Object.fromEntries(Array.from({ length: 10_000 }, (_, nth) => [`x-${nth}`, 'tea']))],
  ])('N16 that sends %s has not answered', async (_, headers) => {
    const { url } = await serve((_request, response) => response.writeHead(200, headers).end());

    const asking = ask({ url, capBytes: 100 }, openEdge());

    await expect(asking).rejects.toMatchObject({ because: 'unreachable', hint: expect.stringContaining('HPE_HEADER_OVERFLOW') });
  });

  it('N16 is heard to its last header, however many are before it: one may say that a list goes on', async () => {
    const many = Array.from({ length: 2500 }, () => ['x', '']);
    const { url } = await serve((_, response) => response.writeHead(200, [...many, ['link', '</later>; rel="next"']].flat()).end());

    const { headers } = await ask({ url, capBytes: 100 }, openEdge());

    expect(headers).toMatchObject({ link: '</later>; rel="next"' });
  });

  it('N16 that sends ten thousand headers has not answered either', async () => {
    const headers = Object.fromEntries(Array.from({ length: 10_000 }, (_, nth) => [`x-tea-${nth}`, 'green']));
    const { url } = await serve((_, response) => response.writeHead(200, headers).end());

    await expect(ask({ url, capBytes: 100 }, openEdge())).rejects.toMatchObject({ because: 'unreachable' });
  });

  it('is never followed elsewhere, and is asked for bytes as they are', async () => {
    const { url, count } = await serve((_, response, request) =>
      response.writeHead(307, { location: '/elsewhere', 'x-asked': request.headers['accept-encoding'] }).end(),
    );

    const answer = await ask({ url, capBytes: 100 }, openEdge());

    expect(answer).toMatchObject({ status: 307, headers: { 'x-asked': 'identity' } });
    expect(count()).toBe(1);
  });
});
