import type { Answer } from '../http.ts';

type Headers = Readonly<Record<string, string | undefined>>;

const WITHOUT_A_WISH_MS = 60_000;

/** Whether an answer refuses because too much was asked: the primary limit, or one of the secondary ones (docs.github.com/rest, rate limits, 2026). */
export function isLimited({ status, headers, body }: Answer): boolean {
  if (status !== 403 && status !== 429) return false;
  return status === 429 || isLimitedBy(headers, body.toString('utf8', 0, 2000));
}

/** Whether a refusal's headers, or what it says, are those of a limit and not of a missing permission. */
export function isLimitedBy(headers: Headers, message: string): boolean {
  return headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined || /\brate limit\b/i.test(message);
}

/** How long GitHub wants to be left alone: what it names, else until the limit begins anew, else a minute. */
export function waitMsOf(headers: Headers, now: Date): number {
  const wish = headers['retry-after'];
  if (wish !== undefined && /^\d{1,9}$/.test(wish)) return Number(wish) * 1000;
  const reset = resetOf(headers);
  if (headers['x-ratelimit-remaining'] === '0' && reset) return Math.max(1000, reset.getTime() - now.getTime());
  return WITHOUT_A_WISH_MS;
}

/** When the limit begins anew, where GitHub says so. */
export function resetOf(headers: Headers): Date | undefined {
  const seconds = headers['x-ratelimit-reset'];
  return seconds !== undefined && /^\d{1,11}$/.test(seconds) ? new Date(Number(seconds) * 1000) : undefined;
}

/** What is left of the limit, as GitHub says with every answer; nothing where it does not. */
export function leftIn(headers: Headers): string {
  const [left, limit] = [headers['x-ratelimit-remaining'], headers['x-ratelimit-limit']];
  const isTold = [left, limit].every((text) => text !== undefined && /^\d{1,9}$/.test(text));
  const until = resetOf(headers)?.toISOString().slice(11, 16);
  return isTold ? `; ${left} of ${limit} are left${until ? ` until ${until}Z` : ''}` : '';
}
