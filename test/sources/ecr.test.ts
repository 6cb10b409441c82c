import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import type { Digest } from '../../src/domain/digest.ts';
import ecr from '../../src/sources/ecr.ts';
import { certificateFor } from '../fakes/certificate.ts';
import { ECR_HOST, type FakeEcr, lookUpEcr, refusedBy, startEcr } from '../fakes/ecr.ts';
import { openEdge } from '../fakes/edge.ts';
import { configOf, digestOf, manifestOf } from '../fakes/registry.ts';

const SECRETS = { AWS_ACCESS_KEY_ID: 'AKIATEATEATEATEATEA', AWS_SECRET_ACCESS_KEY: 'earl-grey-hot' };
const GONE = `sha256:${'9'.repeat(64)}`;

let fake: FakeEcr;

beforeEach(async () => {
  fake = await startEcr();
});
afterEach(() => fake.stop());

const ofKind = <K extends Seen['kind']>(facts: readonly Seen[], kind: K) =>
  facts.filter((fact): fact is Extract<Seen, { kind: K }> => fact.kind === kind);
const callsOf = (action: string) => fake.calls.filter((call) => call.action === action);
const coveredIn = (facts: readonly Seen[]) => ofKind(facts, 'coverage').map(({ of }) => of);

describe('an image in ECR', () => {
  it('leads from its index to its config, and is dated by its push', async () => {
    const image = fake.image('tea/shop');
    const index = fake.index('tea/shop', [{ ...image, platform: { os: 'linux', architecture: 'amd64' } }]);

    const facts = await lookUpEcr(fake, { digests: { [index.digest]: ['tea/shop'] } });

    expect(ofKind(facts, 'index')).toMatchObject([
      {
        digest: index.digest,
        image: { registry: ECR_HOST, repository: 'tea/shop' },
        pushedAt: '2026-03-01T09:00:02.000Z',
        locator: `arn:aws:ecr:eu-west-1:210987654321:repository/tea/shop@${index.digest}`,
      },
    ]);
    expect(ofKind(facts, 'manifest')).toMatchObject([{ digest: image.digest, pushedAt: '2026-03-01T09:00:01.000Z' }]);
    expect(ofKind(facts, 'config')).toMatchObject([{ digest: image.config.digest, platform: 'linux/amd64' }]);
    expect(coveredIn(facts)).toEqual(['content', 'tag']);
  });

  it('is asked for by the hundred of one repository', async () => {
    const shops = Array.from({ length: 250 }, (_, nth) => fake.image('tea/shop', configOf({ author: `${nth}` })).digest);
    const carts = Array.from({ length: 7 }, (_, nth) => fake.image('tea/cart', configOf({ author: `cart ${nth}` })).digest);
    const asked = [...shops.map((digest) => [digest, ['tea/shop']] as const), ...carts.map((digest) => [digest, ['tea/cart']] as const)];

    const facts = await lookUpEcr(fake, { digests: Object.fromEntries(asked) });

    expect(ofKind(facts, 'manifest')).toHaveLength(257);
    expect(callsOf('BatchGetImage')).toHaveLength(4);
    expect(callsOf('DescribeImages')).toHaveLength(4);
  });

  it('is asked for once in a lifetime', async () => {
    const cache = await mkdtemp(path.join(tmpdir(), 'selfsame-'));
    const image = fake.image('tea/shop');
    const asked = { digests: { [image.digest]: ['tea/shop'] } };
    const first = await lookUpEcr(fake, asked, { cache });
    fake.calls.length = 0;
    fake.downloads.length = 0;

    const second = await lookUpEcr(fake, asked, { cache });

    expect(second).toEqual(first);
    expect([fake.calls.map(({ action }) => action), fake.downloads]).toEqual([['DescribeImages'], []]);
    await rm(cache, { recursive: true });
  });

  it('that is gone is one gap; the others of its hundred are read', async () => {
    const image = fake.image('tea/shop');

    const facts = await lookUpEcr(fake, { digests: { [image.digest]: ['tea/shop'], [GONE]: ['tea/shop'] } });

    expect(ofKind(facts, 'manifest')).toHaveLength(1);
    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'content', scope: { repository: 'tea/shop' } }]);
    expect(coveredIn(facts)).toEqual(['tag']);
  });

  it('that is pulled is held where it was handed out, and gone where ECR says of it alone that it is not there', async () => {
    const image = fake.image('tea/shop');

    const facts = await lookUpEcr(fake, { digests: { [image.digest]: ['tea/shop'], [GONE]: ['tea/shop'] }, arePulled: true });

    const seen = Object.fromEntries(ofKind(facts, 'presence').map(({ digest, is }) => [digest, is]));
    expect(seen).toEqual({ [GONE]: 'gone', [image.digest]: 'held' });
  });

  it('that is pulled and kept on disk is asked for again, by the hundred', async () => {
    const cache = await mkdtemp(path.join(tmpdir(), 'selfsame-'));
    const images = Array.from({ length: 120 }, (_, nth) => fake.image('tea/shop', configOf({ author: `${nth}` })).digest);
    const asked = { digests: Object.fromEntries(images.map((digest) => [digest, ['tea/shop']])), arePulled: true };
    await lookUpEcr(fake, asked, { cache });
    fake.calls.length = 0;
    fake.remove('tea/shop', images[7] as Digest);

    const facts = await lookUpEcr(fake, asked, { cache });

    expect(ofKind(facts, 'presence').filter(({ is }) => is === 'gone')).toMatchObject([{ digest: images[7] }]);
    expect(callsOf('BatchGetImage')).toHaveLength(2);
    await rm(cache, { recursive: true });
  });

  it.each([
    [
      'ImageInaccessible',
      { status: 200, body: { images: [], failures: [{ imageId: { imageDigest: GONE }, failureCode: 'ImageInaccessible' }] } },
    ],
    ['AccessDeniedException', refusedBy('AccessDeniedException')],
    ['RepositoryNotFoundException', refusedBy('RepositoryNotFoundException')],
  ])('that is pulled is neither held nor gone where ECR says %s', async (_, answer) => {
    fake.reply(({ action }) => (action === 'BatchGetImage' ? answer : undefined));

    const facts = await lookUpEcr(fake, { digests: { [GONE]: ['tea/shop'] }, arePulled: true });

    expect(ofKind(facts, 'presence')).toEqual([]);
    expect(ofKind(facts, 'gap').length).toBeGreaterThan(0);
    expect(coveredIn(facts)).toEqual(['tag']);
  });

  it('that went away in the meantime leaves the others dated', async () => {
    const [image, other] = [fake.image('tea/shop'), fake.image('tea/shop', configOf({ author: 'cart' }))];
    fake.reply(({ action }) => {
      if (action === 'DescribeImages') fake.remove('tea/shop', other.digest);
      return undefined;
    });

    const facts = await lookUpEcr(fake, { digests: { [image.digest]: ['tea/shop'], [other.digest]: ['tea/shop'] } });

    const dated = (of: string) => ofKind(facts, 'manifest').find(({ digest }) => digest === of)?.pushedAt;
    expect(dated(image.digest)).toBeDefined();
    expect(dated(other.digest)).toBeUndefined();
  });

  it('R01 is refused where its bytes are not what its digest says', async () => {
    const image = fake.image('tea/shop');
    fake.reply(({ action }) =>
      action === 'BatchGetImage'
        ? { status: 200, body: { images: [{ imageId: { imageDigest: image.digest }, imageManifest: '{}' }], failures: [] } }
        : undefined,
    );

    const facts = await lookUpEcr(fake, { digests: { [image.digest]: ['tea/shop'] } });

    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'content', because: 'untrusted' }]);
  });

  it('has its blobs fetched from Amazon alone', async () => {
    const image = fake.image('tea/shop');
    fake.reply(({ action }) =>
      action === 'GetDownloadUrlForLayer'
        ? { status: 200, body: { downloadUrl: 'http://169.254.169.254/latest?token=s3cr3t' } }
        : undefined,
    );

    const facts = await lookUpEcr(fake, { digests: { [image.digest]: ['tea/shop'] } });

    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'content', because: 'untrusted' }]);
    expect(JSON.stringify(facts)).not.toContain('s3cr3t');
  });
});

describe('a tag in ECR', () => {
  it.each([
    [{ imageTagMutability: 'MUTABLE' }, [false, false]],
    [{ imageTagMutability: 'IMMUTABLE' }, [true, true]],
    [
      { imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION', imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'dev-*' }] },
      [false, true],
    ],
    [
      { imageTagMutability: 'MUTABLE_WITH_EXCLUSION', imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: '1.*' }] },
      [false, true],
    ],
  ])('can be moved, or not, as its repository says: %o', async (settings, immutable) => {
    const image = fake.image('tea/shop');
    for (const tag of ['1.4', 'dev-7']) fake.tag('tea/shop', tag, image.digest);
    fake.settings('tea/shop', settings);

    const facts = await lookUpEcr(fake, { tags: ['tea/shop:dev-7', 'tea/shop:1.4'] });

    const tags = ofKind(facts, 'tag').toSorted((a, b) => ((b.image.tag ?? '') < (a.image.tag ?? '') ? -1 : 1));
    expect(tags).toMatchObject([
      { image: { tag: 'dev-7' }, digest: image.digest, immutable: immutable[0] },
      { image: { tag: '1.4' }, digest: image.digest, immutable: immutable[1] },
    ]);
    expect(callsOf('BatchGetImage')).toHaveLength(1);
  });

  it('is not said to move, nor to stay, where ECR does not tell', async () => {
    const image = fake.image('tea/shop');
    fake.tag('tea/shop', '1.4', image.digest);
    fake.settings('tea/shop', { imageTagMutability: undefined });

    const facts = await lookUpEcr(fake, { tags: ['tea/shop:1.4'] });

    expect(ofKind(facts, 'tag').map(({ immutable }) => immutable)).toEqual([undefined]);
  });

  it('was pushed when its image was, where it cannot be moved', async () => {
    const image = fake.image('tea/shop');
    for (const repository of ['tea/shop', 'tea/cart']) fake.tag(repository, '1.4', image.digest);
    fake.put('tea/cart', manifestOf(image.config));
    fake.settings('tea/shop', { imageTagMutability: 'IMMUTABLE' });

    const facts = await lookUpEcr(fake, { tags: ['tea/shop:1.4', 'tea/cart:1.4'] });

    const pushedAt = (repository: string) => ofKind(facts, 'tag').find(({ image: of }) => of.repository === repository)?.pushedAt;
    expect([pushedAt('tea/shop'), pushedAt('tea/cart')]).toEqual(['2026-03-01T09:00:01.000Z', undefined]);
  });

  it('that is not there is one gap, with what to do', async () => {
    const image = fake.image('tea/shop');
    fake.tag('tea/shop', '1.4', image.digest);

    const facts = await lookUpEcr(fake, { tags: ['tea/shop:1.4', 'tea/shop:1.5'] });

    expect(ofKind(facts, 'tag')).toHaveLength(1);
    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'tag', because: 'not-found', hint: expect.stringContaining('tea/shop:1.5') }]);
    expect(coveredIn(facts)).toEqual(['content']);
  });

  it('may be read where it may not be said whether it can be moved', async () => {
    const image = fake.image('tea/shop');
    fake.tag('tea/shop', '1.4', image.digest);
    fake.reply(({ action }) => (action === 'DescribeRepositories' ? refusedBy('AccessDeniedException') : undefined));

    const facts = await lookUpEcr(fake, { tags: ['tea/shop:1.4'] });

    expect(ofKind(facts, 'tag').map(({ immutable }) => immutable)).toEqual([undefined]);
    expect(ofKind(facts, 'gap')).toMatchObject([
      { of: 'tag', because: 'forbidden', hint: expect.stringContaining('ecr:DescribeRepositories') },
    ]);
  });
});

/** A server that somebody else than ECR runs, or that is not well. */
async function listen(server: http.Server) {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, stop: () => new Promise((stopped) => server.close(stopped).closeAllConnections()) };
}

function drip(response: http.ServerResponse): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write(' '), 100);
  response.on('close', () => clearInterval(timer));
}

/** Hands out blank space a MiB at a time, as fast as it is taken: two hundred in all, so that what takes everything is seen to. */
function flood(response: http.ServerResponse, tell: () => void): void {
  const blank = ' '.repeat(1 << 20);
  const pieces = function* () {
    for (let piece = 0; piece < 200; piece++) {
      tell();
      yield blank;
    }
  };
  response.writeHead(200);
  pipeline(Readable.from(pieces()), response, () => undefined);
}

describe('ECR', () => {
  it('is asked for what the policy on its page allows, and for nothing else', async () => {
    const image = fake.image('tea/shop');
    fake.tag('tea/shop', '1.4', image.digest);
    const selection = { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 9 };
    fake.lifecycle('tea/shop', { rules: [{ rulePriority: 1, selection, action: { type: 'expire' } }] });
    const page = await readFile(new URL('../../src/sources/ecr.md', import.meta.url), 'utf8');
    const policy = JSON.parse(/```json\n([^]*?)```/.exec(page)?.[1] ?? '') as { Statement: readonly { Action: readonly string[] }[] };

    const asked = { digests: { [image.digest]: ['tea/shop'] }, tags: ['tea/shop:1.4'], arePulled: true };
    await lookUpEcr(fake, asked, { referrers: 'true' });

    // Amazon lets whoever may read an image list what refers to it (ECR API reference, ListImageReferrers, 2026).
    const permissions = fake.calls.map(({ action }) => `ecr:${action === 'ListImageReferrers' ? 'BatchGetImage' : action}`);
    expect([...new Set(permissions)].toSorted()).toEqual(policy.Statement[0]?.Action.toSorted());
  });

  it.each([
    ['AccessDeniedException', 'forbidden'],
    ['RepositoryNotFoundException', 'not-found'],
    ['ThrottlingException', 'rate-limited'],
    ['ExpiredTokenException', 'unauthenticated'],
    ['UnrecognizedClientException', 'unauthenticated'],
    ['ServerException', 'unreachable'],
  ])('answers %s: a gap says what to do, and no name of a role', async (type, because) => {
    const image = fake.image('tea/shop');
    fake.reply(() => refusedBy(type));

    const facts = await lookUpEcr(fake, { digests: { [image.digest]: ['tea/shop'] } });

    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'content', because }]);
    expect(JSON.stringify(facts)).not.toContain('secret-name');
  });

  it.each<[string, string, object]>([
    ['BatchGetImage', 'no lists', {}],
    ['BatchGetImage', 'no list of images', { failures: [] }],
    ['BatchGetImage', 'no list of failures', { images: [] }],
    ['BatchGetImage', 'lists without what it was asked for', { images: [], failures: [] }],
    ['DescribeImages', 'no list', {}],
    ['DescribeImages', 'a list without what it was asked for', { imageDetails: [] }],
    ['ListImageReferrers', 'no list', {}],
    ['DescribeRepositories', 'no list', {}],
    ['DescribeRepositories', 'a list without what it was asked for', { repositories: [] }],
    ['DescribeRepositories', 'a list of others', { repositories: [{ repositoryName: 'tea/cart', imageTagMutability: 'IMMUTABLE' }] }],
  ])('R23 answers %s with %s: a gap, with what to do', async (asked, _, body) => {
    const image = fake.image('tea/shop');
    fake.tag('tea/shop', '1.4', image.digest);
    fake.reply(({ action }) => (action === asked ? { status: 200, body } : undefined));

    const facts = await lookUpEcr(fake, { digests: { [image.digest]: ['tea/shop'] }, tags: ['tea/shop:1.4'] }, { referrers: 'true' });

    const gaps = ofKind(facts, 'gap').filter(({ because }) => because === 'malformed');
    expect(gaps).not.toEqual([]);
    expect(gaps.every(({ hint }) => /^Check that 127\.0\.0\.1|^ECR answers, and says nothing of /.test(hint ?? ''))).toBe(true);
    expect(ofKind(facts, 'tag').map(({ immutable }) => immutable)).not.toContain(true);
  });

  it.each<[string, object]>([
    ['no lists', {}],
    ['lists without it', { images: [], failures: [] }],
  ])('R23 says neither that a pulled image is held nor that it is gone by %s', async (_, body) => {
    const image = fake.image('tea/shop');
    fake.reply(({ action }) => (action === 'BatchGetImage' ? { status: 200, body } : undefined));

    const facts = await lookUpEcr(fake, { digests: { [image.digest]: ['tea/shop'] }, arePulled: true });

    expect(ofKind(facts, 'presence')).toEqual([]);
    expect(coveredIn(facts)).toEqual(['tag']);
  });

  it('is asked again where it is busy', async () => {
    const image = fake.image('tea/shop');
    fake.reply((_, nth) => (nth === 1 ? refusedBy('ThrottlingException') : undefined));

    const facts = await lookUpEcr(
      fake,
      { digests: { [image.digest]: ['tea/shop'] } },
      { edge: openEdge({ retries: 2, secrets: SECRETS }) },
    );

    expect(ofKind(facts, 'manifest')).toHaveLength(1);
  });

  it.each([
    ['signed itself', '127.0.0.1'],
    ['has the certificate of another host', 'evil.test'],
  ])('N09 N10 is sent nothing where who answers %s, whatever NODE_TLS_REJECT_UNAUTHORIZED says', async (_, host) => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    let requests = 0;
    const imposter = await listen(https.createServer(certificateFor(host), () => requests++));

    const facts = await lookUpEcr({ endpoint: `https://${imposter.host}` }, { digests: { [GONE]: ['tea/shop'] } });

    await imposter.stop();
    vi.unstubAllEnvs();
    expect(requests).toBe(0);
    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'content', because: 'untrusted', hint: expect.stringContaining('certificate') }]);
  });

  it.each<[string, http.RequestListener]>([
    ['takes a request and says nothing', () => undefined],
    ['begins an answer and stops', (_, response) => void response.writeHead(200).write('{')],
    ['drips an answer without end', (_, response) => drip(response)],
  ])('N15 is left where it %s', async (_, answer) => {
    const silent = await listen(http.createServer(answer));
    const warned = vi.spyOn(console, 'warn');

    const began = performance.now();
    const edge = openEdge({ secrets: SECRETS, timeoutMs: 500 });
    const facts = await lookUpEcr({ endpoint: `http://${silent.host}` }, { digests: { [GONE]: ['tea/shop'] } }, { edge });

    await silent.stop();
    expect(ofKind(facts, 'gap')).toMatchObject([
      { of: 'content', because: 'unreachable', hint: expect.stringMatching(/reached from here/) },
    ]);
    expect(performance.now() - began).toBeLessThan(30_000);
    expect(warned).not.toHaveBeenCalled();
  });

  it('is left where its answer does not end', async () => {
    let sentMiB = 0;
    const endless = await listen(http.createServer((_, response) => flood(response, () => sentMiB++)));

    const facts = await lookUpEcr({ endpoint: `http://${endless.host}` }, { digests: { [GONE]: ['tea/shop'] } });

    await endless.stop();
    expect(ofKind(facts, 'gap')).toMatchObject([
      { of: 'content', because: 'too-large', hint: expect.stringMatching(/more than 67108864 bytes/) },
    ]);
    expect(coveredIn(facts)).not.toContain('content');
    expect(sentMiB).toBeLessThan(100);
  });

  it('N15 is asked again where it took a request and said nothing, with as much time each time', async () => {
    let asked = 0;
    const gone = JSON.stringify({ __type: 'RepositoryNotFoundException' });
    const slow = await listen(http.createServer((_, response) => ++asked > 3 && response.writeHead(400).end(gone)));

    const edge = openEdge({ secrets: SECRETS, timeoutMs: 500, retries: 3 });
    const facts = await lookUpEcr({ endpoint: `http://${slow.host}` }, { digests: { [GONE]: ['tea/shop'] } }, { edge });

    await slow.stop();
    expect(ofKind(facts, 'gap')).toMatchObject([{ because: 'not-found' }]);
    expect(asked).toBeGreaterThan(3);
  });

  it('has its credentials struck out of everything', async () => {
    const edge = openEdge({ secrets: { ...SECRETS, AWS_SESSION_TOKEN: 'pot' } });

    await lookUpEcr(fake, { tags: ['tea/shop:1.4'] }, { edge });

    expect(edge.concealed).toEqual(expect.arrayContaining(['earl-grey-hot', 'pot']));
  });

  it.each([
    'registry.example.com',
    '210987654321.dkr.ecr.eu-west-1.amazonaws.com.evil.com',
    '21098765432.dkr.ecr.eu-west-1.amazonaws.com',
  ])('is not %s', (registry) => {
    expect(ecr.config.safeParse({ registry }).success).toBe(false);
  });

  it('is asked for nothing that is elsewhere, or that is left out', async () => {
    const facts = await lookUpEcr(fake, { digests: { [digestOf('tea')]: ['tea/shop'] } }, { repositories: ['coffee/*'] });

    expect(fake.calls).toEqual([]);
    expect(coveredIn(facts)).toEqual(['tag']);
  });
});
