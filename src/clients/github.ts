import type { Octokit } from 'octokit';
import type { z } from 'zod';
import type { Edge } from '../collect/define-source.ts';
import { parseJson } from '../domain/parse-json.ts';
import { unreadable } from '../error.ts';
import { openClock } from './clock.ts';
import { askingAgain, askingOnce } from './github/ask-again.ts';
import { download, type Wish } from './github/download.ts';
import { type Budget, type Fetch, openFetch } from './github/fetch.ts';
import { type Kept, NOTHING_KEPT, openKept } from './github/kept.ts';
import { type LoginSettings, openLogin } from './github/login.ts';
import { leftIn } from './github/rate-limit.ts';
import { type Asked, refusalOf } from './github/refusal.ts';
import { type Login, namesOf } from './github/token.ts';
import { type CacheConfig, openConfiguredFiles } from './own-files.ts';

export type GithubSettings = LoginSettings &
  Readonly<{
    /** How many requests may be charged. */
    maxRequests: number;
    /** Where answers are kept over runs; nowhere where it is left out. */
    cache?: CacheConfig;
    /** What the token has to be allowed to read, and what is to be named less of where that is too much, in words. */
    reads: string;
    scope: string;
  }>;

/** One question: a route of GitHub's REST API with its parameters, and what is used of the answer. */
export type Question<S extends z.ZodType> = Asked &
  Readonly<{
    route: string;
    parameters: Readonly<Record<string, string | number | readonly string[]>>;
    schema: S;
    /** Since when nothing changes the answer any more, and whether it is one that may be kept for good. */
    lasting?: Readonly<{ since: string; isWhole(answer: z.output<S>): boolean }> | undefined;
  }>;

/** The part of GitHub that is read. */
export type Github = Readonly<{
  /** The answer to a question, checked; what was answered in this collection is not asked again. */
  ask<S extends z.ZodType>(question: Question<S>): Promise<z.output<S>>;
  /** Where GitHub keeps the bytes of something that it hands out by a redirect: an address that is itself a key. */
  addressOf(question: Omit<Question<z.ZodType>, 'schema' | 'lasting'>): Promise<URL>;
  /** Bytes that GitHub keeps elsewhere, fetched without the token. */
  download(address: URL, wish: Wish): Promise<Buffer>;
  /** What is kept over runs of something that nothing changes any more since an instant, and has not for a while. */
  keptSince(since: string | null | undefined): Kept;
  /** The address of a path of the API, for people. */
  locate(path: string): string;
  /** Where its GraphQL API answers. */
  graphql: string;
  /** What it took until now, and what is left of GitHub's limit, in words. */
  account(): string;
  /** The same as numbers, and how far its clock is ahead of ours, where they differ. */
  told(): Readonly<{ requests: number; most: number; skewMs: number | undefined }>;
}>;

const API_VERSION = '2022-11-28';
// What has just ended may be told otherwise for a moment: GitHub answers from copies.
const SETTLED_MS = 60 * 60_000;
const NOT_MODIFIED = 304;
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Opens GitHub's REST API with the login that is configured; nothing is asked before the first question. */
export async function openGithub(settings: GithubSettings, edge: Edge): Promise<Github> {
  const api = new URL(settings.apiUrl.replace(/\/$/, ''));
  const budget = openBudget(settings, edge);
  const asker = openFetch(api, budget, edge);
  const login = await openLogin(settings, { api, asker }, edge);
  if (!login) throw withoutToken(settings, edge);
  const kept = await keptFor(settings, { login, api }, edge);
  const keptSince: Github['keptSince'] = (since) => (edge.now().getTime() - Date.parse(since ?? '') >= SETTLED_MS ? kept : NOTHING_KEPT);
  const octokit = await openOctokit(api, login, kept === NOTHING_KEPT ? asker : askingAgain(asker, kept));
  const answers = new Map<string, Promise<unknown>>();
  const send = async ({ route, parameters, what, permission }: Omit<Question<z.ZodType>, 'schema' | 'lasting'>, way?: Fetch) => {
    try {
      return await octokit.request(route, way ? { ...parameters, request: { fetch: way } } : parameters);
    } catch (error) {
      edge.signal.throwIfAborted();
      throw refusalOf(error, { what, permission });
    }
  };
  const onceFor = <S extends z.ZodType>({ schema, lasting }: Question<S>): Fetch | undefined => {
    if (!lasting || keptSince(lasting.since) === NOTHING_KEPT) return undefined;
    const isLasting = (body: Buffer) => {
      const parsed = schema.safeParse(parseJson(body.toString('utf8')));
      return parsed.success && lasting.isWhole(parsed.data);
    };
    return askingOnce(asker, kept, { since: lasting.since, isLasting });
  };
  return {
    async ask(question) {
      const key = JSON.stringify([question.route, question.parameters]);
      const answer = answers.get(key) ?? send(question, onceFor(question)).then((answer): unknown => wholeIn(answer, question.what));
      answers.set(key, answer);
      const parsed = question.schema.safeParse(await answer);
      if (parsed.success) return parsed.data;
      const [issue] = parsed.error.issues;
      throw unreadable('malformed', `${question.what}: GitHub answers ${issue?.path.join('.')} otherwise than it is documented`, {
        hint: `Check that ${api.href} is the API of GitHub.`,
      });
    },
    async addressOf(question) {
      const { headers, url } = await send(question);
      return addressIn(headers.location, new URL(url || api.href), question.what);
    },
    download: (address, wish) => download(address, wish, { api, edge }),
    keptSince,
    locate: (path) => `${api.href.replace(/\/$/, '')}/${path}`,
    // Of a server of one's own it stands beside the REST API: /api/v3, /api/graphql.
    graphql: `${api.href.replace(/\/(?:v3\/?)?$/, '')}/graphql`,
    ...budget.telling,
  };
}

/** What is spent: an answer that nothing has changed is free, and does not count against what may be asked. */
function openBudget(settings: GithubSettings, edge: Edge): Budget & Readonly<{ telling: Pick<Github, 'account' | 'told'> }> {
  const clock = openClock(edge);
  let [requests, free] = [0, 0];
  let left = '';
  return {
    spend() {
      if (++requests - free > settings.maxRequests) throw tooMany(settings);
    },
    refund: () => void requests--,
    tell({ status, headers }) {
      if (status === NOT_MODIFIED) free++;
      left = leftIn(headers);
      clock.hear({ headers });
    },
    telling: {
      told: () => ({ requests, most: settings.maxRequests, skewMs: clock.skewMs() }),
      account: () => `${requests} requests${free > 0 ? `, ${free} of them free,` : ''} of at most ${settings.maxRequests}${left}`,
    },
  };
}

async function keptFor({ cache }: GithubSettings, { login, api }: Readonly<{ login: Login; api: URL }>, edge: Edge): Promise<Kept> {
  const files = cache && (await openConfiguredFiles(cache, 'github', edge));
  return files ? openKept(files, { secret: login.secret, api }, edge) : NOTHING_KEPT;
}

/**
 * Octokit for one API. Its own waiting is switched off: it would wait for an hour in silence, and hold ten requests at a time whatever is configured.
 */
async function openOctokit(api: URL, login: Login, asker: Fetch): Promise<Octokit> {
  const sdk = await import('octokit');
  const octokit = new sdk.Octokit({
    baseUrl: api.href.replace(/\/$/, ''),
    userAgent: 'selfsame',
    log: silent,
    throttle: { enabled: false },
    retry: { enabled: false },
    request: { fetch: asker, log: silent },
  });
  octokit.hook.before('request', async (options) => {
    options.headers.authorization = `token ${await login.token()}`;
    options.headers['x-github-api-version'] = API_VERSION;
  });
  return octokit;
}

/** What was answered; where GitHub sends elsewhere for it, the token does not go. */
function wholeIn({ status, headers, data }: Readonly<{ status: number; headers: { location?: string }; data: unknown }>, what: string) {
  if (status < 300) return data;
  const { location = '' } = headers;
  throw unreadable('untrusted', `${what}: GitHub sends to ${URL.canParse(location) ? new URL(location).host : 'itself, again and again'}`, {
    hint: 'Check `apiUrl`: the token goes to the API alone, and no redirect leads out of it.',
  });
}

function addressIn(location: string | undefined, base: URL, what: string): URL {
  if (location !== undefined && URL.canParse(location, base.href)) return new URL(location, base.href);
  throw unreadable('unsupported', `${what}: GitHub does not say where it is kept`, {
    hint: `See what answers for ${base.host}: it does not say where ${what} is kept.`,
  });
}

function withoutToken(settings: GithubSettings, edge: Edge): Error {
  const names = namesOf(settings, edge).join(' or ');
  return unreadable('unauthenticated', `${names} is not set`, {
    hint: `Set ${names} to a token that may read ${settings.reads}.`,
  });
}

function tooMany({ maxRequests, scope }: GithubSettings): Error {
  return unreadable('incomplete', `more than ${maxRequests} requests would be needed`, {
    hint: `Raise \`maxRequests\` of the source, or name fewer ${scope}.`,
  });
}
