import { z } from 'zod';
import type { Edge, Seen } from '../../collect/define-source.ts';
import { type AuditError, unreadable } from '../../error.ts';
import { openClock } from '../clock.ts';
import type { Head } from '../http.ts';

/** The key by which a source is told how much it may ask; a configuration is read as text, numbers included. */
export const BUDGET_KEYS = {
  maxRequests: z
    .string()
    .regex(/^[1-9]\d{0,6}$/, 'is not a number above 0')
    .transform(Number)
    .optional(),
};

/** The host of a registry, how many requests may be sent to it (as many as are needed where that is left out), and whether without TLS. */
export type Allowance = Readonly<{ registry: string; host: string; maxRequests: number | undefined; withoutTls?: boolean }>;

/** How many images and tags a registry is about to be asked for, and about how many requests that takes. */
export type Estimate = Readonly<{ images: number; tags: number; requests: number }>;

/** What a registry may be asked, and what of it was spent: what would be too much is refused before it is sent. */
export type Budget = Readonly<{
  /** The world outside, in which every request to the host is counted. */
  edge: Edge;
  /** The same for a request that the registry counts as a pull. */
  pulling: Edge;
  /** Hears how much is about to be asked. */
  foresee(estimate: Estimate): void;
  /** Hears what an answer says of the pulls that are left, and of its time. */
  tell(answer: Pick<Head, 'headers'>): void;
  /** Whether anything was answered until now, with another word than that the login will not do. */
  isAnswered(): boolean;
  /** What it took until now, of how much, in words; empty where nothing was asked. */
  account(): string;
  /** The same as a fact, where there are bounds, its clock is not ours, or it was asked without TLS. */
  told(locator: string): readonly Seen[];
}>;

/** Opens the budget of one host for one collection. */
export function openBudget({ registry, host, maxRequests, withoutTls }: Allowance, edge: Edge): Budget {
  const pulls = openPulls(registry);
  const clock = openClock(edge);
  let [requests, estimated, isAnswered] = [0, 0, false];
  const spent = (to: string) => {
    if (to === host && requests >= (maxRequests ?? Number.POSITIVE_INFINITY)) throw tooMany(registry, { maxRequests: requests, estimated });
    if (to === host) requests++;
    edge.spent(to);
  };
  return {
    edge: { ...edge, spent },
    pulling: {
      ...edge,
      spent(to) {
        if (to === host) pulls.take();
        spent(to);
      },
    },
    foresee({ images, tags, requests: more }) {
      if (more === 0) return;
      estimated = requests + more;
      const most = maxRequests === undefined ? '' : ` of at most ${maxRequests - requests}`;
      edge.progress(`${registry}: ${images} images and ${tags} tags to resolve, about ${more} requests${most}`);
    },
    tell(answer) {
      isAnswered = true;
      pulls.tell(answer);
      clock.hear(answer);
    },
    isAnswered: () => isAnswered,
    account: () => (requests === 0 ? '' : `${requests} requests of about ${estimated}${mostOf(maxRequests)}${pulls.account()}`),
    told(locator) {
      const skewMs = clock.skewMs();
      if (requests === 0 || (maxRequests === undefined && skewMs === undefined && !withoutTls)) return [];
      const bounds = maxRequests === undefined ? {} : { foreseen: estimated, most: maxRequests };
      const marks = { ...(skewMs === undefined ? {} : { skewMs }), ...(withoutTls ? { withoutTls } : {}) };
      return [{ kind: 'registry', locator, registry, requests, ...bounds, ...marks }];
    },
  };
}

function mostOf(maxRequests: number | undefined): string {
  return maxRequests === undefined ? '' : ` and of at most ${maxRequests}`;
}

function tooMany(registry: string, { maxRequests, estimated }: Readonly<{ maxRequests: number; estimated: number }>): AuditError {
  // What hangs on images is not foreseen; then twice as many is the next thing to try.
  const needed = estimated > maxRequests ? estimated : maxRequests * 2;
  return unreadable('incomplete', `more than ${maxRequests} requests to ${registry} would be needed`, {
    hint: `Set \`maxRequests\` of the source for ${registry} to at least ${needed} (it is ${maxRequests}), or name fewer \`repositories\`.`,
  });
}

// Those who share an address or an account share its pulls: a scan that takes the last one stops somebody's deployment.
const SHARE_OF_OTHERS = 0.1;
const LONG_WINDOW_S = 3600;

/**
 * The pulls that a registry says are left (Docker Hub's `ratelimit-limit` and `ratelimit-remaining`, `100;w=21600`, on answers to GET and HEAD
 * alike; a GET of a manifest is one, a HEAD is none: docs.docker.com, usage and limits, 2026).
 */
function openPulls(registry: string) {
  let [left, most] = [Number.POSITIVE_INFINITY, 0];
  return {
    take(): void {
      if (left <= Math.floor(most * SHARE_OF_OTHERS)) throw noPulls(registry, { left, most });
      left--;
    },
    tell({ headers }: Pick<Head, 'headers'>): void {
      const [limit, remaining] = [windowed(headers['ratelimit-limit']), windowed(headers['ratelimit-remaining'])];
      if (limit === undefined || remaining === undefined) return;
      most = limit;
      // Answers arrive in another order than they were given in.
      left = Math.min(left, remaining);
    },
    account: () => (most === 0 ? '' : `, ${left} of ${most} pulls left`),
  };
}

/** A number for a window of time that is too long to be waited for; any other limit says with 429 when it ends. */
function windowed(text: string | undefined): number | undefined {
  const [, number, seconds] = /^(\d{1,9})\s*;\s*w=(\d{1,9})$/.exec(text ?? '') ?? [];
  return number === undefined || Number(seconds) < LONG_WINDOW_S ? undefined : Number(number);
}

function noPulls(registry: string, { left, most }: Readonly<{ left: number; most: number }>): AuditError {
  return unreadable('rate-limited', `${registry} has ${left} of ${most} pulls left, which are left to others`, {
    hint: `${registry} has ${left} of ${most} pulls left: scan later, log in for a higher limit, or read ${registry} through a mirror.`,
  });
}
