import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from '../../../src/clients/http.ts';
import { publicLookup, type Resolve } from '../../../src/clients/oci/public-lookup.ts';
import { openEdge } from '../../fakes/edge.ts';
import { type FakeRegistry, startRegistry } from '../../fakes/registry.ts';

/** A resolver of these names; whoever asks twice is told the last address. */
function resolverOf(names: Readonly<Record<string, readonly string[]>>): { resolve: Resolve; asked: string[] } {
  const asked: string[] = [];
  const resolve: Resolve = (hostname, _, done) => {
    asked.push(hostname);
    const addresses = (names[hostname] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    done(addresses.length > 0 ? null : Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), addresses);
  };
  return { resolve, asked };
}

const registry = new URL('https://registry.tea.test');
const lookUp = (names: Readonly<Record<string, readonly string[]>>, all = true) =>
  new Promise((found) => {
    publicLookup(registry, resolverOf(names).resolve)('blobs.example', { all }, (error, address) => found(error ?? address));
  });

describe('a host that a registry sends to', () => {
  it('N08 is what it was when it was looked up, once', async () => {
    const { resolve, asked } = resolverOf({ 'blobs.example': ['203.0.113.7'] });

    await new Promise((found) => publicLookup(registry, resolve)('blobs.example', {}, (_, address) => found(address)));

    expect(asked).toEqual(['blobs.example']);
  });

  it('N08 is found by all its addresses, or by one, as it is asked for', async () => {
    const names = { 'blobs.example': ['203.0.113.7', '2001:db8::7'] };

    expect(await lookUp(names)).toEqual([
      { address: '203.0.113.7', family: 4 },
      { address: '2001:db8::7', family: 6 },
    ]);
    expect(await lookUp(names, false)).toBe('203.0.113.7');
  });

  it.each([
    '127.0.0.1',
    '10.0.0.7',
    '169.254.169.254',
    '::1',
    'fe80::1',
    '::ffff:10.0.0.7',
    '64:ff9b::a00:7',
    '64:ff9b::10.0.0.7',
  ])('N01 N08 is refused where its name leads to %s and the registry is public', async (address) => {
    const found = await lookUp({ 'blobs.example': ['203.0.113.7', address], 'registry.tea.test': ['203.0.113.9'] });

    expect(found).toMatchObject({
      because: 'untrusted',
      hint: expect.stringContaining('blobs.example, which leads into a private network'),
    });
  });

  it('is followed behind a NAT64, where every public name has such an address', async () => {
    expect(await lookUp({ 'blobs.example': ['64:ff9b::cb00:7107'] })).toEqual([{ address: '64:ff9b::cb00:7107', family: 6 }]);
  });

  it('is followed within a private network, where the registry is of one too', async () => {
    const found = await lookUp({ 'blobs.example': ['10.0.0.7'], 'registry.tea.test': ['10.0.0.9'] });

    expect(found).toEqual([{ address: '10.0.0.7', family: 4 }]);
  });

  it('is refused within a private network, where the registry is not found', async () => {
    expect(await lookUp({ 'blobs.example': ['10.0.0.7'] })).toMatchObject({ because: 'untrusted' });
  });

  it('is not there where nobody knows its name', async () => {
    expect(await lookUp({})).toMatchObject({ code: 'ENOTFOUND' });
  });
});

describe('a name that leads elsewhere every time it is asked for', () => {
  let storage: FakeRegistry;

  beforeEach(async () => {
    storage = await startRegistry();
  });
  afterEach(() => storage.stop());

  /** Asks the storage by a name, which leads to it once and then to what only a machine of a cloud knows. */
  async function follow(ownAddress: string) {
    const asked: string[] = [];
    const resolve: Resolve = (hostname, _, done) => {
      const isFirst = !asked.includes(hostname);
      asked.push(hostname);
      const named = isFirst ? '127.0.0.1' : '169.254.169.254';
      done(null, [{ address: hostname === registry.hostname ? ownAddress : named, family: 4 }]);
    };
    const url = new URL(`http://${storage.host.replace('127.0.0.1', 'localhost')}/v2/`);
    const answer = ask({ url, capBytes: 1000, options: { lookup: publicLookup(registry, resolve) } }, openEdge());
    return { asked, outcome: await answer.catch((error: unknown) => error) };
  }

  it('N08 is connected to where it was looked at, and asked for once', async () => {
    const { asked, outcome } = await follow('10.0.0.9');

    expect(outcome).toMatchObject({ status: 404 });
    expect(asked).toEqual(['localhost', 'registry.tea.test']);
    expect(storage.requests).toHaveLength(1);
  });

  it('N08 is not connected to where it leads inside and the registry is public', async () => {
    const { outcome } = await follow('203.0.113.9');

    expect(outcome).toMatchObject({ because: 'untrusted' });
    expect(storage.requests).toEqual([]);
  });
});
