import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../../src/collect/define-source.ts';
import oci from '../../../src/sources/oci.ts';
import { openEdge } from '../../fakes/edge.ts';
import { configOf, type FakeRegistry, lookUp, sendJson, startRegistry } from '../../fakes/registry.ts';

let registry: FakeRegistry;

beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.stop());

const gapsIn = (facts: readonly Seen[]) => facts.filter((fact) => fact.kind === 'gap');
const digestsIn = (facts: readonly Seen[], kind: 'manifest' | 'config') =>
  facts.flatMap((fact) => (fact.kind === kind ? [fact.digest] : []));

/** So many images, as they are asked for. */
function fill(count: number): Record<string, readonly string[]> {
  const images = Array.from({ length: count }, (_, nth) => registry.image('payments/checkout', configOf({ author: `${nth}` })));
  return Object.fromEntries(images.map(({ digest }) => [digest, ['payments/checkout']]));
}

function watching(secrets = {}) {
  const steps: string[] = [];
  return { steps, edge: { ...openEdge({ secrets }), progress: (step: string) => void steps.push(step) } };
}

describe('a registry with a budget', () => {
  it('is asked no more than that, and what is unread is a gap that says how many requests are needed', async () => {
    const digests = fill(10);

    const facts = await lookUp(registry, { digests }, { maxRequests: '6' });

    expect(registry.requests).toHaveLength(6);
    expect(gapsIn(facts).length).toBeGreaterThanOrEqual(4);
    expect(new Set(gapsIn(facts).map(({ because, hint }) => `${because}: ${hint}`))).toEqual(
      new Set([
        `incomplete: Set \`maxRequests\` of the source for ${registry.host} to at least 30 (it is 6), or name fewer \`repositories\`.`,
      ]),
    );
    expect(gapsIn(facts)[0]?.locator).toMatch(`http://${registry.host}/v2/payments/checkout/manifests/sha256:`);
    expect(facts.flatMap((fact) => (fact.kind === 'coverage' ? [fact.of] : []))).toEqual(['tag']);
  });

  it('that suffices is read whole', async () => {
    const digests = fill(10);

    const facts = await lookUp(registry, { digests }, { maxRequests: '20' });

    expect(digestsIn(facts, 'config')).toHaveLength(10);
    expect(gapsIn(facts)).toEqual([]);
  });

  it('counts every attempt, and not what is asked elsewhere', async () => {
    const digests = fill(1);
    const realm = await startRegistry();
    realm.reply((_, response) => sendJson(response, 200, { token: 'c0ffee' }));
    registry.reply(({ headers }, response, nth) => {
      if (headers.authorization !== undefined) return nth === 2 && sendJson(response, 503, {});
      return sendJson(response, 401, {}, { 'www-authenticate': `Bearer realm="http://${realm.host}/token"` });
    });

    // Refused, failed, the manifest, and its config.
    const facts = await lookUp(registry, { digests }, { maxRequests: '4', realm: realm.host, edge: openEdge({ retries: 1 }) });

    expect(gapsIn(facts)).toEqual([]);
    expect([registry.requests.length, realm.requests.length]).toEqual([4, 1]);
    await realm.stop();
  });

  it('is never said to have lost what it was not asked for', async () => {
    const { digest } = registry.image('payments/checkout');
    registry.reply(({ method }, response) => method === 'HEAD' && sendJson(response, 404, {}));

    for (const maxRequests of ['1', '2', '3', '4']) {
      const wanted = { digests: { [digest]: ['payments/checkout'] }, tags: ['payments/checkout:spring'], arePulled: true };
      const facts = await lookUp(registry, wanted, { maxRequests, referrers: 'true' });

      expect(facts.filter((fact) => fact.kind === 'presence' && fact.is === 'gone')).toEqual([]);
      expect(gapsIn(facts).length).toBeGreaterThan(0);
    }
  });

  it('tells what is about to be asked before it is, and afterwards what it took', async () => {
    const digests = fill(10);
    const { steps, edge } = watching();
    const before: number[] = [];
    const progress = (step: string) => {
      before.push(registry.requests.length);
      edge.progress(step);
    };

    await lookUp(registry, { digests, tags: ['payments/checkout:spring'] }, { maxRequests: '40', edge: { ...edge, progress } });

    expect(before).toEqual([0, 21]);
    expect(steps).toEqual([
      `${registry.host}: 10 images and 1 tags to resolve, about 31 requests of at most 40`,
      `${registry.host}: 21 requests of about 31 and of at most 40`,
    ]);
  });

  it('foresees no request for what is kept on disk', async () => {
    const cache = await mkdtemp(path.join(tmpdir(), 'selfsame-'));
    const digests = fill(4);
    await lookUp(registry, { digests }, { cache });
    const added = registry.image('payments/checkout', configOf({ author: 'added' })).digest;
    const { steps, edge } = watching();

    await lookUp(registry, { digests: { ...digests, [added]: ['payments/checkout'] } }, { cache, edge, maxRequests: '9' });

    expect(steps[0]).toContain('5 images and 0 tags to resolve, about 3 requests of at most 9');
    await rm(cache, { recursive: true });
  });

  it.each(['0', '-1', 'many', '1e3'])('is not %s', (maxRequests) => {
    expect(oci.config.safeParse({ registry: 'registry.test', maxRequests }).success).toBe(false);
  });
});

describe('a registry that counts pulls, as Docker Hub does', () => {
  /** Answers as Docker Hub: a GET of a manifest is a pull, and every answer says how many are left. */
  function countPulls(pulls: number): () => number {
    let left = pulls;
    registry.reply(({ method, url }, response) => {
      if (method === 'GET' && url?.includes('/manifests/')) left--;
      response.setHeader('ratelimit-limit', '100;w=21600');
      response.setHeader('ratelimit-remaining', `${left};w=21600`);
    });
    return () => left;
  }

  it('is left a tenth for others, and what is unread then is a gap', async () => {
    const digests = fill(20);
    const left = countPulls(16);
    // One after another, as far as a host is asked at once.
    let last: Promise<unknown> = Promise.resolve();
    const limit = <T>(_: string, job: () => Promise<T>) => {
      const turn = last.then(job);
      last = turn.catch(() => undefined);
      return turn;
    };

    const facts = await lookUp(registry, { digests }, { edge: { ...openEdge(), limit } });

    // One more, which was on its way when the first answer told how many are left.
    expect(left()).toBe(9);
    expect(digestsIn(facts, 'config')).toHaveLength(7);
    expect(gapsIn(facts)).toHaveLength(13);
    expect(gapsIn(facts)[0]).toMatchObject({ because: 'rate-limited', hint: expect.stringContaining('10 of 100 pulls left: scan later') });
  });

  it('still tells what tags name and what is held, for a HEAD is no pull', async () => {
    const cache = await mkdtemp(path.join(tmpdir(), 'selfsame-'));
    const { digest } = registry.image('payments/checkout', configOf(), 'spring');
    const wanted = { digests: { [digest]: ['payments/checkout'] }, tags: ['payments/checkout:spring'], arePulled: true };
    await lookUp(registry, wanted, { cache });
    countPulls(0);

    const facts = await lookUp(registry, wanted, { cache });

    expect(facts.filter(({ kind }) => kind === 'tag' || kind === 'presence')).toMatchObject([{ is: 'held' }, { digest }]);
    expect(gapsIn(facts)).toEqual([]);
    await rm(cache, { recursive: true });
  });

  it.each(['3', '3;w=60', '3, 100;w=21600', 'none', ''])('is no registry that says %j is left', async (remaining) => {
    const digests = fill(3);
    registry.reply((_, response) => void response.setHeader('ratelimit-limit', '100;w=21600').setHeader('ratelimit-remaining', remaining));

    expect(gapsIn(await lookUp(registry, { digests }))).toEqual([]);
  });

  it('has what is left told', async () => {
    const { steps, edge } = watching();
    const digests = fill(2);
    countPulls(76);

    await lookUp(registry, { digests }, { edge });

    expect(steps.at(-1)).toBe(`${registry.host}: 4 requests of about 6, 74 of 100 pulls left`);
  });
});
