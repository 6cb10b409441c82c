import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openEdge } from '../../src/cli/edge.ts';
import { certificateFor } from '../fakes/certificate.ts';

afterEach(() => vi.unstubAllEnvs());

const LIMITS = { retries: 0, backoffMs: 0, timeoutMs: 5000, perHost: 6, clusters: 16 };

describe('a collection', () => {
  it('N10 has certificates checked by every client of every package, whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const imposter = https.createServer(certificateFor('identity.evil.test'), (_, response) => response.end('{}'));
    await new Promise<void>((listening) => imposter.listen(0, '127.0.0.1', listening));

    const edge = openEdge(LIMITS, undefined);
    const asking = fetch(`https://127.0.0.1:${(imposter.address() as AddressInfo).port}/token`);

    await expect(asking).rejects.toMatchObject({ cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
    edge.close();
    imposter.close();
  });
});
