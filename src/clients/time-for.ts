import type { Edge } from '../collect/define-source.ts';

const SLOWEST_BYTES_PER_MS = 256;

/** The world outside for an answer of that size: a manifest is small; a layer may take as long as its bytes do over a slow line. */
export function withTimeFor(bytes: number, edge: Edge): Edge {
  const { timeoutMs } = edge.patience;
  return { ...edge, patience: { ...edge.patience, timeoutMs: timeoutMs + Math.ceil(bytes / SLOWEST_BYTES_PER_MS) } };
}
