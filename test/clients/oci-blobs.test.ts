import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { redirectTarget } from '../../src/clients/oci/redirect.ts';
import type { Seen } from '../../src/collect/define-source.ts';
import { openEdge } from '../fakes/edge.ts';
import { configOf, type FakeRegistry, lookUp, sendJson, startRegistry } from '../fakes/registry.ts';

const LOGIN = { username: 'brewer', passwordEnv: 'TEA_PASSWORD' };
let registry: FakeRegistry;
let storage: FakeRegistry;
let digest: string;

beforeEach(async () => {
  [registry, storage] = await Promise.all([startRegistry(), startRegistry()]);
  ({ digest } = registry.image('tea/shop'));
});
afterEach(() => Promise.all([registry.stop(), storage.stop()]));

const kindsOf = (facts: readonly Seen[]) => facts.map(({ kind }) => kind).filter((kind) => kind !== 'coverage');
const gapsOf = (facts: readonly Seen[]) => facts.filter((fact) => fact.kind === 'gap');
const look = () =>
  lookUp(registry, { digests: { [digest]: ['tea/shop'] } }, { ...LOGIN, edge: openEdge({ secrets: { TEA_PASSWORD: 'first-flush' } }) });

/** Wants a password, and sends for its blobs where it is told. */
function sendTo(location: (nth: number) => string): void {
  let nth = 0;
  registry.reply((request, response) => {
    if (request.headers.authorization === undefined) return sendJson(response, 401, {}, { 'www-authenticate': 'Basic realm="tea"' });
    return request.url?.includes('/blobs/') && sendJson(response, 307, {}, { location: location(++nth) });
  });
}

describe('a registry that keeps its blobs elsewhere', () => {
  it('N05 N14 is followed there without the login, and what signs the address is recorded nowhere', async () => {
    const { config } = storage.image('tea/shop');
    sendTo(() => `http://${storage.host}/v2/tea/shop/blobs/${config.digest}?signature=leaf`);

    const facts = await look();

    expect(kindsOf(facts).toSorted()).toEqual(['config', 'manifest']);
    expect(storage.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    expect(JSON.stringify(facts)).not.toContain('signature');
  });

  it('N05 R01 is not believed there either', async () => {
    storage.reply((_, response) => response.writeHead(200).end(JSON.stringify(configOf())) && true);
    ({ digest } = registry.image('tea/shop', configOf({ os: 'plan9' })));
    sendTo(() => `http://${storage.host}/blob`);

    expect(gapsOf(await look())).toMatchObject([{ because: 'untrusted' }]);
  });

  it('N07 is followed by a relative address, with the login, for it is the same host', async () => {
    const { config } = registry.image('tea/cellar');
    registry.reply((request, response) => {
      if (request.headers.authorization === undefined) return sendJson(response, 401, {}, { 'www-authenticate': 'Basic realm="tea"' });
      const isMoved = request.url?.includes('/tea/shop/blobs/');
      return isMoved && sendJson(response, 302, {}, { location: `../../cellar/blobs/${config.digest}` });
    });

    expect(gapsOf(await look())).toEqual([]);
  });

  it('N07 is left after five times, or where it sends in a circle', async () => {
    sendTo((nth) => `/v2/tea/shop/blobs/${nth}`);

    expect(gapsOf(await look())).toMatchObject([{ because: 'untrusted', hint: expect.stringContaining('circle') }]);
    expect(registry.requests.filter(({ path }) => path.includes('/blobs/'))).toHaveLength(6);
  });

  it.each([
    'file:///etc/passwd',
    'data:text/plain,leaf',
    'ftp://tea.test/leaf',
    'http://tea.test/leaf',
    'https://brewer:leaf@tea.test/',
    'https://',
  ])('N06 is not followed to %s', async (location) => {
    sendTo(() => location);

    expect(gapsOf(await look())).toMatchObject([{ because: 'untrusted', hint: expect.stringContaining('sends for a blob') }]);
  });
});

describe('a redirect of a public registry', () => {
  const origin = new URL('https://registry.tea.test');

  it('N05 may lead to any public host over https', () => {
    expect(redirectTarget('https://blobs.example/leaf?x=1', origin, origin).href).toBe('https://blobs.example/leaf?x=1');
  });

  it.each([
    'https://169.254.169.254/latest',
    'https://127.0.0.1/',
    'https://localhost/',
    'https://[::ffff:10.0.0.1]/',
    'https://2130706433/',
    'https://192.168.1.1/',
    'http://blobs.example/leaf',
    'http://registry.tea.test/leaf',
    `https://blobs.example/${'x'.repeat(10_000)}`,
    undefined,
  ])('N06 N07 never leads to %s', (location) => {
    expect(() => redirectTarget(location, origin, origin)).toThrow(expect.objectContaining({ because: 'untrusted' }));
  });
});
