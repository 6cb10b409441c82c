import type { Edge } from '../collect/define-source.ts';
import type { Head } from './http.ts';

/** How a server's clock stands to ours. */
export type Clock = Readonly<{
  /** Hears an answer; the first that says its time decides. */
  hear(answer: Pick<Head, 'headers'>): void;
  /** How far it is ahead; undefined where the two differ by no more than answers tell. */
  skewMs(): number | undefined;
}>;

// A Date header has whole seconds, and an answer takes its time.
const TOLERATED_MS = 2000;

/** Compares the first clock that answers with ours. What a cache answers, which says its age, is of another time. */
export function openClock({ now }: Pick<Edge, 'now'>): Clock {
  let ahead: number | undefined;
  return {
    hear({ headers }) {
      const found = headers['age'] === undefined ? Date.parse(headers['date'] ?? '') - now().getTime() : Number.NaN;
      if (!Number.isNaN(found)) ahead ??= Math.round(found / 1000) * 1000;
    },
    skewMs: () => (ahead !== undefined && Math.abs(ahead) > TOLERATED_MS ? ahead : undefined),
  };
}
