import { setTimeout as wait } from 'node:timers/promises';
import type { Edge } from '../collect/define-source.ts';
import { openLimits } from '../collect/limits.ts';
import type { Limits } from '../config/schema.ts';
import type { Raw } from '../recording/raw.ts';
import { openRawStore } from './raw-store.ts';
import { conceal, strike } from './secrets.ts';
import { openStatusLine } from './status-line.ts';

/** How a collection was ended before it was done; undefined where it was not. */
export type Ended = 'SIGINT' | 'SIGTERM' | 'timeout' | undefined;

/** The world outside for one collection, and how it ended. */
export type OpenEdge = Edge & Readonly<{ ended(): Ended; kept(): Raw; requests(): ReadonlyMap<string, number>; close(): void }>;

/**
 * Opens the world outside: the clock, the environment, the first signal and the deadline.
 * The first Ctrl-C ends the asking, so that a report can be written; the second ends the process.
 */
export function openEdge({ retries, backoffMs, timeoutMs, perHost, clusters }: Limits, deadlineMs: number | undefined): OpenEdge {
  // Node reads it at every connection, those of login helpers inside of packages too; no certificate goes unchecked that no source was told about.
  delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  const controller = new AbortController();
  let ended: Ended;
  const end = (how: NonNullable<Ended>) => {
    ended ??= how;
    controller.abort();
  };
  const onSignal = (signal: NodeJS.Signals) => {
    end(signal === 'SIGTERM' ? 'SIGTERM' : 'SIGINT');
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.removeListener(name, onSignal);
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onSignal);
  const timer = deadlineMs === undefined ? undefined : setTimeout(() => end('timeout'), deadlineMs);
  const requests = new Map<string, number>();
  const { stderr } = process;
  const status = openStatusLine({ isTTY: stderr.isTTY, columns: stderr.columns, write: (text) => stderr.write(text) });
  const { keep, kept } = openRawStore(strike);
  const turns = openLimits(clusters);
  return {
    now: () => new Date(),
    signal: controller.signal,
    sleep: (ms) => wait(ms, undefined, { signal: controller.signal }),
    limit: openLimits(perHost),
    inTurn: (job) => turns('cluster', job),
    secret(name) {
      const value = process.env[name];
      if (value) conceal(value);
      return value;
    },
    variable: (name) => process.env[name],
    conceal,
    strike,
    keep,
    kept,
    spent: (host) => requests.set(host, (requests.get(host) ?? 0) + 1),
    progress: (step) => status.show(strike(step)),
    patience: { retries, backoffMs, timeoutMs },
    ended: () => ended,
    requests: () => requests,
    close() {
      clearTimeout(timer);
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.removeListener(name, onSignal);
      status.clear();
    },
  };
}
