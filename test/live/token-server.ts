import { createSign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { SCANNER, type Servers } from './servers.ts';

/** Who hands out tokens for the sealed registry, and what was asked of it. */
export type TokenServer = Readonly<{ asked: string[]; stop(): Promise<void> }>;

const GOOD_FOR_S = 300;

/** Starts what signs tokens with the key that the sealed registry trusts, for whoever has the scanner's password, to pull and nothing else. */
export async function startTokenServer({ folder, tokens }: Servers): Promise<TokenServer> {
  const read = (name: string) => readFileSync(path.join(folder, 'sealed', name), 'utf8');
  const [key, chain] = [read('tokens.key'), [new X509Certificate(read('tokens.crt')).raw.toString('base64')]];
  const asked: string[] = [];
  const server = https.createServer({ cert: read('server.crt'), key: read('server.key') }, (request, response) => {
    const { searchParams } = new URL(request.url ?? '', `https://${tokens}`);
    const login = Buffer.from(`${SCANNER.username}:${SCANNER.password}`).toString('base64');
    asked.push(searchParams.getAll('scope').join(' '));
    const isKnown = request.headers.authorization === `Basic ${login}`;
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isKnown ? { token: signed(key, chain, searchParams), expires_in: GOOD_FOR_S } : {}));
  });
  const port = Number(tokens.split(':')[1]);
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return {
    asked,
    stop: () =>
      new Promise<void>((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}

/** A JWT as distribution reads it (docs/spec/auth/jwt.md, 2.8): its header names the certificate that the registry is given. */
function signed(key: string, x5c: readonly string[], asked: URLSearchParams): string {
  const now = Math.floor(Date.now() / 1000);
  const access = asked.getAll('scope').map((scope) => {
    const [, name = '', actions = ''] = /^repository:(.+):([^:]+)$/.exec(scope) ?? [];
    return { type: 'repository', name, actions: actions.split(',').filter((action) => action === 'pull') };
  });
  const claims = {
    iss: 'harbour-tokens',
    sub: SCANNER.username,
    aud: asked.get('service'),
    exp: now + GOOD_FOR_S,
    nbf: now - 10,
    iat: now,
  };
  const [head, body] = [
    { typ: 'JWT', alg: 'RS256', x5c },
    { ...claims, jti: String(now), access },
  ].map(encoded);
  return `${head}.${body}.${createSign('RSA-SHA256').update(`${head}.${body}`).sign(key, 'base64url')}`;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
