import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { readImageFile } from '../../src/clients/image-files.ts';
import { configOf, digestOf, manifestOf, OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../fakes/registry.ts';

let folder = '';

beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'selfsame-')), 'Tea_Shop');
  await mkdir(path.join(folder, 'blobs/sha256'), { recursive: true });
});

const sha256 = (body: string) => createHash('sha256').update(body).digest('hex');
const blob = (digest: string) => path.join(folder, 'blobs/sha256', digest.replace('sha256:', ''));

async function put(content: object | string, mediaType: string) {
  const body = typeof content === 'string' ? content : JSON.stringify(content);
  const digest = digestOf(body);
  await writeFile(blob(digest), body);
  return { mediaType, digest, size: Buffer.byteLength(body) };
}

async function image(changed: object = {}) {
  const config = await put(configOf(changed), OCI_CONFIG);
  return { ...(await put(manifestOf(config), OCI_MANIFEST)), config };
}

const named = (name: string) => ({ annotations: { 'org.opencontainers.image.ref.name': name } });
const writeIndex = (manifests: readonly object[]) =>
  writeFile(path.join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));

describe('an OCI image layout', () => {
  it('of one image needs no tag', async () => {
    const { config, ...manifest } = await image();
    await writeIndex([manifest]);

    const { root, seen } = await readImageFile(`oci:${folder}`);

    expect(root).toBe(manifest.digest);
    const expected = [
      { kind: 'config', digest: config.digest, locator: blob(config.digest) },
      { kind: 'manifest', digest: manifest.digest, config: config.digest, image: { registry: 'localhost', repository: 'tea-shop' } },
    ];
    expect(seen).toMatchObject(expected.toSorted((a, b) => (a.digest < b.digest ? -1 : 1)));
  });

  it('of many images has one read by its tag, with everything under it', async () => {
    const [amd64, arm64] = [await image(), await image({ architecture: 'arm64' })];
    const members = [amd64, arm64].map(({ config: _, ...member }) => member);
    const index = await put({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: members }, OCI_INDEX);
    await writeIndex([
      { ...amd64, ...named('tea:spring') },
      { ...index, ...named('tea:all') },
    ]);

    const { root, seen } = await readImageFile(`oci:${folder}:all`);

    expect(root).toBe(index.digest);
    expect(seen.map(({ kind }) => kind).toSorted()).toEqual(['config', 'config', 'index', 'manifest', 'manifest']);
    expect((await readImageFile(`oci:${folder}:tea:spring`)).root).toBe(amd64.digest);
    await expect(readImageFile(`oci:${folder}`)).rejects.toMatchObject({ code: 'USAGE', hint: 'Name one of them: tea:spring, tea:all.' });
    await expect(readImageFile(`oci:${folder}:autumn`)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('R01 with a blob that is not what its name says is refused', async () => {
    const { config, ...manifest } = await image();
    await writeIndex([manifest]);
    await writeFile(blob(config.digest), JSON.stringify(configOf({ os: 'bsds0' })).slice(0, config.size));

    await expect(readImageFile(`oci:${folder}`)).rejects.toMatchObject({ because: 'untrusted' });
  });

  it('is refused where a file or a folder in it leads elsewhere', async () => {
    const { config, ...manifest } = await image();
    await writeIndex([manifest]);
    await rename(blob(config.digest), `${folder}-elsewhere`);
    await symlink(`${folder}-elsewhere`, blob(config.digest));
    await expect(readImageFile(`oci:${folder}`)).rejects.toMatchObject({ because: 'untrusted' });

    await rename(path.join(folder, 'blobs'), `${folder}-blobs`);
    await symlink(`${folder}-blobs`, path.join(folder, 'blobs'));
    await expect(readImageFile(`oci:${folder}`)).rejects.toMatchObject({ because: 'untrusted' });
  });

  it('that lacks a file, or is not there, is named with what to give', async () => {
    await writeIndex([{ mediaType: OCI_MANIFEST, digest: digestOf('nothing'), size: 1 }]);

    await expect(readImageFile(`oci:${folder}`)).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining('whole OCI image layout'),
    });
    await expect(readImageFile(`oci:${folder}-2`)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it.each(['sha256:../../../../etc/passwd', 'sha256:ABC'])('R12 is refused for the digest %s', async (digest) => {
    await writeIndex([{ mediaType: OCI_MANIFEST, digest, size: 1 }]);

    await expect(readImageFile(`oci:${folder}`)).rejects.toMatchObject({ because: 'malformed' });
  });
});

describe('an archive of docker save', () => {
  const config = JSON.stringify(configOf());
  const digest = digestOf(config);
  const name = `${sha256(config)}.json`;
  type Part = [Partial<Header> & { name: string }, string?];

  const manifestJson = (changed: object = {}): Part => [
    { name: 'manifest.json' },
    JSON.stringify([{ Config: name, RepoTags: ['tea.test/shop:spring'], Layers: ['a/layer.tar'], ...changed }]),
  ];

  async function archive(parts: readonly Part[], change: (bytes: Buffer) => Buffer = (bytes) => bytes): Promise<string> {
    const tar = pack();
    for (const [header, body = ''] of parts) tar.entry(header, body);
    tar.finalize();
    const file = path.join(folder, 'tea.tar');
    await writeFile(file, change(await buffer(tar)));
    return `docker-archive:${file}`;
  }

  it.each([
    ['with its layers as they are', 'a/layer.tar', [[{ name: 'a/layer.tar' }, 'layer']]],
    [
      'with layers by links',
      'b/layer.tar',
      [[{ name: 'c.tar' }, 'layer'], [{ name: 'b/layer.tar', type: 'symlink', linkname: '../c.tar' }]],
    ],
    ['with compressed layers', `blobs/sha256/${sha256('squeezed')}`, [[{ name: `blobs/sha256/${sha256('squeezed')}` }, 'squeezed']]],
  ] as [string, string, Part[]][])('%s is its config', async (_, layer, parts) => {
    const file = await archive([...parts, [{ name }, config], manifestJson({ Layers: [layer] })]);

    const { root, seen } = await readImageFile(`${file}:spring`);

    expect(root).toBe(digest);
    expect(seen).toMatchObject([
      { kind: 'config', digest, platform: 'linux/amd64', locator: `${file.replace('docker-archive:', '')}!/${name}` },
    ]);
  });

  it.each([
    ['another layer', [[{ name: 'a/layer.tar' }, 'poison'], [{ name }, config], manifestJson()], 'untrusted'],
    ['no layer', [[{ name }, config], manifestJson()], 'untrusted'],
    [
      'a config that is not what its name says',
      [[{ name: 'a/layer.tar' }, 'layer'], [{ name }, config.replace('linux', 'plan9')], manifestJson()],
      'untrusted',
    ],
    ['no config', [manifestJson()], 'malformed'],
    ['one file twice', [manifestJson(), manifestJson({ Config: 'other.json' })], 'malformed'],
    ['a config that is a link', [[{ name, type: 'symlink', linkname: '/etc/passwd' }], manifestJson()], 'malformed'],
    ['a manifest without end', [[{ name: 'manifest.json' }, ' '.repeat(8 * 1024 * 1024 + 1)]], 'too-large'],
  ] as [string, Part[], string][])('with %s is refused', async (_, parts, because) => {
    await expect(readImageFile(await archive(parts))).rejects.toMatchObject({ because });
  });

  it('that was cut, squeezed, or is none is refused', async () => {
    const parts: Part[] = [[{ name: 'a/layer.tar' }, 'layer'], [{ name }, config], manifestJson()];

    await expect(readImageFile(await archive(parts, (bytes) => bytes.subarray(0, 700)))).rejects.toMatchObject({ because: 'malformed' });
    await expect(readImageFile(await archive(parts, (bytes) => gzipSync(bytes)))).rejects.toMatchObject({
      hint: expect.stringContaining('gunzip'),
    });
    await expect(readImageFile(await archive([[{ name: 'leaf' }, 'leaf']]))).rejects.toMatchObject({
      hint: expect.stringContaining('docker save'),
    });
    await expect(readImageFile(`docker-archive:${folder}`)).rejects.toMatchObject({ code: 'USAGE' });
    await expect(readImageFile(`docker-archive:${folder}/none.tar`)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('of many images has one read by its tag', async () => {
    const two = JSON.stringify([
      { Config: name, RepoTags: ['tea:spring'], Layers: ['a/layer.tar'] },
      { Config: 'x', RepoTags: ['tea:autumn'], Layers: [] },
    ]);
    const file = await archive([
      [{ name: 'a/layer.tar' }, 'layer'],
      [{ name }, config],
      [{ name: 'manifest.json' }, two],
    ]);

    expect((await readImageFile(`${file}:tea:spring`)).root).toBe(digest);
    await expect(readImageFile(file)).rejects.toMatchObject({ hint: 'Name one of them: tea:spring, tea:autumn.' });
  });
});

describe('an image file', () => {
  it.each(['', 'oci', 'oci:', 'tea:shop', 'constructor:x'])('%j is none, and the forms are named', async (text) => {
    await expect(readImageFile(text)).rejects.toMatchObject({ code: 'USAGE', hint: 'Write oci:DIR[:tag] or docker-archive:FILE[:tag].' });
  });
});
