import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CacheKey, openContentCache } from '../../../src/clients/oci/cache.ts';
import { cacheFolder } from '../../../src/clients/own-files.ts';
import type { Digest } from '../../../src/domain/digest.ts';
import { openEdge } from '../../fakes/edge.ts';
import { configOf, digestOf, type FakeRegistry, lookUp, OCI_MANIFEST, startRegistry } from '../../fakes/registry.ts';

const MIB = 1024 * 1024;
const tea = Buffer.from('{"tea":"Assam"}');
const keyOf = (body: Buffer | string, repository = 'tea/shop'): CacheKey => ({
  registry: 'registry.test',
  repository,
  is: 'manifest',
  digest: digestOf(body),
});

let home: string;
let folder: string;
let registry: FakeRegistry;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'selfsame-'));
  folder = path.join(home, 'content');
  registry = await startRegistry();
});
afterEach(async () => {
  await registry.stop();
  await rm(home, { recursive: true });
});

async function onlyFile(): Promise<string> {
  const [name = '', ...more] = await readdir(folder);
  expect(more).toEqual([]);
  return path.join(folder, name);
}

describe('content that was once read', () => {
  it('is asked for once in a lifetime; what a tag names is asked every time', async () => {
    const shop = registry.image('tea/shop', configOf(), 'spring');
    const index = registry.index('tea/shop', [{ ...shop, mediaType: OCI_MANIFEST }]);
    const asked = { digests: { [index.digest]: ['tea/shop'] }, tags: ['tea/shop:spring'] };
    const first = await lookUp(registry, asked, { cache: folder });
    registry.requests.length = 0;

    const second = await lookUp(registry, asked, { cache: folder });

    expect(second).toEqual(first);
    expect(registry.requests.map(({ method, path: at }) => `${method} ${at}`)).toEqual(['HEAD /v2/tea/shop/manifests/spring']);
  });

  it('is asked for once, be it a thousand images', async () => {
    const images = Array.from({ length: 1000 }, (_, nth) => registry.image('tea/shop', configOf({ author: `${nth}` })).digest);
    const asked = { digests: Object.fromEntries(images.map((digest) => [digest, ['tea/shop']])) };
    const first = await lookUp(registry, asked, { cache: folder });
    const cold = registry.requests.length;

    const second = await lookUp(registry, asked, { cache: folder });

    expect(second).toEqual(first);
    expect([cold, registry.requests.length - cold]).toEqual([2000, 0]);
  });

  it('is asked for nowhere else either, though it was not where it was looked for first', async () => {
    const shop = registry.image('tea/shop');
    const asked = { digests: { [shop.config.digest]: ['tea/archive', 'tea/shop'] } };
    const first = await lookUp(registry, asked, { cache: folder });
    registry.requests.length = 0;

    const second = await lookUp(registry, asked, { cache: folder });

    expect(second).toEqual(first);
    expect(registry.requests).toEqual([]);
  });

  it('says nothing of another repository, nor of what is not there', async () => {
    const shop = registry.image('tea/shop');
    await lookUp(registry, { digests: { [shop.digest]: ['tea/shop'] } }, { cache: folder });
    registry.requests.length = 0;

    const facts = [await lookUp(registry, { digests: { [shop.digest]: ['tea/copy'] } }, { cache: folder })];
    facts.push(await lookUp(registry, { digests: { [shop.digest]: ['tea/copy'] } }, { cache: folder }));

    expect(facts.map(([fact]) => fact)).toMatchObject([{ kind: 'gap' }, { kind: 'gap' }]);
    expect(registry.requests).toHaveLength(4);
  });

  it('is not kept where the cache is off', async () => {
    const shop = registry.image('tea/shop');
    const asked = { digests: { [shop.digest]: ['tea/shop'] } };
    await lookUp(registry, asked, { cache: 'off' });

    await lookUp(registry, asked, { cache: 'off' });

    expect(registry.requests).toHaveLength(4);
  });

  it('R01 is not kept where the bytes are not what the digest says', async () => {
    const shop = registry.image('tea/shop');
    registry.reply((_, response) => {
      response.writeHead(200, { 'content-type': OCI_MANIFEST }).end('{}');
      return true;
    });

    const facts = await lookUp(registry, { digests: { [shop.digest]: ['tea/shop'] } }, { cache: folder });

    expect(facts).toMatchObject([
      { kind: 'gap', because: 'untrusted' },
      { kind: 'coverage', of: 'tag' },
    ]);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a cache', () => {
  it('keeps bytes and their type, for its owner alone', async () => {
    const cache = await openContentCache({ folder, limitBytes: MIB });
    await cache.put(keyOf(tea), { body: tea, mediaType: OCI_MANIFEST });

    const found = await cache.get(keyOf(tea));

    expect(found).toEqual({ body: tea, mediaType: OCI_MANIFEST });
    expect((await lstat(folder)).mode & 0o777).toBe(0o700);
    expect((await lstat(await onlyFile())).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['holds other bytes', (file: string) => writeFile(file, 'x\n{"tea":"Ceylon"}')],
    ['was cut', (file: string) => truncate(file, 5)],
    ['is empty', (file: string) => truncate(file, 0)],
    [
      'calls its bytes another type',
      async (file: string) => writeFile(file, (await readFile(file, 'utf8')).replace('application', 'text')),
    ],
  ])('F02 removes an entry that %s, and it is asked for again', async (_, spoil) => {
    const shop = registry.image('tea/shop');
    const asked = { digests: { [shop.digest]: ['tea/shop'] } };
    const first = await lookUp(registry, asked, { cache: folder });
    for (const name of await readdir(folder)) await spoil(path.join(folder, name));
    registry.requests.length = 0;

    const second = await lookUp(registry, asked, { cache: folder });
    const third = await lookUp(registry, asked, { cache: folder });

    expect([second, third]).toEqual([first, first]);
    expect(registry.requests).toHaveLength(2);
  });

  it('F02 reads through no link', async () => {
    const cache = await openContentCache({ folder, limitBytes: MIB });
    await cache.put(keyOf(tea), { body: tea, mediaType: '' });
    const file = await onlyFile();
    const elsewhere = path.join(home, 'elsewhere');
    await writeFile(elsewhere, await readFile(file));
    await rm(file);
    await symlink(elsewhere, file);

    const found = await cache.get(keyOf(tea));
    await cache.put(keyOf(tea), { body: tea, mediaType: OCI_MANIFEST });

    expect(found).toBeUndefined();
    expect((await lstat(file)).isSymbolicLink()).toBe(false);
    expect(await readFile(elsewhere, 'utf8')).not.toContain(OCI_MANIFEST);
  });

  it('F02 is refused in a folder that is a link, or that others may write to', async () => {
    const others = path.join(home, 'others');
    await mkdir(others);
    await chmod(others, 0o777);
    await symlink(home, folder);

    const opened = await Promise.allSettled([folder, others].map((one) => openContentCache({ folder: one, limitBytes: MIB })));

    expect(opened).toMatchObject([
      { reason: { code: 'CONFIG_INVALID' } },
      { reason: { code: 'CONFIG_INVALID', hint: expect.stringContaining('cache: off') } },
    ]);
  });

  it('R12 never makes a path of what a digest or a name says', async () => {
    const cache = await openContentCache({ folder, limitBytes: MIB });
    const hostile = { ...keyOf(tea, '../../etc/passwd'), registry: '../..' };
    await cache.put(hostile, { body: tea, mediaType: '' });
    await cache.put({ ...hostile, digest: 'md5:../../evil' as Digest }, { body: tea, mediaType: '' });

    const found = [await cache.get(hostile), await cache.get({ ...hostile, digest: 'sha256:../../evil' as Digest })];

    expect(found).toEqual([{ body: tea, mediaType: '' }, undefined]);
    expect(await readdir(home)).toEqual(['content']);
    expect(path.basename(await onlyFile())).toMatch(/^manifest-sha256-[0-9a-f]{64}-[0-9a-f]{32}$/);
  });

  it('lets go of the oldest where it is full', async () => {
    const cache = await openContentCache({ folder, limitBytes: 10_000 });
    const bodies = ['Assam', 'Ceylon', 'Darjeeling'].map((name) => Buffer.from(name.padEnd(4000)));
    for (const [nth, body] of bodies.entries()) {
      await cache.put(keyOf(body), { body, mediaType: '' });
      for (const name of (await readdir(folder)).filter((file) => file.includes(keyOf(body).digest.slice(7))))
        await utimes(path.join(folder, name), nth, nth);
    }

    const found = await Promise.all(bodies.map((body) => cache.get(keyOf(body))));

    expect(found.map((one) => one?.body.toString().trim())).toEqual([undefined, 'Ceylon', 'Darjeeling']);
  });

  it('counts what an earlier run left', async () => {
    await mkdir(folder, { mode: 0o700 });
    await writeFile(path.join(folder, 'left-by-an-older-version'), Buffer.alloc(20_000));
    await utimes(path.join(folder, 'left-by-an-older-version'), 1, 1);
    const cache = await openContentCache({ folder, limitBytes: 10_000 });

    await cache.put(keyOf(tea), { body: tea, mediaType: '' });

    expect(await cache.get(keyOf(tea))).toBeDefined();
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('may be written to by many at once', async () => {
    const caches = await Promise.all([1, 2, 3, 4].map(() => openContentCache({ folder, limitBytes: MIB })));
    const bodies = Array.from({ length: 25 }, (_, nth) => Buffer.from(`tea ${nth}`));

    await Promise.all(caches.flatMap((cache) => bodies.map((body) => cache.put(keyOf(body), { body, mediaType: OCI_MANIFEST }))));

    const found = await Promise.all(bodies.map(async (body) => caches[0]?.get(keyOf(body))));
    expect(found.map((one) => one?.body)).toEqual(bodies);
    expect(await readdir(folder)).toHaveLength(bodies.length);
  });

  it('lies in the cache folder of its user', () => {
    const edge = openEdge({ secrets: { XDG_CACHE_HOME: '/var/cache/tea' } });

    expect(cacheFolder(edge, 'content')).toBe('/var/cache/tea/selfsame/content');
    expect(cacheFolder(openEdge(), 'content')).toMatch(/\/\.cache\/selfsame\/content$/);
  });

  it('is done without where nobody named a folder and none can be made', async () => {
    const shop = registry.image('tea/shop');
    await writeFile(path.join(home, 'file'), '');
    const edge = openEdge({ secrets: { XDG_CACHE_HOME: path.join(home, 'file') } });

    const facts = await lookUp(registry, { digests: { [shop.digest]: ['tea/shop'] } }, { cache: undefined, edge });

    expect(facts.filter(({ kind }) => kind === 'coverage')).toHaveLength(2);
  });
});
