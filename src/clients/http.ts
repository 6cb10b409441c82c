import http from 'node:http';
import https from 'node:https';
import type { Edge } from '../collect/define-source.ts';
import { AuditError, unreadable } from '../error.ts';
import { proxyAgent } from './proxies.ts';

/** One request; `options` carries what the connection needs (agent, CA, client certificate). */
export type Request = Readonly<{
  method?: 'GET' | 'HEAD' | 'POST';
  url: URL;
  headers?: Readonly<Record<string, string>>;
  /** What a POST asks for; it is sent again with every attempt, so that it has to be a question. */
  body?: string;
  options?: Readonly<https.RequestOptions>;
  /** A body longer than this many bytes is not read to its end. */
  capBytes: number;
  /** Who takes an answer as it arrives, if anybody does: its body is then empty. It is asked anew for every attempt. */
  receive?: (head: Head) => Receiver | undefined;
  /** Statuses of an answer that is worth asking for again; those of a busy server where they are left out. */
  again?: ReadonlySet<number>;
}>;

/** What an answer begins with. */
export type Head = Omit<Answer, 'body'>;

/**
 * Takes an answer piece by piece; `end` is called when it has arrived whole, and what either throws is the end of it.
 * Nothing more is read of the answer until what `push` returns has come true.
 */
export type Receiver = Readonly<{ push(piece: Buffer): void | Promise<void>; end(): void }>;

/** What a server answered; header names are in lower case, several values of one name joined by a comma. */
export type Answer = Readonly<{ status: number; headers: Readonly<Record<string, string>>; body: Buffer }>;

const LONGEST_WAIT_MS = 120_000;
const TOLD_FROM_MS = 1000;
// What Node and OpenSSL call a certificate that is not trusted; asking again changes nothing.
const CERTIFICATE =
  /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:GET_ISSUER|VERIFY)_|INVALID_(?:CA|PURPOSE)|HOSTNAME_MISMATCH)/;
const AGAIN: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Asks a server, again where it is busy or gone, as `edge.patience` says, honouring Retry-After; never follows a redirect.
 * An answer of any status is returned; only a server that gives none, or one too long, is unreadable.
 */
export async function ask(request: Request, edge: Edge): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    edge.signal.throwIfAborted();
    const isLast = attempt >= edge.patience.retries;
    const answer = await edge.limit(request.url.host, () => attemptOnce(request, edge, isLast));
    if (answer !== undefined && (isLast || !(request.again ?? AGAIN).has(answer.status))) return answer;
    const waitMs = waitBefore(attempt, answer, edge);
    if (waitMs >= TOLD_FROM_MS) edge.progress(waitingFor(request.url.host, answer, waitMs));
    await edge.sleep(waitMs);
  }
}

async function attemptOnce(request: Request, edge: Edge, isLast: boolean): Promise<Answer | undefined> {
  try {
    return await exchange(request, edge);
  } catch (cause) {
    edge.signal.throwIfAborted();
    if (cause instanceof AuditError) throw cause;
    const { code = 'no answer' } = cause as NodeJS.ErrnoException;
    if (isOfCertificate(code)) throw notTrusted(request.url, code, cause);
    if (!isLast) return undefined;
    throw notReached(request.url, code === 'ABORT_ERR' ? `no answer within ${edge.patience.timeoutMs} ms` : code, cause);
  }
}

/** Whether a connection failed with a code that says that the certificate of the other side is not trusted. */
export function isOfCertificate(code: string): boolean {
  return CERTIFICATE.test(code);
}

function notReached({ origin, host }: URL, why: string, cause: unknown): AuditError {
  return unreadable('unreachable', `${origin}: ${why}`, { hint: `Check that ${host} can be reached from here (${why}).`, cause });
}

function notTrusted({ origin, host }: URL, code: string, cause: unknown): AuditError {
  return unreadable('untrusted', `${origin}: ${code}`, {
    hint: `The certificate of ${host} is not trusted (${code}): give the file of its authority in the configuration, if it is yours.`,
    cause,
  });
}

/** The server's own wish first; else doubling, so that many clients do not come back together. */
function waitBefore(attempt: number, answer: Answer | undefined, { patience, now }: Edge): number {
  const wish = answer?.headers['retry-after'] ?? '';
  const wishedMs = /^\d+$/.test(wish) ? Number(wish) * 1000 : Date.parse(wish) - now().getTime();
  return wishedMs > 0 ? Math.min(wishedMs, LONGEST_WAIT_MS) : patience.backoffMs * 2 ** attempt;
}

function waitingFor(host: string, answer: Answer | undefined, ms: number): string {
  return `${host} ${answer ? `answers ${answer.status}` : 'does not answer'}: waiting ${Math.ceil(ms / 1000)} s`;
}

function exchange(asked: Request, edge: Edge): Promise<Answer> {
  const { method = 'GET', url, headers, body, options } = asked;
  const { request } = url.protocol === 'https:' ? https : http;
  const signal = AbortSignal.any([edge.signal, AbortSignal.timeout(edge.patience.timeoutMs)]);
  // Identity: what is hashed are the bytes as the server holds them, and no bomb is ever inflated.
  const sent = { 'accept-encoding': 'identity', 'user-agent': 'selfsame', ...headers };
  // Certificates are checked whatever NODE_TLS_REJECT_UNAUTHORIZED says; who wants otherwise says so in `options`.
  const checked = { rejectUnauthorized: true, ...options, method, headers: sent, signal, insecureHTTPParser: false };
  const proxy = options?.agent === undefined ? proxyAgent(url, edge) : undefined;
  // A proxy looks names up itself; what is looked up here is the proxy.
  const connection = proxy ? { ...checked, agent: proxy, lookup: undefined } : checked;
  edge.spent(url.host);
  return new Promise((resolve, reject) => {
    const call = request(url, connection, (answer) => {
      receiveAnswer(answer, asked).then(resolve, (error: unknown) => {
        reject(error);
        call.destroy();
      });
    });
    // Left to itself Node drops every header after the 2,000th without a word (http, `maxHeadersCount`, 2026), and one of them may say that a list
    // goes on; their size has a limit of its own, which is an error.
    call.maxHeadersCount = 0;
    call.on('error', reject);
    call.end(body);
  });
}

async function receiveAnswer(answer: http.IncomingMessage, { url, capBytes, receive }: Request): Promise<Answer> {
  const head = { status: answer.statusCode ?? 0, headers: joined(answer.headers) };
  const pieces: Buffer[] = [];
  const receiver = receive?.(head) ?? { push: (piece: Buffer) => void pieces.push(piece), end: () => undefined };
  let bytes = 0;
  return new Promise((resolve, reject) => {
    const orReject = (take: () => void) => {
      try {
        take();
      } catch (error) {
        answer.removeAllListeners('data');
        reject(error);
      }
    };
    answer.on('data', (piece: Buffer) =>
      orReject(() => {
        bytes += piece.length;
        if (bytes > capBytes) throw tooLarge(url, capBytes);
        const taken = receiver.push(piece);
        if (!taken) return;
        answer.pause();
        taken.then(() => answer.resume(), reject);
      }),
    );
    answer.on('error', reject);
    answer.on('end', () =>
      orReject(() => {
        receiver.end();
        resolve({ ...head, body: Buffer.concat(pieces) });
      }),
    );
  });
}

function tooLarge(url: URL, capBytes: number): Error {
  return unreadable('too-large', `${url.origin}${url.pathname} answers with more than ${capBytes} bytes`, {
    hint: `See what ${url.origin}${url.pathname} is: more than ${capBytes} bytes of it are not read.`,
  });
}

function joined(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
