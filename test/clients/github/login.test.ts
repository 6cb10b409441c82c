import { createVerify, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runsOn } from '../../../src/clients/github/runs.ts';
import { type Github, openGithub } from '../../../src/clients/github.ts';
import { openEdge } from '../../fakes/edge.ts';
import { standInForGh } from '../../fakes/gh.ts';
import { type Answer, type Called, type FakeGithub, startGithub, TOKEN } from '../../fakes/github.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const NOW = '2026-03-01T12:00:00Z';
const COMMIT = 'c0ffee'.padEnd(40, '0');
const MINTS = '/app/installations/77/access_tokens';

let fake: FakeGithub;
const gh = standInForGh();

beforeEach(async () => {
  fake = await startGithub();
});
afterEach(() => fake.stop());

const settings = (login: object) => ({
  apiUrl: fake.apiUrl,
  tokenEnv: 'TEA_TOKEN',
  maxRequests: 100,
  reads: 'runs',
  scope: 'commits',
  ...login,
});
const app = (key: object = { keyEnv: 'TEA_KEY' }) => settings({ app: { id: '4711', installation: '77', ...key } });
const withKey = (key = PEM, now = NOW) => openEdge({ secrets: { TEA_KEY: key }, now });
const ask = async (github: Github) => (await runsOn(github, 'acme/payments', COMMIT)).length;

/** What an app says of itself, where its signature is of the key. */
function saidIn({ headers }: Called): object {
  const [header = '', payload = '', signature = ''] = (headers.authorization ?? '').replace('Bearer ', '').split('.');
  const isSigned = createVerify('RSA-SHA256').update(`${header}.${payload}`).verify(publicKey, Buffer.from(signature, 'base64url'));
  return {
    isSigned,
    ...JSON.parse(Buffer.from(header, 'base64url').toString()),
    ...JSON.parse(Buffer.from(payload, 'base64url').toString()),
  };
}

function minting(answer: Answer = { status: 201, body: { token: TOKEN, expires_at: '2026-03-01T13:00:00Z' } }): void {
  fake.reply(({ method, path: asked }) => (method === 'POST' && asked === MINTS ? answer : undefined));
}

describe('an app', () => {
  it('says who it is for nine minutes, and asks with the token that it is given', async () => {
    minting();

    expect(await ask(await openGithub(app(), withKey()))).toBe(0);

    const [minted] = fake.calls;
    const now = Date.parse(NOW) / 1000;
    expect(minted && saidIn(minted)).toEqual({ isSigned: true, alg: 'RS256', typ: 'JWT', iss: '4711', iat: now - 60, exp: now + 540 });
  });

  it.each([
    ['a variable with its lines in one', () => ({ login: app(), edge: withKey(PEM.replaceAll('\n', '\\n')) })],
    [
      'a file',
      () => {
        const keyFile = path.join(mkdtempSync(path.join(tmpdir(), 'selfsame-key-')), 'app.pem');
        writeFileSync(keyFile, PEM);
        return { login: app({ keyFile }), edge: openEdge({ now: NOW }) };
      },
    ],
  ])('may have its key in %s', async (_, arrange) => {
    minting();
    const { login, edge } = arrange();

    expect(await ask(await openGithub(login, edge))).toBe(0);
  });

  it('asks for one token, and for another before that ends', async () => {
    minting();
    let now = NOW;
    const github = await openGithub(app(), { ...withKey(), now: () => new Date(now) });

    await Promise.all([ask(github), runsOn(github, 'acme/checkout', COMMIT)]);
    now = '2026-03-01T12:56:00Z';
    await runsOn(github, 'acme/ledger', COMMIT);

    expect(fake.calls.filter(({ path: asked }) => asked === MINTS)).toHaveLength(2);
  });

  it('shows neither its key nor what it signs nor its token to anybody', async () => {
    minting();
    const edge = withKey();

    await ask(await openGithub(app(), edge));

    const word = fake.calls[0]?.headers.authorization?.replace('Bearer ', '');
    expect(edge.concealed).toEqual(expect.arrayContaining([PEM.trim(), word, TOKEN]));
  });

  it.each([
    ['whose key is not accepted', { status: 401, body: { message: 'A JSON web token could not be decoded' } }, 'unauthenticated', 'clock'],
    ['that is not installed', { status: 404, body: { message: 'Not Found' } }, 'not-found', 'installed'],
    ['that was suspended', { status: 403, body: { message: 'This installation has been suspended' } }, 'forbidden', 'installed'],
    ['that is answered with no token', { status: 201, body: {} }, 'malformed', undefined],
  ])('%s is refused with what to do', async (_, answer, because, hint) => {
    minting(answer);
    const github = await openGithub(app(), withKey());

    await expect(ask(github)).rejects.toMatchObject({ because, ...(hint ? { hint: expect.stringContaining(hint) } : {}) });
  });

  it.each([
    ['holds nothing', ''],
    ['holds what is no key', 'earl grey'],
    [
      'holds a key that is not RSA',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
    ],
  ])('whose variable %s is told so, without a word of it', async (_, key) => {
    await expect(openGithub(app(), withKey(key))).rejects.toMatchObject({
      because: 'unauthenticated',
      message: expect.stringMatching(/TEA_KEY holds no (?:RSA )?key$/),
    });
  });

  it('whose file is not there is told so', async () => {
    const keyFile = path.join(tmpdir(), 'no-such-key.pem');

    await expect(openGithub(app({ keyFile }), openEdge())).rejects.toThrow(`${keyFile} holds no key`);
  });
});

describe('gh', () => {
  it('lends its token where that is allowed, and the environment has none', async () => {
    gh(`echo ${TOKEN}`);
    const edge = openEdge();

    expect(await ask(await openGithub(settings({ gh: 'allow' }), edge))).toBe(0);

    expect(edge.concealed).toContain(TOKEN);
  });

  it('is not run where nobody allowed it', async () => {
    gh(`echo ${TOKEN}`);

    await expect(openGithub(settings({}), openEdge())).rejects.toThrow('TEA_TOKEN is not set');
  });

  it('is not run where the environment has a token', async () => {
    gh('exit 1');

    expect(await ask(await openGithub(settings({ gh: 'allow' }), openEdge({ secrets: { TEA_TOKEN: TOKEN } })))).toBe(0);
  });

  it.each([
    ['is not logged in there', 'echo "no oauth token" >&2; exit 1', 'is not logged in there'],
    ['prints something else than a token', 'echo no token here', 'prints no token'],
    ['prints nothing', 'true', 'prints no token'],
  ])('that %s is told so', async (_, script, says) => {
    gh(script);

    await expect(openGithub(settings({ gh: 'allow' }), openEdge())).rejects.toMatchObject({
      because: 'unauthenticated',
      message: expect.stringContaining(says),
      hint: expect.stringContaining('gh auth login --hostname 127.0.0.1'),
    });
  });
});
