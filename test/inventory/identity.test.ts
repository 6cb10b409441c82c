import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImageConfig } from '../../src/domain/content.ts';
import type { Digest } from '../../src/domain/digest.ts';
import { type Artifact } from '../../src/inventory/artifact.ts';
import { compareArtifacts, isOneArtifact } from '../../src/inventory/identity.ts';

const EMPTY = '5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef';
const sha = (letter: string) => `sha256:${letter === 'E' ? EMPTY : letter.charCodeAt(0).toString(16).padStart(64, '0')}` as Digest;

function image(name: string, layers: string, more: Partial<ImageConfig> = {}): Artifact {
  const config = ImageConfig.parse({
    kind: 'config',
    at: '2026-03-02T09:00:00Z',
    origin: { source: 'registry', locator: name },
    digest: sha(name),
    platform: 'linux/amd64',
    diffIds: layers.split('').map(sha),
    runtime: {},
    ...more,
  });
  return { key: config.digest, digest: config.digest, platform: config.platform, config, manifest: undefined, index: undefined };
}

describe('two images', () => {
  it.each([
    ['other base, same upper layers', 'XDA', 'YDA', 'base-differs', 'base-image'],
    ['nothing shared', 'XDA', 'YCB', 'different', 'base-image'],
    ['only an empty layer shared below', 'EXS', 'EYS', 'base-differs', 'base-image'],
    ['only an empty layer shared', 'EX', 'EY', 'different', 'base-image'],
    ['the rehearsed one holds nothing', 'EX', 'E', 'different', 'base-image'],
    ['one layer more', 'XDAP', 'XDA', 'same-base', 'layers-added'],
    ['one layer less', 'XD', 'XDA', 'same-base', 'app-layer'],
    ['another last layer', 'XDA', 'XDB', 'same-base', 'app-layer'],
    ['another dependency layer', 'XCA', 'XDB', 'same-base', 'dependency-layer'],
    ['one last layer against two', 'BZ', 'BXY', 'same-base', 'dependency-layer'],
    ['an empty layer more', 'XDE', 'XD', 'same-base', 'metadata-only'],
  ])('differ as they are: %s', (_, shipped, rehearsed, rung, cause) => {
    expect(compareArtifacts(image('a', shipped), image('b', rehearsed))).toMatchObject({ rung, cause });
  });

  it('are not compared where one has no layers', () => {
    expect(compareArtifacts(image('a', ''), image('b', 'XD'))).toBeUndefined();
    expect(compareArtifacts(image('a', 'XD'), image('b', ''))).toBeUndefined();
  });

  it('are never the same but for an empty layer where their runtime configuration differs', () => {
    const runtime = { ...ImageConfig.shape.runtime.parse({}), user: 'root' };

    expect(compareArtifacts(image('a', 'XDE', { runtime }), image('b', 'XD'))).toMatchObject({
      rung: 'same-base',
      cause: 'runtime-config',
    });
  });

  it('are told apart by environment names, never by values', () => {
    const env = (value: string) => ({ runtime: { ...ImageConfig.shape.runtime.parse({}), env: [`TOKEN=${value}`] } });

    const difference = compareArtifacts(image('a', 'XD', env('hunter2')), image('b', 'XD', env('letmein')));

    expect(difference).toMatchObject({ rung: 'same-rootfs-runtime-config', says: 'same layers, other runtime configuration: ENV TOKEN' });
  });

  it.each([
    '|1 TOKEN=hunter2 /bin/sh -c npm ci',
    '|1 TOKEN=a hunter2 /bin/sh -c npm ci',
    'RUN TOKEN="hunter2 x" npm ci',
    '|2 A=1 TOKEN=x hunter2 RUN npm',
  ])('never tell the value of a build argument: %s', (createdBy) => {
    const history = [
      { createdBy: 'FROM node', empty: false },
      { createdBy, empty: false },
    ];

    const difference = compareArtifacts(image('a', 'XA', { history }), image('b', 'XB', { history }));

    expect(difference?.cause).toBe('app-layer');
    expect(difference?.says).not.toContain('hunter2');
  });

  it('are one artifact with themselves, and proofs hold both ways', () => {
    const layers = fc.array(fc.constantFrom('A', 'B', 'C', 'E'), { maxLength: 5 }).map((letters) => letters.join(''));
    const images = fc.tuple(fc.constantFrom('a', 'b'), layers).map(([name, of]) => image(name, of));
    fc.assert(
      fc.property(images, images, (a, b) => {
        expect(isOneArtifact(compareArtifacts(a, a)?.rung ?? 'different')).toBe(true);
        const [there, back] = [compareArtifacts(a, b), compareArtifacts(b, a)];
        expect(isOneArtifact(there?.rung ?? 'different')).toBe(isOneArtifact(back?.rung ?? 'different'));
      }),
    );
  });
});
