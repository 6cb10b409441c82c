import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../src/domain/digest.ts';
import oci from '../../src/sources/oci.ts';
import { openEdge, type WatchedEdge } from '../fakes/edge.ts';
import { type Descriptor, digestOf, type FakeRegistry, type Reply, sendJson, startRegistry } from '../fakes/registry.ts';

const BODY = Buffer.alloc(300_000, 'leaf');

let registry: FakeRegistry;
let storage: FakeRegistry;
let layer: Descriptor;

beforeEach(async () => {
  [registry, storage] = await Promise.all([startRegistry(), startRegistry()]);
  layer = registry.put('tea/shop', BODY, 'application/octet-stream');
});
afterEach(() => Promise.all([registry.stop(), storage.stop()]));

const PASSWORD = { username: 'brewer', passwordEnv: 'TEA_PASSWORD' };
const brewer = () => openEdge({ secrets: { TEA_PASSWORD: 'first-flush' }, retries: 2 });

/** What arrived in each attempt, and how much was on its way at most while the taker was busy. */
async function download(edge: WatchedEdge = brewer(), digest: Digest = layer.digest) {
  const attempts: Buffer[][] = [];
  let ended = 0;
  const config = oci.config.parse({ registry: registry.host, insecure: 'true', cache: 'off', ...PASSWORD });
  const read = await oci.openBlobs?.(config, edge);
  await read?.({ repository: 'tea/shop', digest, size: layer.size }, () => {
    const pieces: Buffer[] = [];
    attempts.push(pieces);
    return {
      async push(piece) {
        await Promise.resolve();
        pieces.push(piece);
      },
      end: () => void (ended += 1),
    };
  });
  return { bodies: attempts.map((pieces) => Buffer.concat(pieces)), ended };
}

describe('a layer', () => {
  it('arrives in order however slowly it is taken', async () => {
    expect(await download()).toEqual({ bodies: [BODY], ended: 1 });
  });

  it('N05 is followed to where it is stored, without the login', async () => {
    storage.put('tea/shop', BODY, 'application/octet-stream');
    const guard: Reply = (request, response) => {
      if (request.headers.authorization === undefined) return sendJson(response, 401, {}, { 'www-authenticate': 'Basic realm="tea"' });
      return sendJson(response, 307, { moved: 'x'.repeat(1000) }, { location: `http://${storage.host}${request.url}` });
    };
    registry.reply(guard);

    expect(await download()).toEqual({ bodies: [BODY], ended: 1 });
    expect(storage.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it('is taken anew where it was cut off', async () => {
    registry.reply((_, response, nth) => {
      if (nth > 1) return false;
      response.writeHead(200, { 'content-length': BODY.length });
      response.write(BODY.subarray(0, 1000), () => response.destroy());
      return true;
    });

    const { bodies, ended } = await download();

    expect([bodies.length, bodies.at(-1)?.equals(BODY), ended]).toEqual([2, true, 1]);
  });

  it.each<[string, Reply, string]>([
    ['it is gone', (_, response) => sendJson(response, 404, {}), 'not-found'],
    ['it may not be pulled', (_, response) => sendJson(response, 403, {}), 'forbidden'],
    ['R05 it is encoded', (_, response) => void response.setHeader('content-encoding', 'br'), 'malformed'],
    ['R04 it has no end', (_, response) => response.writeHead(200).end(Buffer.alloc(9 * 1024 * 1024)) && true, 'too-large'],
  ])('is a failure where %s', async (_, reply, because) => {
    registry.reply(reply);

    await expect(download()).rejects.toMatchObject({ because });
  });

  it('R12 is not asked for under a digest that cannot be computed', async () => {
    await expect(download(brewer(), 'md5:abc' as Digest)).rejects.toMatchObject({ because: 'unsupported' });
    expect(registry.requests).toEqual([]);
  });

  it('has the time that its size needs', async () => {
    layer = { ...layer, size: 100 * 1024 * 1024, digest: digestOf(BODY) };

    expect((await download(openEdge({ timeoutMs: 1 }))).bodies[0]?.equals(BODY)).toBe(true);
  });
});
