import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NamedLayer, openLayerReader } from '../../../src/clients/layers/layer-reader.ts';
import { LAYER_LIMITS, type LayerLimits, openAllowance } from '../../../src/clients/layers/limits.ts';
import type { LayerEntry } from '../../../src/domain/layer.ts';
import { type FakeLayer, layerOf, type Part, tarOf } from '../../fakes/layer.ts';
import { digestOf } from '../../fakes/registry.ts';

const namedBy = ({ diffId, digest, size }: FakeLayer): NamedLayer => ({ diffId, blob: { digest, size } });

/** Reads a layer that comes in pieces of so many bytes. */
async function read(body: Buffer, layer: NamedLayer, limits: Partial<LayerLimits> = {}, pieceBytes = 1000): Promise<readonly LayerEntry[]> {
  const reader = openLayerReader(layer, openAllowance({ ...LAYER_LIMITS, ...limits }));
  const feed = async () => {
    for (let at = 0; at < body.length; at += pieceBytes) await reader.push(body.subarray(at, at + pieceBytes));
    reader.end();
  };
  const [contents] = await Promise.all([reader.contents, feed()]);
  return contents.entries;
}
const readParts = async (parts: readonly Part[], limits: Partial<LayerLimits> = {}) => {
  const layer = layerOf(await tarOf(parts));
  return read(layer.body, namedBy(layer), limits);
};
const readTar = (tar: Buffer) => read(tar, { diffId: digestOf(tar) });

const shop: readonly Part[] = [
  [{ name: 'srv/', type: 'directory', mode: 0o755 }],
  [{ name: './srv/shop.js', mode: 0o644, uid: 1000, gid: 100 }, 'serve();'],
  [{ name: '/srv/latest', type: 'symlink', linkname: 'shop.js' }],
  [{ name: 'srv/copy.js', type: 'link', linkname: './srv/shop.js' }],
  [{ name: 'dev/null', type: 'character-device', devmajor: 1, devminor: 3 }],
  [{ name: 'srv/.wh.old.js' }],
  [{ name: 'srv/cache/.wh..wh..opq' }],
  [{ name: 'bin/ping', pax: { 'SCHILY.xattr.security.capability': 'net_raw' } }, 'ping'],
  [{ name: `srv/${'deep/'.repeat(40)}leaf` }, 'leaf'],
];

describe('a layer', () => {
  it('is its headers, and what its files hash to', async () => {
    const entries = await readParts(shop);

    expect(entries).toMatchObject([
      { path: 'srv', type: 'directory', mode: 0o755 },
      {
        path: 'srv/shop.js',
        type: 'file',
        uid: 1000,
        gid: 100,
        size: 8,
        sha256: createHash('sha256').update('serve();').digest('hex'),
        mtime: '1772355600',
      },
      { path: 'srv/latest', type: 'symlink', link: 'shop.js', sha256: '' },
      { path: 'srv/copy.js', type: 'link', link: 'srv/shop.js' },
      { path: 'dev/null', type: 'character-device', device: '1:3' },
      { path: 'srv/old.js', type: 'whiteout' },
      { path: 'srv/cache', type: 'opaque' },
      { path: 'bin/ping', more: '[["SCHILY.xattr.security.capability","net_raw"]]' },
      { path: `srv/${'deep/'.repeat(40)}leaf`, size: 4 },
    ]);
  });

  it.each(['gzip', 'zstd', 'none'] as const)('is the same however it is packed and however it arrives: %s', async (how) => {
    const layer = layerOf(await tarOf(shop), how);
    const whole = await read(layer.body, namedBy(layer), {}, 1_000_000);

    expect(await read(layer.body, namedBy(layer), {}, 7)).toEqual(whole);
    expect(whole).toEqual(await readParts(shop));
  });

  it.each([
    ['gzip', gzipSync],
    ['Zstandard', zstdCompressSync],
  ] as const)('may be several members of %s, as layers for lazy pulling are', async (_, pack) => {
    const tar = await tarOf(shop);
    const body = Buffer.concat([pack(tar.subarray(0, 700)), pack(tar.subarray(700))]);

    expect(await read(body, { diffId: digestOf(tar), blob: { digest: digestOf(body), size: body.length } })).toHaveLength(shop.length);
  });

  it.each([
    1, 5, 1000,
  ])('may hold frames of Zstandard that are to be skipped, as zstd:chunked does, in pieces of %i bytes', async (pieceBytes) => {
    const tar = await tarOf(shop);
    const skipped = Buffer.from('502a4d1804000000deadbeef', 'hex');
    const frames = [0, 1, 2].map((nth) => zstdCompressSync(tar.subarray(nth * 1500, nth === 2 ? tar.length : (nth + 1) * 1500)));
    const body = Buffer.concat([skipped, ...frames.flatMap((frame) => [frame, skipped])]);
    const layer = { diffId: digestOf(tar), blob: { digest: digestOf(body), size: body.length } };

    expect(await read(body, layer, {}, pieceBytes)).toHaveLength(shop.length);
    await expect(read(body.subarray(0, -3), { diffId: layer.diffId }, {}, pieceBytes)).rejects.toMatchObject({ because: 'malformed' });
  });

  it('is read as others read it, whatever is in it', async () => {
    const name = fc.stringMatching(/^[a-zé]{1,40}(\/[a-zé]{1,40}){0,6}$/);
    const part = fc.tuple(name, fc.string({ maxLength: 1500 })).map(([path, body]): Part => [{ name: path }, body]);
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), fc.integer({ min: 1, max: 2000 }), async (parts, pieceBytes) => {
        const layer = layerOf(await tarOf(parts));

        const entries = await read(layer.body, namedBy(layer), {}, pieceBytes);

        expect(entries.map(({ path, size, sha256 }) => [path, size, sha256])).toEqual(
          parts.map(([header, body = '']) => [header.name, Buffer.byteLength(body), digestOf(body).slice(7)]),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('R01 is not believed where its packed bytes are not what their digest says', async () => {
    const layer = layerOf(await tarOf(shop));

    await expect(read(layer.body, { ...namedBy(layer), blob: { digest: digestOf('poison'), size: 6 } })).rejects.toMatchObject({
      because: 'untrusted',
    });
  });

  it('R01 is not believed where its bytes are not what the config says', async () => {
    const layer = layerOf(await tarOf(shop));

    await expect(read(layer.body, { ...namedBy(layer), diffId: digestOf('poison') })).rejects.toMatchObject({ because: 'untrusted' });
  });

  it('is malformed where it is cut, or is no tar file', async () => {
    const layer = layerOf(await tarOf(shop));
    const cut = layer.body.subarray(0, -20);

    await expect(read(cut, { ...namedBy(layer), blob: { digest: digestOf(cut), size: cut.length } })).rejects.toMatchObject({
      because: 'malformed',
    });
    await expect(readTar(Buffer.from('leaf'.repeat(1000)))).rejects.toMatchObject({ because: 'malformed' });
    await expect(readTar(layer.tar.subarray(0, 1300))).rejects.toMatchObject({ because: 'malformed' });
  });
});

describe('a bomb', () => {
  it.each<[string, Partial<LayerLimits>]>([
    ['of many entries', { entries: 8 }],
    ['of long names', { nameBytes: 100 }],
    ['of one large entry', { entryBytes: 7 }],
    ['of many bytes', { totalBytes: 4000 }],
    ['that is small when packed', { ratio: 2, ratioFromBytes: 100 }],
  ])('%s is left', async (_, limits) => {
    await expect(readParts(shop, limits)).rejects.toMatchObject({ because: 'too-large' });
  });

  it('is left before all of it is unpacked', async () => {
    const body = gzipSync(Buffer.alloc(512 * 1024 * 1024));
    const start = performance.now();

    await expect(read(body, { diffId: digestOf('bomb') })).rejects.toMatchObject({ because: 'too-large' });
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

/** The tar file with one header written anew, and its sum with it. */
function rewritten(tar: Buffer, at: number, write: (block: Buffer) => void): Buffer {
  const copy = Buffer.from(tar);
  const block = copy.subarray(at, at + 512);
  write(block);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return copy;
}

const flagged = (tar: Buffer, at: number, flag: string) => rewritten(tar, at, (block) => block.write(flag, 156, 'latin1'));
const one = await tarOf([[{ name: 'srv/shop.js' }, 'serve();']]);
const two = await tarOf([
  [{ name: 'srv/note' }, '20 path=srv/evil.js\n'],
  [{ name: 'srv/shop.js' }, 'serve();'],
]);
const linked = await tarOf([[{ name: 'srv/copy.js', type: 'link', linkname: 'srv/shop.js' }]]);

describe('what unpackers read in different ways', () => {
  it.each<[string, Buffer]>([
    ['it goes on after its end', Buffer.concat([one, two])],
    ['a lone block of zeros is followed by an entry', Buffer.concat([one.subarray(0, 1024), Buffer.alloc(512), two])],
    ['a header has a wrong sum', Buffer.concat([Buffer.from('x'), one.subarray(1)])],
    ['a global header names the entries', flagged(two, 0, 'g')],
    ['an entry is named by two extended headers', Buffer.concat([flagged(two, 0, 'x').subarray(0, 1024), flagged(two, 0, 'L')])],
    ['an extended header is the last', flagged(two, 0, 'x').subarray(0, 1024)],
    ['an extended header is broken', flagged(two, 0, 'x').fill('9', 512, 514)],
    ['a link has bytes', rewritten(linked, 0, (block) => block.write('00000001000', 124, 'latin1'))],
    ['a type is not known', flagged(one, 0, 'S')],
    ['a file is named as a folder is', rewritten(one, 0, (block) => block.write('srv/shop.js/', 0, 'latin1'))],
    ['a size is below zero', rewritten(one, 0, (block) => block.fill(0xff, 124, 136))],
    ['a size is no number', rewritten(one, 0, (block) => block.write('leaf', 124, 'latin1'))],
    ['a header is of an old kind', rewritten(one, 0, (block) => block.fill(0, 257, 265))],
    ['a name is empty', rewritten(one, 0, (block) => block.fill(0, 0, 100))],
  ])('is not read: %s', async (_, tar) => {
    await expect(readTar(tar)).rejects.toMatchObject({ because: 'malformed', hint: expect.stringContaining('build the image again') });
  });

  it.each(['../../etc/passwd', 'srv/../../etc/passwd', '/..'])('nor is an entry called %s, which leads out of the image', async (name) => {
    await expect(readParts([[{ name }, 'leaf']])).rejects.toMatchObject({ because: 'untrusted', message: expect.stringContaining(name) });
  });

  it('nor is a link that leads out of the image; a symbolic link is text', async () => {
    await expect(readParts([[{ name: 'leaf', type: 'link', linkname: '../../etc/passwd' }]])).rejects.toMatchObject({
      because: 'untrusted',
    });
    expect(await readParts([[{ name: 'leaf', type: 'symlink', linkname: '../../etc/passwd' }]])).toMatchObject([
      { link: '../../etc/passwd' },
    ]);
  });

  it('is told apart where names are no text', async () => {
    const named = (byte: number) => rewritten(one, 0, (block) => block.fill(byte, 4, 5));

    const paths = [(await readTar(named(0xe9)))[0]?.path, (await readTar(named(0xe8)))[0]?.path];

    expect(paths).toEqual(['srv/\udce9hop.js', 'srv/\udce8hop.js']);
  });
});
