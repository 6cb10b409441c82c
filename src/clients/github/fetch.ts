import type { Edge } from '../../collect/define-source.ts';
import { unreadable } from '../../error.ts';
import { type Answer, ask } from '../http.ts';
import { type LastingLimit, openLastingLimit } from './lasting-limit.ts';
import { openPace, type Pace } from './pace.ts';
import { isLimited, waitMsOf } from './rate-limit.ts';

/** A request as octokit makes it. */
type Init = Readonly<{ method?: string; headers?: Readonly<Record<string, string>>; body?: string }>;

/** What octokit asks through. */
export type Fetch = (address: string, init?: Init) => Promise<Response>;

/** What may be spent: `spend` refuses a request that is one too many, `refund` takes back one that was not sent, `tell` hears what every answer says. */
export type Budget = Readonly<{ spend(): void; refund(): void; tell(answer: Pick<Answer, 'status' | 'headers'>): void }>;

const LARGEST_BYTES = 32 * 1024 * 1024;
const MOST_HOPS = 3;
// A GET is a point, a POST five (docs.github.com/rest, rate limits, 2026). Who asks on beyond that may be shut out.
const MOST_POINTS_A_MINUTE = 900;
const POINTS_OF_POST = 5;
const MOST_WAITS = 2;
const LONGEST_WAIT_MS = 120_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);
const EMPTY: ReadonlySet<number> = new Set([204, 205, 304]);
// A limit is waited for by the clock that GitHub names, and only where that is soon.
const AGAIN: ReadonlySet<number> = new Set([408, 500, 502, 503, 504]);

/**
 * Makes the way by which octokit asks: within the limits, the patience and the account of the edge, and never anywhere but at the API, since every
 * request bears the token. Redirects within it are followed (a renamed repository), others are handed back.
 */
export function openFetch(api: URL, budget: Budget, edge: Edge): Fetch {
  const pace = openPace({ host: api.host, mostAMinute: isGithubs(api) ? MOST_POINTS_A_MINUTE : Number.POSITIVE_INFINITY }, edge);
  const lasting = openLastingLimit(edge);
  return async (address, { method = 'GET', headers = {}, body } = {}) => {
    let url = new URL(address);
    for (let hop = 0; ; hop++) {
      if (url.origin !== api.origin) throw unreadable('untrusted', `${url.origin} is not the API ${api.origin}`);
      const request = {
        url,
        headers,
        capBytes: LARGEST_BYTES,
        again: AGAIN,
        ...(method === 'POST' ? ({ method, body: body ?? '' } as const) : {}),
      };
      const answer = await askWhenAllowed(request, { ...budget, pace, lasting }, edge);
      const next = redirectOf(answer, url);
      if (!next || next.origin !== api.origin || hop >= MOST_HOPS) return responseOf(answer);
      url = next;
    }
  };
}

type Paced = Budget & Readonly<{ pace: Pace; lasting: LastingLimit }>;

/** Servers of one's own have no limits, unless somebody sets them. */
function isGithubs({ hostname }: URL): boolean {
  return hostname === 'api.github.com' || hostname.endsWith('.ghe.com');
}

/** A limit that ends soon is waited for, and said so; one that does not is the answer, and that to whoever asks before it ends. */
async function askWhenAllowed(
  request: Parameters<typeof ask>[0],
  { spend, refund, tell, pace, lasting }: Paced,
  edge: Edge,
): Promise<Answer> {
  for (let waits = 0; ; waits++) {
    const before = lasting.refusal(request.url);
    if (before) return before;
    spend();
    await pace.turn(request.method === 'POST' ? POINTS_OF_POST : 1);
    const since = lasting.refusal(request.url);
    if (since) refund();
    if (since) return since;
    const answer = await ask(request, edge);
    tell(answer);
    if (!isLimited(answer)) return answer;
    const waitMs = waitMsOf(answer.headers, edge.now());
    if (waitMs > LONGEST_WAIT_MS) lasting.remember(request.url, answer, waitMs);
    if (waitMs > LONGEST_WAIT_MS || waits >= MOST_WAITS) return answer;
    pace.pause(waitMs);
  }
}

function redirectOf({ status, headers }: Answer, from: URL): URL | undefined {
  const { location } = headers;
  if (!REDIRECTS.has(status) || location === undefined || !URL.canParse(location, from.href)) return undefined;
  return new URL(location, from.href);
}

function responseOf({ status, headers, body }: Answer): Response {
  return new Response(EMPTY.has(status) ? undefined : new Uint8Array(body), { status, headers });
}
