import { describe, expect, it } from 'vitest';
import { Digest } from '../../src/domain/digest.ts';
import { Observation } from '../../src/domain/observation.ts';
import { openClosure } from '../../src/inventory/closure.ts';

const sha = (name: string) => Digest.parse(`sha256:${Buffer.from(name).toString('hex').padStart(64, '0')}`);
const seen = { at: '2026-03-02T09:00:00Z', origin: { source: 'registry', locator: 'shop/cart' } };
const image = { registry: 'registry.test', repository: 'shop/cart' };

/** A registry that holds one index over members, told as `name platform config`. */
function registryWith(...members: readonly string[]) {
  const entries = members.map((member) => member.split(' ') as [string, string, string]);
  const contents = entries.flatMap(([name, platform, config]) => [
    {
      ...seen,
      kind: 'manifest',
      digest: sha(name),
      image,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: sha(config),
      layers: [],
    },
    {
      ...seen,
      kind: 'config',
      digest: sha(config),
      platform: platform === '-' ? 'linux/amd64' : platform,
      diffIds: [sha('layer')],
      runtime: {},
    },
  ]);
  const index = entries.map(([name, platform]) => ({ digest: sha(name), ...(platform === '-' ? {} : { platform }) }));
  return openClosure(
    [...contents, { ...seen, kind: 'index', digest: sha('index'), image, members: index }].map((one) => Observation.parse(one)),
  );
}

function chosenBy(node: string | undefined, ...members: readonly string[]): string {
  const found = registryWith(...members).artifactOf(sha('index'), node);
  const name = (digest: string | undefined) => Buffer.from((digest ?? '').replace(/^sha256:0*/, ''), 'hex').toString();
  return typeof found === 'string' ? found : name(found.manifest?.digest);
}

describe('a node chooses of an index', () => {
  it.each([
    ['its own architecture', 'linux/amd64', ['amd linux/amd64 c1', 'arm linux/arm64 c2'], 'amd'],
    ['its own before one it also runs', 'linux/amd64', ['old linux/386 c1', 'amd linux/amd64 c2'], 'amd'],
    ['one it also runs where there is no other', 'linux/amd64', ['old linux/386 c1', 'arm linux/arm64 c2'], 'old'],
    ['any variant of its own, which it does not tell', 'linux/arm64', ['v8 linux/arm64/v8 c1', 'amd linux/amd64 c2'], 'v8'],
    ['arm where there is no arm64', 'linux/arm64', ['v7 linux/arm/v7 c1', 'amd linux/amd64 c2'], 'v7'],
    ['a member that names no platform', 'linux/amd64', ['only - c1'], 'only'],
    ['either of two that lead to one config', 'linux/amd64', ['gzip linux/amd64 c1', 'zstd linux/amd64 c1'], 'gzip'],
    [
      'the Windows build it has',
      'windows/amd64:10.0.20348.1',
      ['w19 windows/amd64:10.0.17763.9 c1', 'w22 windows/amd64:10.0.20348.7 c2'],
      'w22',
    ],
  ])('%s', (_, node, members, chosen) => {
    expect(chosenBy(node, ...members)).toBe(chosen);
  });

  it.each([
    [
      'two of its architecture with unequal configs (A5)',
      'linux/amd64',
      ['gzip linux/amd64 c1', 'zstd linux/amd64 c2'],
      'ambiguous-member',
    ],
    ['two variants it does not tell apart', 'linux/amd64', ['v1 linux/amd64 c1', 'v3 linux/amd64/v3 c2'], 'ambiguous-member'],
    ['several where its platform is not known', undefined, ['amd linux/amd64 c1', 'arm linux/arm64 c2'], 'platform-unknown'],
    [
      'several builds of Windows where it does not tell its own',
      'windows/amd64',
      ['w19 windows/amd64:10.0.17763.9 c1', 'w22 windows/amd64:10.0.20348.7 c2'],
      'ambiguous-member',
    ],
    ['none that it could run', 'linux/s390x', ['amd linux/amd64 c1'], 'content-unknown'],
  ])('nothing that can be told from %s', (_, node, members, reason) => {
    expect(chosenBy(node, ...members)).toBe(reason);
  });

  it('the same from an index that contains itself', () => {
    const closure = openClosure([
      Observation.parse({ ...seen, kind: 'index', digest: sha('index'), image, members: [{ digest: sha('index') }] }),
    ]);

    expect(closure.artifactOf(sha('index'), 'linux/amd64')).toBe('content-unknown');
  });
});

describe('whether what a digest holds is for a node', () => {
  const registry = registryWith('amd linux/amd64 c1', 'v8 linux/arm64/v8 c2');

  it.each([
    ['an index that has a variant of its own', 'index', 'linux/arm64', true],
    ['an index of other platforms', 'index', 'linux/s390x', false],
    ['an image of its own', 'amd', 'linux/amd64', true],
    ['an image of another', 'amd', 'linux/arm64', false],
    ['a digest that nobody read', 'unread', 'linux/amd64', undefined],
  ])('%s', (_, name, node, answer) => {
    expect(registry.isFor(sha(name), node)).toBe(answer);
  });
});
