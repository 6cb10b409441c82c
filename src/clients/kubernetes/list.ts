import { z } from 'zod';
import { parseJson } from '../../domain/parse-json.ts';
import { AuditError } from '../../error.ts';
import type { Answer } from '../http.ts';
import type { Kubernetes } from '../kubernetes.ts';
import { type AskedPage, askPage, type Encoding, type PageRead } from './ask-page.ts';
import { continueIn } from './protobuf/pod-list.ts';
import { pathOf, refusal, type Trouble, troubleIn, unreadableItem, type Where } from './trouble.ts';

/**
 * One kind of object and where it is listed: the first API version that the server has counts; `encoding` is asked for before JSON, of
 * which `sharing` keeps once what objects repeat. An extension may be absent.
 */
export type Resource<T extends Named> = Readonly<{
  kind: string;
  plural: string;
  versions: readonly string[];
  schema: z.ZodType<T>;
  encoding?: () => Encoding<T>;
  sharing?: () => (item: T) => T;
  isExtension?: boolean;
}>;

/** As much of an object as tells it from the others of its kind. */
export type Named = Readonly<{ metadata: Readonly<{ name: string; namespace?: string; uid?: string | undefined }> }>;

/** What a list held; it was read whole where there is no trouble. `status` is that of the answer it ended with. */
export type Listing<T> = Readonly<{ items: readonly T[]; troubles: readonly Trouble[]; status: number }>;

/** One object, or why it could not be read; neither where it is forbidden or absent, which `status` tells. */
export type Single<T> = Readonly<{ status: number; read?: T; trouble?: Trouble }>;

type Query<T extends Named> = Readonly<{
  api: Kubernetes;
  resource: Resource<T>;
  version: string;
  path: string;
  namespace: string | undefined;
  encoding?: Encoding<T> | undefined;
  share?: ((item: T) => T) | undefined;
}>;
type Page<T> = AskedPage<T> & Readonly<{ isFirst: boolean }>;
type Reading<T> = Readonly<{ items: T[]; troubles: Trouble[]; status: number; resume?: string | undefined }>;

const PAGE_ITEMS = 500;
const NOT_ACCEPTABLE = 406;

/** A page of any list, `meta/v1 ListMeta`; only the presence of `continue` says that there is more. */
const List = z.object({
  kind: z.string().endsWith('List'),
  metadata: z.object({ continue: z.string().optional(), remainingItemCount: z.number().optional() }),
  items: z.array(z.unknown()).nullable(),
});
/** What an expired list is answered with: where it could go on, on newer objects. */
const Expired = z.object({ metadata: z.object({ continue: z.string().optional() }) });

/** Lists one kind of object, in the whole cluster or in one namespace, in the first version that the server has. */
export async function listObjects<T extends Named>(api: Kubernetes, resource: Resource<T>, namespace?: string): Promise<Listing<T>> {
  let listing: Listing<T> = { items: [], troubles: [], status: 404 };
  const ways = { encoding: resource.encoding?.(), share: resource.sharing?.() };
  for (const version of resource.versions) {
    listing = await listOnce({ api, resource, version, path: pathOf(resource.plural, version, namespace), namespace, ...ways });
    if (listing.status !== 404 || listing.troubles.length > 0) return listing;
  }
  // All others every API server has: where they are not, something stands before it.
  return resource.isExtension ? listing : { ...listing, troubles: [absent(api, resource, namespace)] };
}

function absent(
  api: Kubernetes,
  resource: Where['resource'] & Readonly<{ versions: readonly string[] }>,
  namespace: string | undefined,
): Trouble {
  const [version = ''] = resource.versions;
  const path = pathOf(resource.plural, version, namespace);
  const hint = `Every API server lists ${resource.plural}. Check what stands before this one: kubectl get --raw ${path}`;
  return troubleIn({ api, resource, version, path, namespace }, 'not-found', hint);
}

/** A list that shows an object twice was not of one moment, whatever the server says: another may be missing. */
async function listOnce<T extends Named>(query: Query<T>): Promise<Listing<T>> {
  const listing = await listConsistently(query);
  const once = new Map(listing.items.map((item) => [keyOf(item), item]));
  if (once.size === listing.items.length) return listing;
  return { ...listing, items: [...once.values()], troubles: [...listing.troubles, shifted(query)] };
}

function keyOf({ metadata: { uid, namespace = '', name } }: Named): string {
  return uid ?? `${namespace}/${name}`;
}

/** A list that expires while it is read is begun again once; then it is read to its end, and is no longer of one moment. */
async function listConsistently<T extends Named>(query: Query<T>): Promise<Listing<T>> {
  const whole = await readPages(query);
  if (whole.status !== 410) return whole;
  const again = await readPages(query);
  if (again.status !== 410) return again;
  const rest = again.resume ? await readPages(query, again.resume) : again;
  const expired = troubleIn(query, 'incomplete', 'It expired twice while it was read: scan again when the cluster is calmer.');
  return rest === again
    ? { ...again, troubles: [...again.troubles, expired] }
    : { items: [...again.items, ...rest.items], troubles: [...again.troubles, expired, ...rest.troubles], status: rest.status };
}

async function readPages<T extends Named>(query: Query<T>, from = ''): Promise<Reading<T>> {
  const items: T[] = [];
  const troubles: Trouble[] = [];
  const tokens = new Set<string>();
  for (let page = askFor(query, from, from === ''); ; ) {
    // One page ahead, as soon as it is known where the list goes on.
    const early = await page.next;
    const ahead = early === '' || tokens.has(early) ? undefined : askFor(query, early);
    const read = await readPage(query, page);
    for (const item of read.items) items.push(item);
    for (const trouble of read.troubles) troubles.push(trouble);
    const { token, status, resume } = read;
    // A page that was asked for again may go on elsewhere.
    if (token !== early) await ahead?.abandon();
    // Something between may refuse an encoding that it does not know, whatever else would be accepted.
    if (status === NOT_ACCEPTABLE && query.encoding) return readPages({ ...query, encoding: undefined }, from);
    if (token === '') return { items, troubles, status, resume };
    if (tokens.has(token)) return { items, troubles: [...troubles, endless(query)], status };
    tokens.add(token);
    page = token === early && ahead ? ahead : askFor(query, token);
  }
}

function askFor<T extends Named>(query: Query<T>, token: string, isFirst = false): Page<T> {
  const asked = token ? `&continue=${encodeURIComponent(token)}` : '';
  return { isFirst, ...askPage(query.api, `${query.path}?limit=${PAGE_ITEMS}${asked}`, query.encoding) };
}

async function readPage<T extends Named>(query: Query<T>, page: Page<T>): Promise<Reading<T> & { token: string }> {
  const nothing = { items: [], troubles: [], token: '' };
  const answer = await orTrouble(query, () => page.answer);
  if ('because' in answer) return { ...nothing, troubles: [answer], status: 0 };
  const { status } = answer;
  if (status === 410) return { ...nothing, status, resume: resumeIn(answer) };
  // A version that is not there; the core group is always there.
  if (status === 404 && query.version !== 'v1' && page.isFirst) return { ...nothing, status };
  if (status !== 200) return { ...nothing, troubles: [refusal(query, status)], status };
  const read = page.read() ?? readJson(query, answer);
  if (read === undefined) return { ...nothing, troubles: [notAList(query)], status };
  const { items, token, remaining, unreadable } = read;
  const troubles = unreadable.map(({ which, why }) => unreadableItem(query, which, why));
  return { items, token, status, troubles: token === '' && remaining > 0 ? [...troubles, withheld(query, remaining)] : troubles };
}

/** A refusal comes in the encoding that was asked for. */
function resumeIn(answer: Answer): string | undefined {
  const { continue: token } = Expired.safeParse(parseJson(answer.body.toString('utf8'))).data?.metadata ?? {};
  return token ?? continueIn(answer.body);
}

function readJson<T extends Named>(query: Query<T>, answer: Answer): PageRead<T> | undefined {
  const list = List.safeParse(parseJson(answer.body.toString('utf8')));
  if (!list.success) return undefined;
  const { continue: token = '', remainingItemCount: remaining = 0 } = list.data.metadata;
  const page: PageRead<T> = { token, remaining, items: [], unreadable: [] };
  for (const item of list.data.items ?? []) take(query, item, page);
  return page;
}

/** Reads one object by its path. */
export async function readObject<T>(api: Kubernetes, kind: string, path: string, schema: z.ZodType<T>): Promise<Single<T>> {
  const query = { api, path, version: 'v1', namespace: undefined, resource: { kind, plural: path } };
  const answer = await orTrouble(query, () => api.get(path));
  if ('because' in answer) return { status: 0, trouble: answer };
  const { status } = answer;
  if (status === 403 || status === 404) return { status };
  if (status !== 200) return { status, trouble: refusal(query, status) };
  const read = schema.safeParse(parseJson(answer.body.toString('utf8')));
  return read.success
    ? { status, read: read.data }
    : { status, trouble: troubleIn(query, 'malformed', `Read it: kubectl get --raw ${path}`) };
}

async function orTrouble(query: Where, get: () => Promise<Answer>): Promise<Answer | Trouble> {
  try {
    return await get();
  } catch (error) {
    if (!(error instanceof AuditError) || error.because === undefined) throw error;
    const hint =
      error.because === 'untrusted'
        ? `Give the authority that signed the API server's certificate as certificate-authority in the kubeconfig (${error.message}).`
        : (error.hint ?? error.message);
    return troubleIn(query, error.because, hint);
  }
}

function take<T extends Named>({ resource, share }: Query<T>, item: unknown, { items, unreadable }: PageRead<T>): void {
  const read = resource.schema.safeParse(item);
  if (read.success) items.push(share ? share(read.data) : read.data);
  else unreadable.push({ which: item, why: read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)[0] ?? '' });
}

function notAList(query: Where): Trouble {
  return troubleIn(
    query,
    'malformed',
    `This is no list of objects. Check that the address is that of an API server: kubectl get --raw ${query.path}`,
  );
}

function withheld(query: Where, remaining: number): Trouble {
  const hint = `It ends where ${remaining} objects are said to follow. Scan again; if it stays, look at what stands before the API server.`;
  return troubleIn(query, 'incomplete', hint);
}

function shifted(query: Where): Trouble {
  return troubleIn(
    query,
    'incomplete',
    'It shows an object twice, so that it shifted while it was read. Scan again; if it stays, look at what stands before the API server.',
  );
}

function endless(query: Where): Trouble {
  return troubleIn(
    query,
    'incomplete',
    'The server gave the same page twice. Scan again; if it stays, look at what stands before the API server.',
  );
}
