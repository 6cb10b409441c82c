import { once } from 'node:events';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type OpenEdge, openEdge } from '../../src/cli/edge.ts';
import { exitCodeOfEnd } from '../../src/cli/end.ts';
import { certificateFor } from '../fakes/certificate.ts';

const LIMITS = { retries: 0, backoffMs: 0, timeoutMs: 1000, perHost: 1, clusters: 1 };
const opened: OpenEdge[] = [];
const open = (deadlineMs?: number) => {
  const edge = openEdge(LIMITS, deadlineMs);
  opened.push(edge);
  return edge;
};

afterEach(() => {
  vi.unstubAllEnvs();
  for (const edge of opened.splice(0)) edge.close();
});

describe('a collection that is ended', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s asks nothing more, and the process ends with the code of that signal', (signal, code) => {
    const edge = open();

    process.emit(signal, signal);

    expect([edge.signal.aborted, edge.ended(), exitCodeOfEnd(edge.ended())]).toEqual([true, signal, code]);
  });

  it('leaves the second signal to the system, which ends the process at once', () => {
    const before = [process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')];
    open();

    process.emit('SIGTERM', 'SIGTERM');

    expect([process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')]).toEqual(before);
  });

  it('by its deadline has gaps, and no code of a signal', async () => {
    const edge = open(1);

    await once(edge.signal, 'abort');

    expect([edge.ended(), exitCodeOfEnd(edge.ended())]).toEqual(['timeout', undefined]);
  });

  it('says how it was ended first, whatever comes after', async () => {
    const edge = open(1);
    process.emit('SIGINT', 'SIGINT');

    await edge.sleep(5).catch(() => undefined);

    expect(edge.ended()).toBe('SIGINT');
  });

  it('wakes whatever waits', async () => {
    const edge = open();
    const waiting = edge.sleep(60_000);

    process.emit('SIGINT', 'SIGINT');

    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('that has ended by itself leaves no listener behind', () => {
    const before = process.listenerCount('SIGINT');

    const edge = open();
    edge.close();

    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});

describe('a collection', () => {
  it('N10 has certificates checked by every client of every package, whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const imposter = https.createServer(certificateFor('identity.evil.test'), (_, response) => response.end('{}'));
    await new Promise<void>((listening) => imposter.listen(0, '127.0.0.1', listening));

    open();
    const asking = fetch(`https://127.0.0.1:${(imposter.address() as AddressInfo).port}/token`);

    await expect(asking).rejects.toMatchObject({ cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
    imposter.close();
  });
});
