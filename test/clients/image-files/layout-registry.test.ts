import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
