import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import { openEdge } from '../fakes/edge.ts';
import { configOf, type FakeRegistry, lookUp, type Reply, sendJson, startRegistry } from '../fakes/registry.ts';

const LOGIN = { username: 'brewer', passwordEnv: 'TEA_PASSWORD' };
const BASIC = `Basic ${Buffer.from('brewer:first-flush').toString('base64')}`;
let registry: FakeRegistry;
let digest: string;

beforeEach(async () => {
  registry = await startRegistry();
  ({ digest } = registry.image('tea/shop'));
});
afterEach(() => registry.stop());

const gapsOf = (facts: readonly Seen[]) => facts.filter((fact) => fact.kind === 'gap');
const brewer = () => openEdge({ secrets: { TEA_PASSWORD: 'first-flush' } });
const look = (config: Parameters<typeof lookUp>[2] = {}) => lookUp(registry, { digests: { [digest]: ['tea/shop'] } }, config);

/** Lets in who has a token, and hands tokens out; `issue` may answer the request for a token otherwise. */
function guard({ realm = `http://${registry.host}/token`, token = () => 'leaf-1', issue }: Guard = {}): Reply {
  const reply: Reply = (request, response) => {
    if (request.url?.startsWith('/token')) return issue ? issue(response) : sendJson(response, 200, { token: token(), expires_in: -1 });
    if (request.headers.authorization === `Bearer ${token()}`) return false;
    const challenge = `Bearer realm="${realm}",service="tea",scope="repository:tea/shop:pull,push"`;
    return sendJson(response, 401, { echo: request.headers.authorization }, { 'www-authenticate': challenge });
  };
  registry.reply(reply);
  return reply;
}
type Guard = { realm?: string; token?: () => string; issue?: (response: Parameters<typeof sendJson>[0]) => boolean };

const asked = (name: string) => registry.requests.filter(({ path: at }) => at.includes(name));

describe('a registry that wants a token', () => {
  it('gets one that may pull and nothing else, asked for once for all that wait', async () => {
    const second = registry.image('tea/shop', configOf({ os: 'plan9' }));
    const edge = brewer();
    guard();

    const facts = await lookUp(registry, { digests: { [digest]: ['tea/shop'], [second.digest]: ['tea/shop'] } }, { ...LOGIN, edge });

    expect(gapsOf(facts)).toEqual([]);
    expect(asked('/token').map(({ query, headers }) => [query.get('service'), query.get('scope'), headers.authorization])).toEqual([
      ['tea', 'repository:tea/shop:pull', BASIC],
    ]);
    expect(edge.concealed).toEqual(expect.arrayContaining(['first-flush', BASIC.slice(6), 'leaf-1']));
  });

  it('lets in who has no login, where it hands tokens to anybody', async () => {
    guard();

    expect(gapsOf(await look())).toEqual([]);
    expect(asked('/token')[0]?.headers.authorization).toBeUndefined();
  });

  it('gets a new one when the old one has aged, once', async () => {
    let age = 1;
    guard({ token: () => (asked('/blobs/').length === 1 && age === 1 ? `leaf-${++age}` : `leaf-${age}`) });

    expect(gapsOf(await look())).toEqual([]);
    expect(asked('/token')).toHaveLength(2);
  });

  it('that refuses the token it handed out is a gap, and is not asked for another', async () => {
    let leaf = 0;
    guard({ token: () => `leaf-${++leaf}` });

    expect(gapsOf(await look())).toMatchObject([{ because: 'unauthenticated', hint: expect.stringContaining('passwordEnv') }]);
    expect(asked('/token')).toHaveLength(1);
  });

  it('that refused a token does so once more for whoever comes late, and is not asked for another', async () => {
    const guarded = guard({ token: () => 'leaf-2', issue: (response) => sendJson(response, 200, { token: 'leaf-1' }) });
    let answerLate = (): unknown => undefined;
    registry.reply((request, response, nth) => {
      const isLate = request.url?.includes('/cellar/');
      if (isLate) answerLate = () => response.headersSent || sendJson(response, 404, {});
      if (isLate) return true;
      if (request.headers.authorization === 'Bearer leaf-1') response.on('finish', answerLate);
      return guarded(request, response, nth);
    });
    const late = registry.image('tea/attic', configOf({ os: 'plan9' }));

    const facts = await lookUp(registry, { digests: { [digest]: ['tea/shop'], [late.digest]: ['tea/cellar', 'tea/shop'] } });

    expect(gapsOf(facts).map(({ because }) => because)).toEqual(['unauthenticated', 'unauthenticated']);
    expect(asked('/token')).toHaveLength(1);
  });

  it('and refuses the login is not asked again with it, for many failures lock an account', async () => {
    guard({ issue: (response) => sendJson(response, 401, {}) });
    const others = Array.from({ length: 20 }, (_, at) => registry.image(`tea/shop-${at}`, configOf({ variant: `${at}` })));
    const digests = Object.fromEntries(others.map((other, at) => [other.digest, [`tea/shop-${at}`]]));

    const facts = await lookUp(registry, { digests }, { ...LOGIN, edge: brewer() });

    expect(gapsOf(facts)).toHaveLength(20);
    expect(asked('/token')).toHaveLength(1);
  });

  it('N13 and says the password in its answers has it repeated nowhere', async () => {
    guard({ issue: (response) => sendJson(response, 401, { errors: [{ message: 'first-flush', header: BASIC }] }) });

    const facts = await look({ ...LOGIN, edge: brewer() });

    expect(gapsOf(facts)).toHaveLength(1);
    expect(JSON.stringify(facts)).not.toMatch(/first-flush|Zmlyc3QtZmx1c2g|YnJld2Vy/);
  });

  it('N17 and sets cookies never sees them again', async () => {
    guard();

    await look();

    expect(registry.requests.filter(({ headers }) => headers.cookie !== undefined)).toEqual([]);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://127.0.0.2/token',
    'https://[::1]/token',
    'https://10.0.0.1/token',
    'https://0x7f000002/token',
    'file:///etc/passwd',
    'https://brewer:leaf@tea.test/token',
    'no address',
  ])('N01 is not followed to %s', async (realm) => {
    const edge = brewer();
    guard({ realm });

    const facts = await look({ ...LOGIN, edge });

    expect(gapsOf(facts)).toMatchObject([{ because: 'untrusted', hint: expect.stringContaining('realm:') }]);
    expect(new Set(edge.hosts)).toEqual(new Set([registry.host]));
  });

  it.each([
    ['without end', (response: Parameters<typeof sendJson>[0]) => response.writeHead(200).end(Buffer.alloc(70_000)) && true, 'too-large'],
    ['that is no JSON', (response: Parameters<typeof sendJson>[0]) => response.writeHead(200).end('leaf') && true, 'malformed'],
    [
      'with control characters',
      (response: Parameters<typeof sendJson>[0]) => sendJson(response, 200, { token: 'leaf\r\nx: y' }),
      'malformed',
    ],
    ['with nothing in it', (response: Parameters<typeof sendJson>[0]) => sendJson(response, 200, {}), 'malformed'],
    [
      'that is a redirect',
      (response: Parameters<typeof sendJson>[0]) => sendJson(response, 307, {}, { location: '/token2' }),
      'unreachable',
    ],
  ])('N04 is not believed with an answer %s', async (_, issue, because) => {
    guard({ issue });

    expect(gapsOf(await look())).toMatchObject([{ because }]);
  });
});

describe('a registry that wants a password', () => {
  const guardWithPassword = () =>
    registry.reply(
      (request, response) =>
        request.headers.authorization !== BASIC &&
        sendJson(response, 401, {}, { 'www-authenticate': 'Basic realm="tea", charset="UTF-8"' }),
    );

  it('gets it, and only after it asked', async () => {
    guardWithPassword();

    expect(gapsOf(await look({ ...LOGIN, edge: brewer() }))).toEqual([]);
    expect(registry.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, BASIC, BASIC]);
  });

  it('gets a wrong one once, however many images are asked for', async () => {
    guardWithPassword();
    const digests = Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [registry.image(`tea/${at}`, configOf({ variant: `${at}` })).digest, [`tea/${at}`]]),
    );

    const facts = await lookUp(registry, { digests }, { ...LOGIN, edge: openEdge({ secrets: { TEA_PASSWORD: 'second-flush' } }) });

    expect(gapsOf(facts)).toHaveLength(20);
    expect(registry.requests.filter(({ headers }) => headers.authorization !== undefined)).toHaveLength(1);
  });

  it('that is not set is a gap that names the variable', async () => {
    guardWithPassword();

    expect(gapsOf(await look({ ...LOGIN }))).toMatchObject([
      { because: 'unauthenticated', hint: expect.stringContaining('Set TEA_PASSWORD') },
    ]);
  });

  it('N03 in words that nobody understands is a gap', async () => {
    registry.reply((_, response) => sendJson(response, 401, {}, { 'www-authenticate': 'Bearer realm="a" realm="b"' }));

    expect(gapsOf(await look())).toMatchObject([{ because: 'unsupported' }]);
  });
});
