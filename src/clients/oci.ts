import type { Edge, ReadBlob } from '../collect/define-source.ts';
import { Digest } from '../domain/digest.ts';
import { type AuditError, unreadable } from '../error.ts';
import { type Answer, ask, type Head, type Request } from './http.ts';
import { type AuthoritySettings, openAuthority } from './oci/authority.ts';
import type { Budget } from './oci/budget.ts';
import type { Held } from './oci/content.ts';
import { type AskFor, holds, isListed } from './oci/holds.ts';
import { ACCEPT, bareType, shapeOf } from './oci/media-type.ts';
import { publicLookup } from './oci/public-lookup.ts';
import { redirectTarget } from './oci/redirect.ts';
import { nextPage, type ReferrersPage, readReferrers } from './oci/referrers.ts';
import { refusalOf } from './oci/refusal.ts';
import { digestOf, isHeldBy, refuseUncomputable, verify } from './oci/verify.ts';
import { refuseEncoded } from './refuse-encoded.ts';
import { withTimeFor } from './time-for.ts';

/** Whether the bytes of a digest were read. */
export type IsKnown = (digest: Digest) => Promise<boolean>;

/** What a registry of the OCI distribution spec holds; every byte it hands out is verified, whatever it calls itself. */
export type Registry = Readonly<{
  /** Its host, as image references name it. */
  name: string;
  /** Where something is read. */
  locate(is: 'manifest' | 'config', repository: string, digest: Digest): string;
  /** An index or a manifest. */
  manifest(repository: string, digest: Digest): Promise<Held>;
  /** A config, or another blob. */
  config(repository: string, digest: Digest): Promise<Held>;
  /** A blob as it arrives, be it large: whoever takes it holds it to its digest. */
  download: ReadBlob;
  /**
   * What a tag names now, and where that was read: a header is believed where the bytes of the digest are known, if it is asked whether they are;
   * else the bytes of the tag say it.
   */
  resolve(repository: string, tag: string, isKnown?: IsKnown): Promise<Readonly<{ digest: Digest; locator: string }>>;
  /** Whether a repository holds a manifest now; "no" is believed of one that is known to be readable, or that lists a tag. */
  holds(repository: string, digest: Digest, isReadable: boolean): Promise<boolean>;
  /** A page of what refers to a digest; undefined where the registry does not know the question. */
  referrers(repository: string, digest: Digest, search: string): Promise<ReferrersPage | undefined>;
}>;

const LARGEST_BYTES = 8 * 1024 * 1024;
const MOST_REDIRECTS = 5;
/** An empty list is 200: anything of these says that there is no such API (distribution-spec 1.1). */
const UNKNOWN_QUESTION: ReadonlySet<number> = new Set([400, 404, 405, 501]);
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

type Call = Readonly<{
  repository: string;
  path: string;
  method?: 'GET' | 'HEAD';
  accept: string;
  follows?: boolean;
  /** How a large blob is taken, and how many bytes of it. */
  large?: Readonly<{ receive: NonNullable<Request['receive']>; size: number }>;
}>;

/** A client of one registry, within its budget, and of no other host but its token server and where it sends for blobs. */
export function openRegistry(settings: AuthoritySettings, budget: Budget): Registry {
  const authority = openAuthority(settings, budget.edge);
  const nameOf = (repository: string) => `${settings.registry}/${repository}`;
  const urlOf = ({ repository, path }: Pick<Call, 'repository' | 'path'>) => new URL(`/v2/${repository}/${path}`, settings.origin);

  const call = async ({ method = 'GET', accept, ...where }: Call): Promise<Answer> => {
    const url = urlOf(where);
    const edge = method === 'GET' && where.path.startsWith('manifests/') ? budget.pulling : budget.edge;
    const answer = await authority(where.repository, (authorization) => {
      const headers = { accept, ...(authorization === undefined ? {} : { authorization }) };
      const { receive, size = 0 } = where.large ?? {};
      const capBytes = Math.max(size, LARGEST_BYTES);
      const request: Request = { method, url, headers, options: settings.options, capBytes, ...(receive ? { receive } : {}) };
      return where.follows ? follow(request, withTimeFor(size, edge)) : ask(request, edge);
    });
    budget.tell(answer);
    refuseEncoded(answer, url);
    return answer;
  };

  const hold = async (wanted: Call, digest: Digest | undefined): Promise<Held> => {
    if (digest !== undefined) refuseUncomputable(digest);
    const url = urlOf(wanted);
    const answer = await call(wanted);
    const { status, headers, body } = answer;
    if (status !== 200) throw refusalOf(status, nameOf(wanted.repository), url);
    const mediaType = headers['content-type'] ?? '';
    if (body.length === 0 || bareType(mediaType) === 'text/html') throw noContent(url);
    const locator = `${url.origin}${url.pathname}`;
    if (digest !== undefined) verify(digest, body, locator);
    return { body, mediaType, locator, image: { registry: settings.registry, repository: wanted.repository } };
  };

  return {
    name: settings.registry,
    locate(is, repository, digest) {
      const { origin, pathname } = urlOf({ repository, path: `${is === 'manifest' ? 'manifests' : 'blobs'}/${digest}` });
      return `${origin}${pathname}`;
    },
    manifest: (repository, digest) => hold({ repository, path: `manifests/${digest}`, accept: ACCEPT }, digest),
    download: (blob, open) => download({ call, urlOf, nameOf }, blob, open),
    config: (repository, digest) => hold({ repository, path: `blobs/${digest}`, accept: '*/*', follows: true }, digest),
    referrers: (repository, digest, search) => listReferrers({ call, urlOf, nameOf }, repository, `referrers/${digest}${search}`),
    holds: (repository, digest, isReadable) => isHeld({ call, urlOf, nameOf }, { repository, digest, isReadable }),
    resolve: (repository, tag, isKnown) => resolveTag({ call, hold, urlOf, nameOf }, { repository, tag, isKnown }),
  };
}

type Where = Pick<Call, 'repository' | 'path'>;
type Line = Readonly<{
  call(wanted: Call): Promise<Answer>;
  hold(wanted: Call, digest: Digest | undefined): Promise<Held>;
  urlOf(where: Where): URL;
  nameOf(repository: string): string;
}>;

async function download(
  { call, urlOf, nameOf }: Omit<Line, 'hold'>,
  { repository, digest, size }: Parameters<ReadBlob>[0],
  open: Parameters<ReadBlob>[1],
): Promise<void> {
  refuseUncomputable(digest);
  const wanted = { repository, path: `blobs/${digest}`, accept: '*/*', follows: true };
  const url = urlOf(wanted);
  const receive = (head: Head) => {
    if (head.status !== 200) return undefined;
    refuseEncoded(head, url);
    return open();
  };
  const { status } = await call({ ...wanted, large: { receive, size } });
  if (status !== 200) throw refusalOf(status, nameOf(repository), url);
}

async function isHeld(
  { call, urlOf, nameOf }: Omit<Line, 'hold'>,
  { repository, digest, isReadable }: Readonly<{ repository: string; digest: Digest; isReadable: boolean }>,
): Promise<boolean> {
  const askFor: AskFor = ({ path, method }) => call({ repository, path, method, accept: ACCEPT });
  const answer = await holds(askFor, digest);
  if (answer === true) return true;
  if (answer === false && (isReadable || (await isListed(askFor, repository)))) return false;
  throw refusalOf(answer === false ? 404 : answer.status, nameOf(repository), urlOf({ repository, path: `manifests/${digest}` }));
}

async function listReferrers(
  { call, urlOf, nameOf }: Omit<Line, 'hold'>,
  repository: string,
  path: string,
): Promise<ReferrersPage | undefined> {
  const wanted = { repository, path, accept: ACCEPT };
  const answer = await call(wanted);
  if (UNKNOWN_QUESTION.has(answer.status)) return undefined;
  const url = urlOf(wanted);
  if (answer.status !== 200) throw refusalOf(answer.status, nameOf(repository), url);
  return { referrers: readReferrers(answer.body, `${url.origin}${url.pathname}`), next: nextPage(answer, url) };
}

type Tagged = Readonly<{ repository: string; tag: string; isKnown: IsKnown | undefined }>;

async function resolveTag({ call, hold, urlOf, nameOf }: Line, { repository, tag, isKnown }: Tagged): ReturnType<Registry['resolve']> {
  const wanted = { repository, path: `manifests/${tag}`, accept: ACCEPT };
  const { status, headers } = await call({ ...wanted, method: 'HEAD' });
  const stated = Digest.safeParse(status === 200 ? headers['docker-content-digest'] : undefined).data;
  const url = urlOf(wanted);
  const locator = `${url.origin}${url.pathname}`;
  if (stated && shapeOf(bareType(headers['content-type'])) && ((await isKnown?.(stated)) ?? true)) return { digest: stated, locator };
  // An older registry names no digest, a few know no HEAD, and a header may lie; then the bytes say what the tag names.
  if (status !== 200 && status !== 405 && status !== 501) throw refusalOf(status, `${nameOf(repository)}:${tag}`, url);
  const held = await hold(wanted, undefined);
  if (!shapeOf(bareType(held.mediaType))) throw notUnderstood(held);
  if (stated === undefined) return { digest: digestOf(held.body), locator };
  if (isHeldBy(stated, held.body)) return { digest: stated, locator };
  return { digest: digestOf(held.body), locator: `${locator} (a moment before, a header named ${stated})` };
}

/** Follows where a blob is stored. What opened the registry is never shown to another host. */
async function follow(request: Request, edge: Edge): Promise<Answer> {
  const { url: origin } = request;
  let { url, headers = {}, options = {} } = request;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const answer = await ask({ ...request, url, headers, options }, edge);
    if (!REDIRECTS.has(answer.status)) return answer;
    url = redirectTarget(answer.headers['location'], url, origin);
    const { authorization: _, ...open } = headers;
    if (url.origin !== origin.origin) headers = open;
    if (url.hostname !== origin.hostname) options = { ...options, lookup: publicLookup(origin) };
  }
  throw unreadable('untrusted', `${origin.host} sends for a blob more than ${MOST_REDIRECTS} times`, {
    hint: `${origin.host} sends for its blobs in a circle: tell whoever runs it.`,
  });
}

function noContent(url: URL): AuditError {
  return unreadable('malformed', `${url.origin}${url.pathname} answers with a page, or with nothing`, {
    hint: `What stands before ${url.host} answers instead of it, as login pages do: name the registry itself, or log in.`,
  });
}

function notUnderstood({ locator, mediaType }: Held): AuditError {
  return unreadable('unsupported', `${locator} is ${mediaType || 'of no type'}`, {
    hint: `${locator} is no image of OCI or Docker schema 2: push it again with a current builder.`,
  });
}
