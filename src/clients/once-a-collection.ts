import type { Edge } from '../collect/define-source.ts';

/** Opens something once for a configured source in a collection: what it learnt in one round it knows in the next. */
export function onceACollection<C extends object, T>(open: (config: C, edge: Edge) => Promise<T>): (config: C, edge: Edge) => Promise<T> {
  const opened = new WeakMap<Edge, Map<C, Promise<T>>>();
  return (config, edge) => {
    const ofEdge = opened.get(edge) ?? new Map<C, Promise<T>>();
    opened.set(edge, ofEdge);
    const session = ofEdge.get(config) ?? open(config, edge);
    ofEdge.set(config, session);
    return session;
  };
}
