import { describe, expect, it } from 'vitest';
import { parseChallenge } from '../../src/clients/oci/challenge.ts';
import { trustedRealm } from '../../src/clients/oci/realm.ts';

describe('a challenge', () => {
  it.each([
    [
      'Bearer realm="https://tea.test/token",service="tea",scope="x"',
      { scheme: 'bearer', realm: 'https://tea.test/token', service: 'tea' },
    ],
    ['bearer Realm="https://tea.test/t\\"oken"', { scheme: 'bearer', realm: 'https://tea.test/t"oken', service: '' }],
    ['Negotiate, Basic realm=tea', { scheme: 'basic' }],
    ['Digest realm="x", Bearer realm="https://tea.test"', { scheme: 'bearer', realm: 'https://tea.test', service: '' }],
    ['Bearer service="tea", Basic realm="x"', { scheme: 'basic' }],
  ])('N03 %s is understood', (header, challenge) => {
    expect(parseChallenge(header)).toEqual(challenge);
  });

  it.each([
    '',
    'Negotiate',
    'Bearer realm="a',
    'Bearer realm="a\r\nx: y"',
    'Bearer realm="a"b',
    'realm="a"',
    'Bearer realm="a",realm="b"',
    `Bearer realm="${'a'.repeat(64 * 1024)}"`,
  ])('N03 %j is not', (header) => {
    expect(parseChallenge(header)).toBeUndefined();
  });
});

describe('a token server', () => {
  const of = (registry: string, realmHost?: string) => ({
    registry,
    origin: new URL(`https://${registry === 'docker.io' ? 'registry-1.docker.io' : registry}`),
    realmHost,
  });

  it.each([
    ['docker.io', 'https://auth.docker.io/token'],
    ['ghcr.io', 'https://ghcr.io/token'],
    ['registry.gitlab.com', 'https://gitlab.com/jwt/auth'],
    ['registry.tea.test', 'https://auth.tea.test/token'],
    ['tea.azurecr.io', 'https://tea.azurecr.io/oauth2/token'],
  ])('N02 of %s may be %s', (registry, realm) => {
    expect(trustedRealm(realm, of(registry)).href).toBe(realm);
  });

  it.each([
    ['registry.tea.test', 'https://auth.tea.test.evil.test/token'],
    ['registry.tea.test', 'https://eviltea.test/token'],
    ['registry.tea.test', 'http://registry.tea.test/token'],
    ['tea.azurecr.io', 'https://evil.azurecr.io/oauth2/token'],
    ['tea.co.uk', 'https://evil.co.uk/token'],
    ['tea.test', 'https://evil.test/token'],
    ['docker.io', 'https://auth.evil.test/token'],
    ['quay.io', 'https://auth.docker.io/token'],
  ])('N02 of %s is not %s', (registry, realm) => {
    expect(() => trustedRealm(realm, of(registry))).toThrow(expect.objectContaining({ because: 'untrusted' }));
  });

  it('N02 may be elsewhere where the configuration says so', () => {
    expect(trustedRealm('https://login.tea.example/token', of('tea.test', 'login.tea.example')).host).toBe('login.tea.example');
  });
});
