import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSigned } from '../../src/cli/write-signed.ts';
import { type MailServer, startMailServer } from '../fakes/mail-server.ts';
import { incidents, rendered } from './estates.ts';

type Posted = Readonly<{ headers: http.IncomingHttpHeaders; body: string; path: string }>;

const cwd = mkdtempSync(path.join(tmpdir(), 'selfsame-posted-'));
const posted: Posted[] = [];
let mail: MailServer;

const receiver = http.createServer((request, answer) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    posted.push({ headers: request.headers, body: Buffer.concat(pieces).toString(), path: request.url ?? '' });
    answer.end('ok');
  });
});

beforeAll(async () => {
  mail = await startMailServer();
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
});
afterAll(async () => {
  await mail.stop();
  receiver.close();
});

/** Runs what the page of a reporter says to type, with what it leaves to its reader filled in. */
async function type(id: string, nth: number, given: Readonly<Record<string, string>>): Promise<void> {
  const page = readFileSync(new URL(`../../src/reporters/${id}.md`, import.meta.url), 'utf8');
  const block = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)][nth]?.[1] ?? '';
  expect(Object.keys(given).filter((name) => !block.includes(name))).toEqual([]);
  const typed = Object.entries(given).reduce((text, [name, value]) => text.replaceAll(name, value), block);
  await promisify(execFile)('bash', ['-e', '-o', 'pipefail', '-c', typed], { cwd, env: { PATH: process.env.PATH, HOME: cwd } });
}

function addressOf(): string {
  // Listening on TCP, it has an address with a port.
  return `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
}

describe('what the pages say to type', () => {
  it('posts the message for Slack, whole and as JSON', async () => {
    const message = await rendered('slack', incidents.drift);
    writeFileSync(path.join(cwd, 'slack.json'), message);

    await type('slack', 0, { $SLACK_WEBHOOK_URL: `${addressOf()}/services/T0` });

    expect(posted.at(-1)).toMatchObject({ path: '/services/T0', body: message, headers: { 'content-type': 'application/json' } });
  });

  it('posts the event with a signature that a receiver can check', async () => {
    await writeSigned(path.join(cwd, 'event.json'), [await rendered('webhook', incidents.drift)], 'canary-c0ffee-c0ffee');

    await type('webhook', 1, { 'https://hooks.example': addressOf() });

    const { headers, body } = posted.at(-1)!;
    const due = createHmac('sha256', 'canary-c0ffee-c0ffee').update(body).digest('hex');
    expect(headers).toMatchObject({ 'x-selfsame-signature-256': `sha256=${due}`, 'content-type': 'application/json' });
    expect(JSON.parse(body)).toMatchObject({ schema: 'selfsame/event/v1', exitCode: 1 });
  });

  it('posts the event without one', async () => {
    writeFileSync(path.join(cwd, 'event.json'), await rendered('webhook', incidents.drift));

    await type('webhook', 0, { 'https://hooks.example': addressOf() });

    expect(posted.at(-1)?.headers['x-selfsame-signature-256']).toBeUndefined();
    expect(JSON.parse(posted.at(-1)?.body ?? '')).toMatchObject({ verdict: 'drift' });
  });

  it('sends the mail, which arrives as it was written, with its addresses before it', async () => {
    const message = await rendered('email', incidents.drift);
    writeFileSync(path.join(cwd, 'audit.eml'), message);

    // The server of a test speaks no TLS, and asks for no password.
    await type('email', 0, { '--ssl-reqd --netrc ': '', 'smtp://mail.shop.example:587': mail.url });

    expect(mail.received()).toEqual([`From: selfsame@shop.example\r\nTo: payments@shop.example\r\n${message}`]);
  });
});
