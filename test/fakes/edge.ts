import type { Edge } from '../../src/collect/define-source.ts';
import { Digest } from '../../src/domain/digest.ts';
import { sha256 } from '../../src/domain/identify.ts';

export type WatchedEdge = Edge & Readonly<{ concealed: string[]; slept: number[]; hosts: string[]; abort(): void }>;

type Given = Readonly<{ timeoutMs?: number; retries?: number; secrets?: Readonly<Record<string, string>>; now?: string }>;

/** The world outside as a test wants it: no waiting, no environment but this, and a memory of what it was asked. */
export function openEdge({ timeoutMs = 5000, retries = 0, secrets = {}, now = '2026-03-01T12:00:00Z' }: Given = {}): WatchedEdge {
  const controller = new AbortController();
  const concealed: string[] = [];
  const slept: number[] = [];
  const hosts: string[] = [];
  const variable = (name: string) => ({ DOCKER_CONFIG: '/nowhere', ...secrets })[name];
  return {
    concealed,
    slept,
    hosts,
    abort: () => controller.abort(),
    now: () => new Date(now),
    signal: controller.signal,
    sleep: async (ms) => void slept.push(ms),
    limit: (_, job) => job(),
    inTurn: (job) => job(),
    secret: variable,
    variable,
    conceal: (value) => void concealed.push(value),
    strike: (text) => concealed.reduce((struck, value) => struck.replaceAll(value, '[concealed]'), text),
    keep: (bytes) => Digest.parse(`sha256:${sha256(bytes)}`),
    spent: (host) => void hosts.push(host),
    progress: () => undefined,
    patience: { retries, backoffMs: 0, timeoutMs },
  };
}
