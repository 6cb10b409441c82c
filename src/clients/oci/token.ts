import { z } from 'zod';
import type { Edge } from '../../collect/define-source.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { unreadable } from '../../error.ts';
import { ask } from '../http.ts';
import type { Challenge } from './challenge.ts';
import { publicLookup } from './public-lookup.ts';
import { type Trusted, trustedRealm } from './realm.ts';

/** A registry, the realms it may send to, and what connections to them need. */
export type TokenSettings = Trusted & Readonly<{ options: Readonly<{ ca?: string }> }>;

/** What a token is asked with: the challenge, the repository it is for, and the login, if there is one. */
export type TokenWish = Readonly<{ challenge: Extract<Challenge, { scheme: 'bearer' }>; repository: string; basic: string | undefined }>;

const LARGEST_BYTES = 64 * 1024;
// RFC 6750, 2.1.
const TOKEN = /^[\w.~+/-]+=*$/;
const TokenAnswer = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/** Asks the realm of a challenge for a token that may pull from one repository, and nothing else. */
export async function requestToken({ challenge, repository, basic }: TokenWish, settings: TokenSettings, edge: Edge): Promise<string> {
  const url = trustedRealm(challenge.realm, settings);
  if (challenge.service !== '') url.searchParams.set('service', challenge.service);
  // Never the scope of the challenge: a registry could ask for more than to pull, and be handed it.
  url.searchParams.set('scope', `repository:${repository}:pull`);
  const headers = { accept: 'application/json', ...(basic === undefined ? {} : { authorization: basic }) };
  const isChosen = url.hostname === settings.origin.hostname || url.host === settings.realmHost;
  const options = isChosen ? settings.options : { ...settings.options, lookup: publicLookup(settings.origin) };
  const answer = await ask({ url, headers, capBytes: LARGEST_BYTES, options }, edge);
  if (answer.status !== 200) throw notIssued(url, answer.status, settings);
  return tokenOf(answer.body, url, edge);
}

function tokenOf(body: Uint8Array, url: URL, edge: Edge): string {
  const answer = TokenAnswer.safeParse(parseStrictJson(body));
  const token = answer.data?.token ?? answer.data?.access_token ?? '';
  if (!TOKEN.test(token))
    throw unreadable('malformed', `${url.origin} answers with what is no token`, {
      hint: `Ask whoever runs ${url.host} what it hands out.`,
    });
  edge.conceal(token);
  return token;
}

function notIssued(url: URL, status: number, { registry }: Trusted): Error {
  const because = status === 401 || status === 403 ? 'unauthenticated' : status === 429 ? 'rate-limited' : 'unreachable';
  return unreadable(because, `${url.origin} answers ${status} instead of a token`, {
    hint: `${url.host} hands out no token for ${registry} (it answers ${status}): set username and passwordEnv of this source, or log in with docker.`,
  });
}
