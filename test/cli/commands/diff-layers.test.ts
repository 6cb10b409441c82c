import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeLayer, layerOf, type Part, tarOf, WRITTEN } from '../../fakes/layer.ts';
import { configOf, digestOf, type FakeRegistry, OCI_CONFIG, OCI_MANIFEST, sendJson, startRegistry } from '../../fakes/registry.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const LATER = new Date('2026-03-02T10:00:00Z');
const BASE: readonly Part[] = [[{ name: 'etc/os-release' }, 'Tea Linux']];
const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

let registry: FakeRegistry;
let folder: string;

beforeEach(async () => {
  registry = await startRegistry();
  folder = await mkdtemp(path.join(tmpdir(), 'selfsame-diff-'));
  await writeFile(
    path.join(folder, 'selfsame.yaml'),
    `version: 1
promotion: [staging, production]
sources: [{ use: oci, name: shop, registry: "${registry.host}", insecure: "true", cache: off, referrers: "false" }]
`,
  );
});
afterEach(async () => {
  await registry.stop();
  await rm(folder, { recursive: true });
});

async function diff(...argv: readonly string[]) {
  const program = path.join(ROOT, 'bin/selfsame.js');
  const env = { ...process.env, DOCKER_CONFIG: folder };
  const child = spawn(process.execPath, ['--conditions=selfsame-source', program, 'diff', ...argv], { cwd: folder, env });
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((closed) => child.on('close', closed)),
  ]);
  return { status, stdout, stderr };
}

/** An app on the base: what it serves, and when it was written. */
const app = (body: string, mtime: Date = WRITTEN): readonly Part[] => [
  [{ name: 'srv/', type: 'directory', mtime }],
  [{ name: 'srv/shop.js', mtime }, body],
];

type Image = Readonly<{ config: object; layers: readonly FakeLayer[] }>;

async function imageOf(parts: readonly (readonly Part[])[], config: object = {}, how: 'gzip' | 'zstd' = 'gzip'): Promise<Image> {
  const layers = await Promise.all(parts.map(async (of) => layerOf(await tarOf(of), how)));
  const history = parts.map((_, at) => ({ created_by: at === 0 ? 'ADD rootfs.tar /' : `COPY step-${at} /srv` }));
  const rootfs = { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) };
  return { config: configOf({ rootfs, history, ...config }), layers };
}

const manifestOf = ({ layers }: Image, config: object) => ({
  schemaVersion: 2,
  mediaType: OCI_MANIFEST,
  config,
  layers: layers.map(({ digest, size }) => ({ mediaType: OCI_LAYER, digest, size })),
});

/** Puts an image into the registry, and returns its reference. */
function push(image: Image): string {
  for (const { body } of image.layers) registry.put('tea/shop', body, 'application/octet-stream');
  const config = registry.put('tea/shop', JSON.stringify(image.config), OCI_CONFIG);
  return `${registry.host}/tea/shop@${registry.put('tea/shop', JSON.stringify(manifestOf(image, config)), OCI_MANIFEST).digest}`;
}

/** Writes an image as a layout, and returns its name. */
async function lay(name: string, image: Image): Promise<string> {
  const put = async (body: Buffer, mediaType: string) => {
    const digest = digestOf(body);
    await mkdir(path.join(folder, name, 'blobs/sha256'), { recursive: true });
    await writeFile(path.join(folder, name, 'blobs/sha256', digest.slice(7)), body);
    return { mediaType, digest, size: body.length };
  };
  for (const { body } of image.layers) await put(body, OCI_LAYER);
  const config = await put(Buffer.from(JSON.stringify(image.config)), OCI_CONFIG);
  const manifest = await put(Buffer.from(JSON.stringify(manifestOf(image, config))), OCI_MANIFEST);
  await writeFile(path.join(folder, name, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  return `oci:${name}`;
}

/** Writes an image as `docker save` does, and returns its name. */
async function save(name: string, { config, layers }: Image): Promise<string> {
  const body = JSON.stringify(config);
  const image = { Config: `${digestOf(body).slice(7)}.json`, RepoTags: [], Layers: layers.map((_, at) => `${at}/layer.tar`) };
  const parts = [
    ...layers.map(({ tar }, at) => [{ name: `${at}/layer.tar` }, tar] as const),
    [{ name: image.Config }, body] as const,
    [{ name: 'manifest.json' }, JSON.stringify([image])] as const,
  ];
  await writeFile(path.join(folder, `${name}.tar`), await tarOf(parts));
  return `docker-archive:${name}.tar`;
}

const downloads = () => registry.requests.filter(({ path: at }) => at.includes('/blobs/'));

describe('selfsame diff --layers', () => {
  it('knows a rebuild that differs in times alone, and reads no layer that both images have', async () => {
    const [tested, shipped] = [await imageOf([BASE, app('serve();')]), await imageOf([BASE, app('serve();', LATER)], {}, 'zstd')];

    const { status, stdout } = await diff(push(shipped), push(tested), '--layers');

    expect(stdout).toContain('contents: equal but for times: all 2 paths of the layers that differ are the same but for the times of 2');
    expect(stdout).toContain('a rebuild of the same files with other build metadata');
    expect(stdout).toContain('layer 2 of 2 by "COPY step-1 /srv": 0 of 2 paths differ, and 2 in times alone');
    expect(status).toBe(1);
    expect(downloads().map(({ path: at }) => at)).not.toContainEqual(expect.stringContaining(tested.layers[0]?.digest ?? ''));
  });

  it('does not call them alike where the runtime configuration is not', async () => {
    const [tested, shipped] = [
      await imageOf([BASE, app('serve();')]),
      await imageOf([BASE, app('serve();', LATER)], { config: { Env: ['MODE=test'] } }),
    ];

    const { stdout } = await diff(push(shipped), push(tested), '--layers');

    expect(stdout).toContain('the images do not run alike: other runtime configuration: ENV MODE, PATH');
  });

  it('names the first layer that differs, the step that made it, and every path', async () => {
    const tested = await imageOf([BASE, app('serve();'), [[{ name: 'srv/old.js' }, 'old']]]);
    const shipped = await imageOf([BASE, app('steal();', LATER), [[{ name: 'srv/\u001b[2Knew.js', mode: 0o4755 }, 'new']]]);

    const { status, stdout } = await diff(push(shipped), push(tested), '--layers');

    expect(stdout).toContain(
      'contents: different: 3 paths in 2 pairs of layers differ in more than times, first in layer 2 of 3 by "COPY step-1 /srv"',
    );
    expect(stdout).toContain('layer 2 of 3 by "COPY step-1 /srv": 1 of 2 paths differ, and 1 in times alone\n    /srv/shop.js: bytes\n');
    expect(stdout).toContain('/srv/\\u{1b}[2Knew.js: only in A, file');
    expect(stdout).toContain('/srv/old.js: only in B, file');
    expect(status).toBe(1);
  });

  it('tells the part of the base from that of the app', async () => {
    const [old, fresh] = [await imageOf([BASE]), await imageOf([[[{ name: 'etc/os-release' }, 'Tea Linux 2']]])];
    const on = async (base: Image, parts: readonly Part[]) => {
      const image = await imageOf([[], parts]);
      const layers = [base.layers[0], image.layers[1]].filter((layer) => layer !== undefined);
      const digest = push(base).split('@')[1];
      const labels = {
        'org.opencontainers.image.base.digest': digest,
        'org.opencontainers.image.base.name': `${registry.host}/tea/shop:base`,
      };
      return {
        layers,
        config: { ...image.config, config: { Labels: labels }, rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) } },
      };
    };
    const shipped = push(await on(fresh, app('serve();')));
    const tested = push(await on(old, app('serve();', LATER)));

    const { stdout } = await diff(shipped, tested, '--layers');

    expect(stdout).toContain('contents: different: 1 path in 1 pair of layers differ');
    expect(stdout).toContain(
      'layer 1 of 2 by "ADD rootfs.tar /" (base part): 1 of 1 paths differ\n    /etc/os-release: bytes, size 11 → 9\n',
    );
    expect(stdout).toContain('layer 2 of 2 by "COPY step-1 /srv" (app part): 0 of 2 paths differ, and 2 in times alone');
  });

  it('decides nothing beyond its budget, and says what would be enough', async () => {
    const noise = Array.from({ length: 3000 }, (_, at) => digestOf(`${at}`)).join('');
    const tested = await imageOf([BASE, [[{ name: 'srv/model.bin' }, noise]], app('serve();')]);
    const shipped = await imageOf([BASE, [[{ name: 'srv/model.bin', mtime: LATER }, noise]], app('serve();', LATER)]);
    const [a, b] = [push(shipped), push(tested)];

    const tight = await diff(a, b, '--layers', '10KiB');
    const wide = await diff(a, b, '--layers', '1MiB');

    expect(tight.stdout).toContain('contents: not decided: 1 of 2 pairs of layers was not compared');
    const enough = /--layers (\d+KiB) is enough for all/.exec(tight.stdout)?.[1] ?? '';
    expect(tight.status).toBe(3);
    expect(wide.stdout).toContain('contents: equal but for times');
    expect((await diff(a, b, '--layers', enough)).stdout).toContain('contents: equal but for times');
  });

  it('compares layouts and archives without any network or configuration', async () => {
    await rm(path.join(folder, 'selfsame.yaml'));
    const [tested, shipped] = [await imageOf([BASE, app('serve();')]), await imageOf([BASE, app('serve();', LATER)])];
    const [a, b] = [await lay('shipped', shipped), await save('tested', tested)];

    const { status, stdout } = await diff(a, b, '--layers', '1KiB', '--json');

    const [{ contents }] = JSON.parse(stdout).comparisons;
    expect(contents).toMatchObject({ verdict: 'equal but for times', outcomes: [{ difference: { paths: [], times: 2, entries: 2 } }] });
    expect(status).toBe(1);
    expect(registry.requests).toEqual([]);
  });

  it.each<[string, (image: Image) => Promise<Image> | Image, string]>([
    ['leads out of the image', () => imageOf([BASE, [[{ name: '../../etc/passwd' }, 'root']]]), 'leads out of it'],
    ['is a bomb', () => imageOf([BASE, [[{ name: 'srv/zeros' }, '\0'.repeat(70 * 1024 * 1024)]]]), 'more than 200 times its size'],
    [
      'is not what its diffID says',
      (image) => ({ ...image, config: configOf({ rootfs: { type: 'layers', diff_ids: [image.layers[0]?.diffId, digestOf('poison')] } }) }),
      'untrusted: a layer that is called',
    ],
  ])('R01 R20 decides nothing where a layer %s', async (_, change, says) => {
    const tested = await imageOf([BASE, app('serve();')]);

    const { status, stdout } = await diff(push(await change(await imageOf([BASE, app('serve();', LATER)]))), push(tested), '--layers');

    expect(stdout).toContain('contents: not decided');
    expect(stdout).toContain(says);
    expect(status).toBe(3);
  });

  it('decides nothing where a layer is gone, or its registry breaks off', async () => {
    const [tested, shipped] = [await imageOf([BASE, app('serve();')]), await imageOf([BASE, app('serve();', LATER)])];
    const [a, b] = [push(shipped), push(tested)];
    registry.reply((request, response) => request.url?.endsWith(shipped.layers[1]?.digest ?? '') && sendJson(response, 404, {}));

    const gone = await diff(a, b, '--layers');

    expect(gone.stdout).toMatch(/contents: not decided[^]*not compared: not-found: [^\n]* answers 404/);
    expect(gone.status).toBe(3);
  });

  it('says that contents were not compared where nobody asked for that', async () => {
    const { stdout } = await diff(push(await imageOf([BASE, app('serve();')])), push(await imageOf([BASE, app('steal();')])));

    expect(stdout).toContain('bytes differ, content not compared; --layers compares it');
    expect(downloads()).toHaveLength(2);
  });

  it('takes no operand for a budget, and says where the budget goes', async () => {
    expect(await diff('--layers', 'oci:a', 'oci:b')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/"oci:a" is no size\n.*--layers=200MiB/),
    });
  });

  it.each([['with'], ['without']])('says how to write a path, %s a configuration', async (how) => {
    if (how === 'without') await rm(path.join(folder, 'selfsame.yaml'));
    const [a] = [await lay('shipped', await imageOf([BASE])), await writeFile(path.join(folder, 'tested.tar'), '')];

    expect(await diff('shipped', a)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/"shipped" is a folder here.*\n {2}Write oci:shipped\./),
    });
    expect(await diff(a, 'tested.tar')).toMatchObject({ status: 2, stderr: expect.stringContaining('Write docker-archive:tested.tar.') });
  });

  it('refuses a budget that is none', async () => {
    expect(await diff('oci:a', 'oci:b', '--layers', 'much')).toMatchObject({ status: 2, stderr: expect.stringContaining('200MiB') });
  });
});
