import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { open } from 'node:fs/promises';
import { z } from 'zod';
import type { Edge } from '../../collect/define-source.ts';
import { parseJson } from '../../domain/parse-json.ts';
import { unreadable } from '../../error.ts';
import type { Fetch } from './fetch.ts';
import { refusalOf } from './refusal.ts';
import type { Login } from './token.ts';

/** A GitHub App with the installation whose repositories are read, and where its private key is. */
export const AppSettings = z
  .strictObject({
    id: z.string().regex(/^[\w.-]{1,100}$/, 'is no id: write the App ID or the client ID of the app'),
    installation: z.string().regex(/^\d{1,20}$/, 'is no number: it stands at the end of the address of the installation'),
    keyEnv: z.string().min(1).optional(),
    keyFile: z.string().min(1).optional(),
  })
  .refine(({ keyEnv, keyFile }) => (keyEnv === undefined) !== (keyFile === undefined), 'needs one of keyEnv and keyFile');
export type AppSettings = z.output<typeof AppSettings>;

const Minted = z.object({ token: z.string().min(1), expires_at: z.iso.datetime({ offset: true }) });

const LARGEST_KEY = 64 * 1024;
// GitHub takes no word that lasts longer than ten minutes, and advises to date it a minute back (docs.github.com, generating a JWT, 2026).
const BACK_S = 60;
const LASTS_S = 9 * 60;
const BEFORE_IT_ENDS_MS = 5 * 60_000;
const CREATED = 201;

/** Logs in as an installation of an app: its token lasts an hour, and is renewed before that. */
export async function appLogin(app: AppSettings, { api, asker }: Readonly<{ api: URL; asker: Fetch }>, edge: Edge): Promise<Login> {
  const key = await keyOf(app, edge);
  let minted: Promise<z.output<typeof Minted>> | undefined;
  let until = Number.NEGATIVE_INFINITY;
  const token = async () => {
    if (!minted || edge.now().getTime() >= until) {
      until = Number.POSITIVE_INFINITY;
      minted = mint(app, { api, asker, key }, edge);
      until = Date.parse((await minted).expires_at) - BEFORE_IT_ENDS_MS;
    }
    return (await minted).token;
  };
  // An app sees through every installation something else.
  const secret = JSON.stringify([app.id, app.installation, key.export({ type: 'pkcs1', format: 'pem' }).toString()]);
  return { token, secret };
}

type Minting = Readonly<{ api: URL; asker: Fetch; key: KeyObject }>;

async function mint({ id, installation }: AppSettings, { api, asker, key }: Minting, edge: Edge): Promise<z.output<typeof Minted>> {
  const address = `${api.href.replace(/\/$/, '')}/app/installations/${installation}/access_tokens`;
  const word = wordOf(id, key, edge);
  edge.conceal(word);
  const headers = { accept: 'application/vnd.github+json', authorization: `Bearer ${word}`, 'user-agent': 'selfsame' };
  const answer = await asker(address, { method: 'POST', headers, body: '{}' });
  const text = await answer.text();
  const parsed = answer.status === CREATED ? Minted.safeParse(parseJson(text)) : undefined;
  if (!parsed) throw refused({ id, installation }, answer, text);
  if (!parsed.success) throw unreadable('malformed', `GitHub answers otherwise than with a token for installation ${installation}`);
  edge.conceal(parsed.data.token);
  return parsed.data;
}

/** What an app says of itself, signed with its key (RFC 7519, RS256). */
function wordOf(id: string, key: KeyObject, edge: Edge): string {
  const now = Math.floor(edge.now().getTime() / 1000);
  const parts = [
    { alg: 'RS256', typ: 'JWT' },
    { iat: now - BACK_S, exp: now + LASTS_S, iss: id },
  ];
  const said = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${said}.${sign('RSA-SHA256', Buffer.from(said), key).toString('base64url')}`;
}

function refused({ id, installation }: Pick<AppSettings, 'id' | 'installation'>, { status, headers }: Response, text: string): unknown {
  if (status === 401)
    return unreadable('unauthenticated', `GitHub does not accept the key of app ${id}`, {
      hint: 'Check that the key is of this app and was not removed, and that the clock of this machine is right.',
    });
  const error = { status, message: text.slice(0, 2000), response: { headers: Object.fromEntries(headers) }, cause: undefined };
  return refusalOf(error, { what: `installation ${installation} of app ${id}`, permission: 'to be installed on the repositories' });
}

async function keyOf({ id, keyEnv, keyFile }: AppSettings, edge: Edge): Promise<KeyObject> {
  const place = keyFile ?? keyEnv ?? '';
  const text = keyFile === undefined ? edge.secret(place) : await readKey(keyFile);
  if (!text?.trim()) throw noKey(id, `${place} holds no key`);
  // A variable has one line where a file has many.
  const pem = text.replaceAll('\\n', '\n').trim();
  edge.conceal(pem);
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // Without its cause: what is said of a key may quote it.
  }
  throw noKey(id, `${place} holds no RSA key`);
}

async function readKey(file: string): Promise<string> {
  const handle = await open(file).catch(() => undefined);
  if (!handle) return '';
  try {
    const bytes = Buffer.alloc(LARGEST_KEY);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return bytes.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  } finally {
    await handle.close();
  }
}

function noKey(id: string, why: string): Error {
  return unreadable('unauthenticated', why, {
    hint: `Put the private key of app ${id} there, as GitHub gives it out: -----BEGIN RSA PRIVATE KEY-----.`,
  });
}
