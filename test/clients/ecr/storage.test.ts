import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../../src/domain/digest.ts';
import ecr from '../../../src/sources/ecr.ts';
import { ECR_HOST, type FakeEcr, refusedBy, startEcr } from '../../fakes/ecr.ts';
import { openEdge, type WatchedEdge } from '../../fakes/edge.ts';
import type { Descriptor } from '../../fakes/registry.ts';

const BODY = Buffer.alloc(300_000, 'leaf');
const SECRETS = { AWS_ACCESS_KEY_ID: 'AKIATEATEATEATEATEA', AWS_SECRET_ACCESS_KEY: 'earl-grey-hot' };

let fake: FakeEcr;
let layer: Descriptor;

beforeEach(async () => {
  fake = await startEcr();
  layer = fake.layer('payments/checkout', BODY);
});
afterEach(() => fake.stop());

const reader = () => openEdge({ secrets: SECRETS, retries: 2 });

/** What arrived in each attempt, taken slowly. */
async function download(edge: WatchedEdge = reader(), digest: Digest = layer.digest) {
  const attempts: Buffer[][] = [];
  let ended = 0;
  const read = await ecr.openBlobs?.(ecr.config.parse({ registry: ECR_HOST, endpoint: fake.endpoint, cache: 'off' }), edge);
  await read?.({ repository: 'payments/checkout', digest, size: layer.size }, () => {
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

describe('a layer in ECR', () => {
  it('arrives in order from the address that ECR hands out, which hears of no credential and is told nowhere', async () => {
    const edge = reader();

    expect(await download(edge)).toEqual({ bodies: [BODY], ended: 1 });

    expect(fake.calls.map(({ action, input }) => [action, input['layerDigest']])).toEqual([['GetDownloadUrlForLayer', layer.digest]]);
    expect(fake.borne.map((headers) => Object.keys(headers).filter((name) => /authorization|cookie|amz|token/.test(name)))).toEqual([[]]);
    expect(edge.concealed).toContain('?X-Amz-Signature=s3cr3t');
  });

  it('is taken anew where it was cut off', async () => {
    fake.store((response, nth) => {
      if (nth > 1) return false;
      response.writeHead(200, { 'content-length': BODY.length });
      response.write(BODY.subarray(0, 1000), () => response.destroy());
      return true;
    });

    const { bodies, ended } = await download();

    expect([bodies.length, bodies.at(-1)?.equals(BODY), ended]).toEqual([2, true, 1]);
  });

  it.each<[string, Parameters<FakeEcr['store']>[0], string]>([
    ['its address has expired', (response) => response.writeHead(403).end() && true, 'unreachable'],
    [
      'its storage sends elsewhere',
      (response) => response.writeHead(307, { location: 'http://169.254.169.254/' }).end() && true,
      'unreachable',
    ],
    ['R05 it is encoded', (response) => !response.setHeader('content-encoding', 'br'), 'malformed'],
    ['R04 it has no end', (response) => response.writeHead(200).end(Buffer.alloc(9 * 1024 * 1024)) && true, 'too-large'],
  ])('is a failure where %s', async (_, store, because) => {
    fake.store(store);

    await expect(download()).rejects.toMatchObject({ because });
  });

  it.each([
    ['LayersNotFoundException', 'not-found'],
    ['LayerInaccessibleException', 'not-found'],
    ['AccessDeniedException', 'forbidden'],
    ['UnableToGetUpstreamLayerException', 'unreachable'],
  ])('is a failure where ECR answers %s', async (type, because) => {
    fake.reply(() => refusedBy(type));

    await expect(download()).rejects.toMatchObject({ because, hint: expect.stringContaining('ecr:GetDownloadUrlForLayer') });
    expect(fake.downloads).toEqual([]);
  });

  it.each([
    'http://169.254.169.254/latest?token=s3cr3t',
    'http://bucket.s3.amazonaws.com/a?s3cr3t',
    'https://s3.amazonaws.com.evil.test/a?s3cr3t',
  ])('N05 is not fetched from %s', async (downloadUrl) => {
    fake.reply(() => ({ status: 200, body: { downloadUrl } }));

    const failure = await download().catch((error: unknown) => error);

    expect(failure).toMatchObject({ because: 'untrusted' });
    expect(String(failure)).not.toContain('s3cr3t');
  });

  it('R12 is not asked for under a digest that cannot be computed', async () => {
    await expect(download(reader(), 'md5:abc' as Digest)).rejects.toMatchObject({ because: 'unsupported' });
    expect(fake.calls).toEqual([]);
  });
});
