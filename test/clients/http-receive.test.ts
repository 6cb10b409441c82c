import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, type Head, type Receiver } from '../../src/clients/http.ts';
import { unreadable } from '../../src/error.ts';
import { openEdge } from '../fakes/edge.ts';

let server: http.Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(answer: (nth: number, response: http.ServerResponse) => void): Promise<{ url: URL; count: () => number }> {
  let nth = 0;
  server = http.createServer((_, response) => answer(++nth, response));
  await new Promise<void>((listening) => server?.listen(0, '127.0.0.1', listening));
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/tide`), count: () => nth };
}

/** Notes what it is given, one list for every attempt. */
function openNotes() {
  const attempts: string[][] = [];
  const receive = (): Receiver => {
    const notes: string[] = [];
    attempts.push(notes);
    return { push: (piece) => void notes.push(piece.toString()), end: () => void notes.push('|') };
  };
  return { attempts, receive };
}

describe('an answer that is taken as it arrives', () => {
  it('is not kept', async () => {
    const { url } = await serve((_, response) => response.end('ebb and flow'));
    const { attempts, receive } = openNotes();

    const { status, body } = await ask({ url, capBytes: 100, receive }, openEdge());

    expect({ status, body: body.length, attempts }).toEqual({ status: 200, body: 0, attempts: [['ebb and flow', '|']] });
  });

  it('is taken anew where it was cut, and never ended before it is whole', async () => {
    const { url } = await serve((nth, response) => {
      response.writeHead(200, { 'content-length': '12' });
      if (nth === 1) response.write('ebb', () => response.destroy());
      else response.end('ebb and flow');
    });
    const { attempts, receive } = openNotes();

    await ask({ url, capBytes: 100, receive }, openEdge({ retries: 1 }));

    expect(attempts).toEqual([['ebb'], ['ebb and flow', '|']]);
  });

  it('is kept as any other where nobody wants to take it', async () => {
    const { url } = await serve((_, response) => response.writeHead(404).end('no tide'));
    const heads: Head[] = [];

    const { body } = await ask({ url, capBytes: 100, receive: (head) => void heads.push(head) }, openEdge());

    expect(body.toString()).toBe('no tide');
    expect(heads).toMatchObject([{ status: 404 }]);
  });

  it('is left at the cap', async () => {
    const { url } = await serve((_, response) => response.end('f'.repeat(101)));
    const { receive } = openNotes();

    await expect(ask({ url, capBytes: 100, receive }, openEdge({ retries: 3 }))).rejects.toMatchObject({ because: 'too-large' });
  });

  it.each(['head', 'push', 'end'])('is left, and not asked for again, where its %s is refused', async (where) => {
    const { url, count } = await serve((_, response) => response.end('flotsam'));
    const refuse = (now: string) => {
      if (now === where) throw unreadable('malformed', 'no tide table');
    };
    const receive = () => {
      refuse('head');
      return { push: () => refuse('push'), end: () => refuse('end') };
    };

    await expect(ask({ url, capBytes: 100, receive }, openEdge({ retries: 3 }))).rejects.toMatchObject({ because: 'malformed' });
    expect(count()).toBe(1);
  });
});
