import { z } from 'zod';
import { parseJson } from '../../domain/parse-json.ts';
import type { Fetch } from './fetch.ts';
import type { Kept } from './kept.ts';

const Head = z.object({ etag: z.string().optional(), type: z.string() });
type Answered = Readonly<{ head: z.output<typeof Head>; body: Buffer }>;

const LINE_FEED = 10;
const NOT_MODIFIED = 304;

/**
 * Asks what was answered before only whether it has changed: GitHub does not charge for the answer that it has not (docs.github.com/rest, best
 * practices, conditional requests, 2026). Whoever changed an answer and left its tag alone is believed: a whole answer always counts.
 */
export function askingAgain(asker: Fetch, kept: Kept): Fetch {
  return async (address, init = {}) => {
    if ((init.method ?? 'GET') !== 'GET') return asker(address, init);
    const key = ['again', ...questionOf(address, init)];
    const before = await recall(kept, key);
    const tag = before?.head.etag;
    const keep = (answer: Response) => (answer.headers.has('etag') ? remember(kept, key, answer) : answer);
    if (!before || tag === undefined) return keep(await asker(address, init));
    const answer = await asker(address, { ...init, headers: { ...init.headers, 'if-none-match': tag } });
    if (answer.status !== NOT_MODIFIED) return keep(answer);
    return isOf(answer, tag) ? responseOf(before) : keep(await asker(address, init));
  };
}

/** Since when an answer is never another, and whether bytes are one: what is none is not kept, or it would stay for good. */
type Lasting = Readonly<{ since: string; isLasting(body: Buffer): boolean }>;

/** Asks once in a lifetime for what will never be answered otherwise. */
export function askingOnce(asker: Fetch, kept: Kept, { since, isLasting }: Lasting): Fetch {
  return async (address, init = {}) => {
    const key = ['once', since, ...questionOf(address, init)];
    const before = await recall(kept, key);
    if (before && isLasting(before.body)) return responseOf(before);
    const answer = await asker(address, init);
    return isLasting(await bodyOf(answer)) ? remember(kept, key, answer) : answer;
  };
}

async function bodyOf(answer: Response): Promise<Buffer> {
  return Buffer.from(await answer.clone().arrayBuffer());
}

function questionOf(address: string, { headers = {} }: NonNullable<Parameters<Fetch>[1]>): readonly string[] {
  return [address, headers['accept'] ?? '', headers['x-github-api-version'] ?? ''];
}

async function recall(kept: Kept, key: readonly string[]): Promise<Answered | undefined> {
  const entry = await kept.get(key);
  const end = entry?.indexOf(LINE_FEED) ?? -1;
  if (!entry || end < 0) return undefined;
  const head = Head.safeParse(parseJson(entry.toString('utf8', 0, end)));
  return head.success ? { head: head.data, body: entry.subarray(end + 1) } : undefined;
}

async function remember(kept: Kept, key: readonly string[], answer: Response): Promise<Response> {
  const [etag, type = ''] = [answer.headers.get('etag'), answer.headers.get('content-type') ?? undefined];
  if (answer.status !== 200) return answer;
  const head = { type, ...(etag === null ? {} : { etag }) };
  await kept.put(key, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), await bodyOf(answer)]));
  return answer;
}

/** A tag that is weak on one side only is the same: what is compared is what it stands for. */
function isOf({ headers }: Response, tag: string): boolean {
  const own = headers.get('etag');
  return own === null || own.replace(/^W\//, '') === tag.replace(/^W\//, '');
}

function responseOf({ head, body }: Answered): Response {
  return new Response(new Uint8Array(body), { status: 200, headers: { 'content-type': head.type } });
}
