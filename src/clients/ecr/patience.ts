import type { Edge } from '../../collect/define-source.ts';

// What the SDK waits at most between attempts (@smithy/core 3, 2026).
const LONGEST_BACKOFF_MS = 20_000;
const ignore = () => undefined;
// What there is to say is said as gaps.
const SILENT = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

/** How long the SDK waits, and what every request is sent with: it leaves a server that says nothing, and one whose answer never comes to an end. */
export function patienceOf({ signal, patience: { retries, timeoutMs } }: Pick<Edge, 'signal' | 'patience'>) {
  // An answer may take as long to end as it took to begin.
  const longestMs = (retries + 1) * 2 * timeoutMs + retries * LONGEST_BACKOFF_MS;
  return {
    requestHandler: {
      connectionTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      // Left to itself the SDK only warns, on the console, and waits on (@smithy/node-http-handler 4, 2026).
      throwOnRequestTimeout: true,
      logger: SILENT,
      // Certificates are checked whatever NODE_TLS_REJECT_UNAUTHORIZED says.
      httpsAgent: { rejectUnauthorized: true },
    },
    options: {
      // The SDK reads it once for every request.
      get abortSignal() {
        return AbortSignal.any([signal, AbortSignal.timeout(longestMs)]);
      },
    },
  };
}
