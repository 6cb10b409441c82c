import type { Edge } from '../collect/define-source.ts';

/** Opens something once for a configured source in a collection: what it learnt in one round it knows in the next. */
export function onceACollection<C extends object, T, A extends readonly unknown[] = []>(
  open: (config: C, edge: Edge, ...more: A) => Promise<T>,
): (config: C, edge: Edge, ...more: A) => Promise<T> {
  const opened = new WeakMap<Edge, Map<C, Promise<T>>>();
  return (config, edge, ...more) => {
    const ofEdge = opened.get(edge) ?? new Map<C, Promise<T>>();
    opened.set(edge, ofEdge);
    const session = ofEdge.get(config) ?? open(config, edge, ...more);
    ofEdge.set(config, session);
    return session;
  };
}
