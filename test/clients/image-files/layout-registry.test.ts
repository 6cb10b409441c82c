import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { openEdge } from '../../fakes/edge.ts';
import { type FakeLayout, writeLayout } from '../../fakes/layout.ts';
import { configOf, digestOf, lookUp, manifestOf, OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../fakes/registry.ts';

let folder: string;
let layout: FakeLayout;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'selfsame-layouts-'));
  layout = await writeLayout(path.join(folder, 'one'));
});

const TEA = { host: 'registry.tea.test' };
const look = (digests: readonly string[], layouts: readonly string[] = ['one'], edge = openEdge()) =>
  lookUp(
    TEA,
    { digests: Object.fromEntries(digests.map((digest) => [digest, ['tea/shop']])), tags: ['tea/shop:spring'] },
    { insecure: 'false', layouts: layouts.map((name) => path.join(folder, name)), edge },
  );
async function put(changed: object = {}, into = layout) {
  const config = await into.put(configOf(changed), OCI_CONFIG);
  return { ...(await into.put(manifestOf(config), OCI_MANIFEST)), config };
}

describe('layouts in the place of a registry', () => {
  it('hold what it held, and say nothing of what tags name now', async () => {
    const { config, ...image } = await put();
    const index = await layout.put({ manifests: [{ ...image, platform: { os: 'linux', architecture: 'amd64' } }] }, OCI_INDEX);
    await layout.close([index]);
    const edge = openEdge();

    const facts = await look([index.digest], ['one'], edge);

    expect(facts.map(({ kind }) => kind).toSorted()).toEqual(['config', 'coverage', 'index', 'manifest']);
    expect(facts.find(({ kind }) => kind === 'manifest')).toMatchObject({
      config: config.digest,
      image: { registry: 'registry.tea.test', repository: 'tea/shop' },
      locator: path.join(folder, 'one/blobs/sha256', image.digest.slice(7)),
    });
    expect(facts.find(({ kind }) => kind === 'coverage')).toMatchObject({ of: 'content', scope: { registry: 'registry.tea.test' } });
    expect(edge.hosts).toEqual([]);
  });

  it('are asked one after the other', async () => {
    const second = await writeLayout(path.join(folder, 'two'));
    const [first, other] = [await put(), await put({ architecture: 'arm64' }, second)];
    await layout.close([first]);
    await second.close([other]);

    const facts = await look([first.digest, other.digest], ['one', 'two']);

    expect(facts.filter(({ kind }) => kind === 'config')).toHaveLength(2);
    expect(facts.filter(({ kind }) => kind === 'gap')).toEqual([]);
  });

  it('know a config that stands alone, which lies among manifests there', async () => {
    const { config, ...image } = await put();
    await layout.close([image]);

    expect((await look([config.digest])).map(({ kind }) => kind)).toEqual(['config', 'coverage']);
  });

  it('leave a gap, and no coverage, where they lack something or hold other bytes', async () => {
    const { config, ...image } = await put();
    await layout.close([image]);
    await writeFile(path.join(folder, 'one/blobs/sha256', config.digest.slice(7)), '{}');

    const facts = await look([image.digest, digestOf('elsewhere')]);

    expect(
      facts
        .filter((fact) => fact.kind === 'gap')
        .map(({ because }) => because)
        .toSorted(),
    ).toEqual(['not-found', 'untrusted']);
    expect(facts.some(({ kind }) => kind === 'coverage')).toBe(false);
  });

  it('that are not there are a mistake in the configuration', async () => {
    await expect(look([digestOf('tea')], ['none'])).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('what `cosign save` laid beside an image', () => {
  const kind = (of: string, name?: string) => ({
    annotations: { kind: `dev.cosignproject.cosign/${of}`, ...(name ? { 'org.opencontainers.image.ref.name': name } : {}) },
  });
  const read = async (digest: string) =>
    (
      await lookUp(
        TEA,
        { digests: { [digest]: ['tea/shop', 'tea/spare'] }, arePulled: true },
        { insecure: 'false', referrers: 'true', layouts: [path.join(folder, 'one')] },
      )
    ).filter(({ kind: is }) => is === 'build' || is === 'gap' || is === 'attachments');
  async function attest(digest: string) {
    const payload = JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'shop', digest: { sha256: digest.slice('sha256:'.length) } }],
      predicateType: 'https://slsa.dev/provenance/v1',
      predicate: {
        buildDefinition: {
          buildType: 'steep',
          resolvedDependencies: [
            { uri: 'git+https://github.com/tea/shop@refs/heads/main', digest: { gitCommit: 'c0ffee'.padEnd(40, '0') } },
          ],
        },
        runDetails: { metadata: { finishedOn: '2026-03-01T09:00:00Z' } },
      },
    });
    const envelope = {
      payloadType: 'application/vnd.in-toto+json',
      payload: Buffer.from(payload).toString('base64'),
      signatures: [{ sig: '' }],
    };
    const layer = await layout.put(envelope, 'application/vnd.dsse.envelope.v1+json');
    return layout.put({ config: await layout.put({}, OCI_CONFIG), layers: [layer] }, OCI_MANIFEST);
  }

  it('is read as what lies beside it in a registry', async () => {
    const { config: _, ...image } = await put();
    const [saved, signed] = [await attest(image.digest), await layout.put({ layers: [] }, OCI_MANIFEST)];
    await layout.close([
      { ...image, ...kind('image') },
      { ...signed, ...kind('sigs') },
      { ...saved, ...kind('atts') },
    ]);

    expect(await read(image.digest)).toEqual([
      expect.objectContaining({
        kind: 'build',
        source: expect.objectContaining({ repository: 'tea/shop', commit: 'c0ffee'.padEnd(40, '0') }),
        outputs: [expect.objectContaining({ digest: image.digest })],
        trust: 'declared',
      }),
    ]);
  });

  it('belongs to the image of its name, where there are several', async () => {
    const [{ config: _, ...image }, { config: __, ...other }] = [await put(), await put({ architecture: 'arm64' })];
    const saved = await attest(image.digest);
    await layout.close([
      { ...image, ...kind('image', 'tea/shop:spring') },
      { ...other, ...kind('image', 'tea/shop:autumn') },
      { ...saved, ...kind('atts', 'tea/shop:spring') },
    ]);

    expect((await read(image.digest)).map((fact) => fact.kind)).toEqual(['build']);
    expect(await read(other.digest)).toEqual([]);
  });

  it('is a gap where several images may be meant', async () => {
    const [{ config: _, ...image }, { config: __, ...other }] = [await put(), await put({ architecture: 'arm64' })];
    const saved = await attest(image.digest);
    await layout.close([
      { ...image, ...kind('image') },
      { ...other, ...kind('image') },
      { ...saved, ...kind('atts') },
    ]);

    expect(await read(image.digest)).toMatchObject([
      { kind: 'gap', of: 'build', because: 'unsupported', hint: expect.stringContaining('a folder of its own') },
    ]);
  });
});

describe('the layout of an image of the SLSA generator', () => {
  const LAYOUTS = fileURLToPath(new URL('../../../fixtures/layouts', import.meta.url));
  const read = (version: string, digest: string) =>
    look([digest], [path.relative(folder, path.join(LAYOUTS, `slsa-generator-${version}`))]);

  it('v1.4.0 holds one image in the format of Docker, and no provenance beside it', async () => {
    const facts = await read('v1.4.0', 'sha256:a74d89d8dd863ca5dae4a29e0feede81ddf59197849a80784af5a02ab7786925');

    expect(facts.map(({ kind }) => kind)).toEqual(['config', 'manifest', 'coverage']);
    expect(facts[0]).toMatchObject({ platform: 'linux/amd64', created: '2023-01-11T16:50:57.102Z' });
  });

  it.each([
    ['v1.10.0', 'e0a0a765d690a5104331cfbac88ebbbf01736c1f87aaa3cd455c516a5ea586a5', 'd37a7f740ee7404914456f24dcd90e865a0509e8', 'ae01bed0'],
    ['v2.1.0', '234e2c830c2fb31ac5671789d22adfe44d30c3ee831d01beae5e237841a13122', '4d329c75e7ec1725f7c9ce917a8799d408d06be3', 'd1fc0de9'],
  ])('%s holds an index, and what BuildKit attested of its member', async (version, hex, commit, member) => {
    const facts = await read(version, `sha256:${hex}`);

    expect(facts.map(({ kind }) => kind).toSorted()).toEqual(['build', 'config', 'coverage', 'index', 'manifest']);
    expect(facts.find(({ kind }) => kind === 'build')).toMatchObject({
      source: { repository: 'slsa-framework/example-package', commit },
      outputs: [{ digest: expect.stringContaining(`sha256:${member}`), role: 'manifest' }],
      trust: 'declared',
    });
  });
});
