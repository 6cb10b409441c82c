import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../../src/collect/define-source.ts';
import { configOf, type FakeRegistry, lookUp, sendJson, startRegistry } from '../../fakes/registry.ts';

const GONE = `sha256:${'9'.repeat(64)}`;
const TAGS = '/v2/tea/shop/tags/list';

let registry: FakeRegistry;

beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.stop());

const ofKind = <K extends Seen['kind']>(facts: readonly Seen[], kind: K) =>
  facts.filter((fact): fact is Extract<Seen, { kind: K }> => fact.kind === kind);
const pulled = (digest: string, config: object = {}) =>
  lookUp(registry, { digests: { [digest]: ['tea/shop'] }, arePulled: true }, config as Record<string, unknown>);
/** What the registry answers where it has no such manifest, and to who lists its tags. */
const answering = (status: number, body: object, tags: object) =>
  registry.reply((request, response) => {
    if (request.url?.startsWith(TAGS)) return sendJson(response, 200, tags);
    return request.url?.includes('/manifests/') && sendJson(response, status, body);
  });

const UNKNOWN = { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] };
const LISTED = { name: 'tea/shop', tags: ['1.4'] };

describe('an image that is pulled', () => {
  it('is held where it was just handed out, without another request', async () => {
    const image = registry.image('tea/shop');

    const facts = await pulled(image.digest);

    expect(ofKind(facts, 'presence')).toMatchObject([
      { digest: image.digest, image: { registry: registry.host, repository: 'tea/shop' }, is: 'held' },
    ]);
    expect(registry.requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  it('is asked for by a HEAD where it is kept on disk: what is kept says nothing of the registry', async () => {
    const cache = await mkdtemp(path.join(tmpdir(), 'selfsame-'));
    const image = registry.image('tea/shop');
    await pulled(image.digest, { cache });
    registry.requests.length = 0;

    const facts = await pulled(image.digest, { cache });

    expect(ofKind(facts, 'presence')).toMatchObject([{ is: 'held' }]);
    expect(registry.requests.map(({ method, path: at }) => `${method} ${at}`)).toEqual([`HEAD /v2/tea/shop/manifests/${image.digest}`]);
    await rm(cache, { recursive: true });
  });

  it('is gone where it is kept on disk, and the registry does not know it any more', async () => {
    const cache = await mkdtemp(path.join(tmpdir(), 'selfsame-'));
    const image = registry.image('tea/shop');
    await pulled(image.digest, { cache });
    answering(404, UNKNOWN, LISTED);

    const facts = await pulled(image.digest, { cache });

    expect(ofKind(facts, 'presence')).toMatchObject([{ digest: image.digest, is: 'gone' }]);
    expect(ofKind(facts, 'manifest')).toHaveLength(1);
    expect(ofKind(facts, 'coverage').map(({ of }) => of)).toEqual(['content', 'tag']);
    await rm(cache, { recursive: true });
  });

  it('is gone where the registry handed out another image of the repository to the same login', async () => {
    const image = registry.image('tea/shop');

    const facts = await lookUp(registry, { digests: { [image.digest]: ['tea/shop'], [GONE]: ['tea/shop'] }, arePulled: true });

    const seen = Object.fromEntries(ofKind(facts, 'presence').map(({ digest, is }) => [digest, is]));
    expect(seen).toEqual({ [GONE]: 'gone', [image.digest]: 'held' });
    expect(registry.requests.filter(({ path: at }) => at === TAGS)).toEqual([]);
    expect(ofKind(facts, 'gap')).toMatchObject([{ because: 'not-found', hint: expect.stringContaining(`no longer holds ${GONE}`) }]);
  });

  it('is asked for in every repository that it is pulled from', async () => {
    const image = registry.image('tea/shop');
    registry.image('tea/attic', configOf({ author: 'attic' }), '1.4');
    registry.reply((request, response) =>
      request.url?.startsWith('/v2/tea/attic/tags/list') ? sendJson(response, 200, { name: 'tea/attic', tags: ['1.4'] }) : false,
    );

    const facts = await lookUp(registry, { digests: { [image.digest]: ['tea/attic', 'tea/shop'] }, arePulled: true });

    expect(ofKind(facts, 'presence').map(({ image: { repository }, is }) => [repository, is])).toEqual([
      ['tea/attic', 'gone'],
      ['tea/shop', 'held'],
    ]);
  });

  it.each([
    ['the repository lists no tag to this login', 404, UNKNOWN, { name: 'tea/shop', tags: null }],
    ['the tags are of another repository', 404, UNKNOWN, { name: 'tea/other', tags: ['1.4'] }],
    ['the repository itself is unknown', 404, { errors: [{ code: 'NAME_UNKNOWN' }] }, LISTED],
    ['the registry says nothing of manifests', 404, { errors: [{ code: 'NOT_FOUND' }] }, LISTED],
    ['what answers speaks another language', 404, { message: 'Not Found' }, LISTED],
    ['both are said', 404, { errors: [{ code: 'MANIFEST_UNKNOWN' }, { code: 'DENIED' }] }, LISTED],
    ['the login may not pull', 403, UNKNOWN, LISTED],
    ['the registry fails', 500, UNKNOWN, LISTED],
    ['somebody answers with a page', 200, {}, LISTED],
  ])('is neither held nor gone where %s, and that is a gap', async (_, status, body, tags) => {
    answering(status, body, tags);

    const facts = await pulled(GONE);

    expect(ofKind(facts, 'presence')).toEqual([]);
    expect(ofKind(facts, 'gap').length).toBeGreaterThan(0);
    expect(ofKind(facts, 'coverage').map(({ of }) => of)).toEqual(['tag']);
  });

  it('is neither where its digest is kept and the registry refuses now', async () => {
    const cache = await mkdtemp(path.join(tmpdir(), 'selfsame-'));
    const image = registry.image('tea/shop');
    await pulled(image.digest, { cache });
    answering(403, {}, LISTED);

    const facts = await pulled(image.digest, { cache });

    expect(ofKind(facts, 'presence')).toEqual([]);
    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'content', because: 'forbidden' }]);
    await rm(cache, { recursive: true });
  });
});
