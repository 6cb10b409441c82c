import { z } from 'zod';
import { parseJson } from '../../domain/parse-json.ts';
import type { Answer } from '../http.ts';
import type { Kubernetes } from '../kubernetes.ts';
import { type AskedPage, askPage, type Encoding, type PageRead } from './ask-page.ts';
import { openKnownKeys } from './known-keys.ts';
import { orTrouble } from './or-trouble.ts';
import { continueIn } from './protobuf/pod-list.ts';
import { pathOf, refusal, type Trouble, troubleIn, unreadableItem, type Where } from './trouble.ts';

/** One kind of object and where it is listed: the first API version that the server has counts; `encoding` is asked for before JSON. An extension may be absent. */
export type Resource<T extends Named> = Readonly<{
  kind: string;
  plural: string;
  versions: readonly string[];
  schema: z.ZodType<T>;
  encoding?: () => Encoding<T>;
  isExtension?: boolean;
}>;

/** As much of an object as tells it from the others of its kind. */
export type Named = Readonly<{ metadata: Readonly<{ name: string; namespace?: string; uid?: string | undefined }> }>;

/** What a list held; it was read whole where there is no trouble. `status` is that of the answer it ended with. */
export type Listing<T> = Readonly<{ items: readonly T[]; troubles: readonly Trouble[]; status: number }>;

/** What takes the objects of one reading of a list as they arrive, and what becomes of them. */
export type Sink<T, R> = Readonly<{ take(item: T): void; kept: R }>;

/** What became of the objects of a list; nothing where it showed none. */
export type Gathered<R> = Readonly<{ kept: R | undefined; troubles: readonly Trouble[]; status: number }>;

type Query<T extends Named, R> = Readonly<{
  api: Kubernetes;
  resource: Resource<T>;
  version: string;
  path: string;
  namespace: string | undefined;
  encoding: Encoding<T> | undefined;
  /** Called before the first object of a reading is taken. */
  open(): Promise<Sink<T, R>>;
}>;
type Page<T> = AskedPage<T> & Readonly<{ token: string; isFirst: boolean }>;
type PageOf<T> = Readonly<{
  items: readonly T[];
  troubles: readonly Trouble[];
  status: number;
  token: string;
  resume?: string | undefined;
}>;
type Reading<T, R> = {
  sink: Sink<T, R> | undefined;
  readonly isNew: (key: string) => boolean;
  isShifted: boolean;
  troubles: Trouble[];
  status: number;
  resume: string | undefined;
};

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
  const open = async () => {
    const kept: T[] = [];
    return { kept, take: (item: T) => void kept.push(item) };
  };
  const { kept: items = [], troubles, status } = await gatherObjects({ api, resource, namespace }, open);
  return { items, troubles, status };
}

/** Lists one kind of object likewise, and hands each over as it arrives: a list that is begun again opens another sink for all of it. */
export async function gatherObjects<T extends Named, R>(
  { api, resource, namespace }: Readonly<{ api: Kubernetes; resource: Resource<T>; namespace: string | undefined }>,
  open: () => Promise<Sink<T, R>>,
): Promise<Gathered<R>> {
  let listing: Gathered<R> = { kept: undefined, troubles: [], status: 404 };
  const ways = { encoding: resource.encoding?.(), open };
  for (const version of resource.versions) {
    const query = { api, resource, version, path: pathOf(resource.plural, version, namespace), namespace, ...ways };
    listing = gatheredBy(query, await readConsistently(query));
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
function gatheredBy<R>(query: Where, { sink, isShifted, troubles, status }: Reading<never, R>): Gathered<R> {
  return { kept: sink?.kept, troubles: isShifted ? [...troubles, shifted(query)] : troubles, status };
}

/** A list that expires while it is read is begun again once; then it is read to its end, and is no longer of one moment. */
async function readConsistently<T extends Named, R>(query: Query<T, R>): Promise<Reading<T, R>> {
  const whole = await readPages(query, begin());
  if (whole.status !== 410) return whole;
  const again = await readPages(query, begin());
  if (again.status !== 410) return again;
  again.troubles.push(troubleIn(query, 'incomplete', 'It expired twice while it was read: scan again when the cluster is calmer.'));
  return again.resume ? readPages(query, again, again.resume) : again;
}

function begin(): Reading<never, never> {
  return { sink: undefined, isNew: openKnownKeys(), isShifted: false, troubles: [], status: 0, resume: undefined };
}

/** Reads on to the end of the list, or to what ends it. */
async function readPages<T extends Named, R>(query: Query<T, R>, reading: Reading<T, R>, from = ''): Promise<Reading<T, R>> {
  const tokens = new Set<string>();
  let asked = query;
  for (let page = askFor(asked, from, from === ''); ; ) {
    // One page ahead, as soon as it is known where the list goes on.
    const early = await page.next;
    const ahead = early === '' || tokens.has(early) ? undefined : askFor(asked, early);
    const read = await readPage(asked, page);
    const { token } = read;
    // A page that was asked for again may go on elsewhere.
    if (token !== early) await ahead?.abandon();
    if (read.status === NOT_ACCEPTABLE && asked.encoding) {
      // Something between may refuse an encoding that it does not know, whatever else would be accepted.
      asked = { ...asked, encoding: undefined };
      page = askFor(asked, page.token, page.isFirst);
      continue;
    }
    await takePage(query, read, reading);
    if (token === '') return reading;
    if (tokens.has(token)) return { ...reading, troubles: [...reading.troubles, endless(query)] };
    tokens.add(token);
    page = token === early && ahead ? ahead : askFor(asked, token);
  }
}

async function takePage<T extends Named, R>({ open }: Query<T, R>, read: PageOf<T>, reading: Reading<T, R>): Promise<void> {
  const { items, troubles, status, resume } = read;
  reading.status = status;
  reading.resume = resume;
  for (const trouble of troubles) reading.troubles.push(trouble);
  if (items.length === 0) return;
  reading.sink ??= await open();
  for (const item of items)
    if (reading.isNew(keyOf(item))) reading.sink.take(item);
    else reading.isShifted = true;
}

function keyOf({ metadata: { uid, namespace = '', name } }: Named): string {
  return uid ?? `${namespace}/${name}`;
}

function askFor<T extends Named>(query: Query<T, unknown>, token: string, isFirst = false): Page<T> {
  const asked = token ? `&continue=${encodeURIComponent(token)}` : '';
  return { token, isFirst, ...askPage(query.api, `${query.path}?limit=${PAGE_ITEMS}${asked}`, query.encoding) };
}

async function readPage<T extends Named>(query: Query<T, unknown>, page: Page<T>): Promise<PageOf<T>> {
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

function readJson<T extends Named>(query: Query<T, unknown>, answer: Answer): PageRead<T> | undefined {
  const list = List.safeParse(parseJson(answer.body.toString('utf8')));
  if (!list.success) return undefined;
  const { continue: token = '', remainingItemCount: remaining = 0 } = list.data.metadata;
  const page: PageRead<T> = { token, remaining, items: [], unreadable: [] };
  for (const item of list.data.items ?? []) take(query, item, page);
  return page;
}

function take<T extends Named>({ resource }: Query<T, unknown>, item: unknown, { items, unreadable }: PageRead<T>): void {
  const read = resource.schema.safeParse(item);
  if (read.success) items.push(read.data);
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
