import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import { configOf, digestOf, type FakeRegistry, lookUp, manifestOf, OCI_CONFIG, OCI_MANIFEST, startRegistry } from '../fakes/registry.ts';

let registry: FakeRegistry;

beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.stop());

const gapsOf = (facts: readonly Seen[]) => facts.filter((fact) => fact.kind === 'gap');
const kindsOf = (facts: readonly Seen[]) => facts.map(({ kind }) => kind).filter((kind) => kind !== 'coverage');
const look = (digest: string) => lookUp(registry, { digests: { [digest]: ['tea/shop'] } });

/** Serves these bytes under their own digest, and looks it up. */
function serve(body: string | Buffer, mediaType = OCI_MANIFEST): Promise<Seen[]> {
  return look(registry.put('tea/shop', body, mediaType).digest);
}

/** An image whose config is these bytes. */
function serveConfig(body: string | Buffer): Promise<Seen[]> {
  return serve(JSON.stringify(manifestOf(registry.put('tea/shop', body, OCI_CONFIG))));
}

describe('a document is not believed', () => {
  it.each([
    ['nested 100,000 deep', '['.repeat(100_000), 'too-large'],
    ['of 200,000 keys', `{${Array.from({ length: 200_000 }, (_, at) => `"${at}":1`).join()}}`, 'too-large'],
    ['that never ends a string', `{"${'\\\\'.repeat(1_000_000)}`, 'malformed'],
  ])('R13 where a config is %s, and soon', async (_, body, because) => {
    const start = performance.now();

    expect(gapsOf(await serveConfig(body))).toMatchObject([{ because }]);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('R14 where a config has no history it is read, and where it has no diffIDs, or not as many as layers, it proves nothing', async () => {
    const bare = await serveConfig(JSON.stringify(configOf({ history: undefined, config: null })));
    const hollow = await serveConfig(JSON.stringify(configOf({ rootfs: undefined })));
    const uneven = await serveConfig(JSON.stringify(configOf({ rootfs: { type: 'layers', diff_ids: [] } })));

    expect(gapsOf(bare)).toEqual([]);
    expect(gapsOf(hollow)).toMatchObject([{ because: 'malformed' }]);
    expect(gapsOf(uneven)).toMatchObject([{ because: 'malformed', hint: expect.stringContaining('not as many layers') }]);
    expect(kindsOf(uneven)).not.toContain('manifest');
  });

  const manifest = JSON.stringify(manifestOf(registryLess()));
  it.each([
    ['a byte order mark', Buffer.from(`\uFEFF${manifest}`)],
    ['UTF-16', Buffer.from(manifest, 'utf16le')],
    [
      'a byte that is no UTF-8',
      Buffer.concat([Buffer.from(manifest.slice(0, -1)), Buffer.from([0x2c, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])]),
    ],
    ['half a surrogate pair', Buffer.from(manifest.replace('{', '{"x":"\\ud800",'))],
    ['one key twice', Buffer.from(manifest.replace('{', `{"config":${JSON.stringify(registryLess())},`))],
    ['one key twice, once in escapes', Buffer.from(manifest.replace('{', '{"c\\u006fnfig":{},'))],
  ])('R24 where JSON has %s', async (_, body) => {
    expect(gapsOf(await serve(body))).toMatchObject([{ because: 'malformed' }]);
  });

  it('R25 where labels are called as every object is', async () => {
    const labels = '{"__proto__":"polluted","constructor":"tea","toString":"leaf"}';
    const body = JSON.stringify(configOf({ config: { Labels: 'LABELS' } })).replace('"LABELS"', labels);

    const facts = await serveConfig(body);

    expect(gapsOf(facts)).toEqual([]);
    const config = facts.find((fact) => fact.kind === 'config');
    expect(config?.labels).toEqual({ constructor: 'tea', toString: 'leaf' });
    expect(Object.hasOwn(config?.labels ?? {}, '__proto__')).toBe(false);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

/** What is said of a config that no registry has to hold. */
function registryLess() {
  return { mediaType: OCI_CONFIG, digest: digestOf('config'), size: 6 };
}
