import type { Edge } from '../../collect/define-source.ts';
import type { Answer } from '../http.ts';

/** Limits that are not waited for: until one ends, its refusal is the answer to every request that it is of, and none is sent. */
export type LastingLimit = Readonly<{
  refusal(url: URL): Answer | undefined;
  remember(url: URL, refusal: Answer, ms: number): void;
}>;

/** Opens the memory of lasting limits: who asks on while he is limited may be shut out (docs.github.com/rest, rate limits, 2026). */
export function openLastingLimit(edge: Pick<Edge, 'now'>): LastingLimit {
  const limits = new Map<string, Readonly<{ refusal: Answer; until: number }>>();
  return {
    refusal(url) {
      const limit = limits.get(resourceOf(url));
      return limit && edge.now().getTime() < limit.until ? limit.refusal : undefined;
    },
    remember: (url, refusal, ms) => void limits.set(resourceOf(url), { refusal, until: edge.now().getTime() + ms }),
  };
}

/** GitHub counts GraphQL by itself. */
function resourceOf({ pathname }: URL): string {
  return pathname.endsWith('/graphql') ? 'graphql' : 'core';
}
