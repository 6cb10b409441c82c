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
