import { remember } from '../domain/order.ts';
import type { Edge } from './define-source.ts';

/** Who is waited for: how many are asked at once, and each as it begins and ends. */
export type Waiting = Readonly<{
  asks(count: number): void;
  /** The edge of a source, the same in every round: what a source keeps by it, it finds again. */
  begun(name: string): Edge;
  ended(name: string): void;
}>;

/** Tells on the one line of progress whose step it is, and, whenever one of several has ended, which are still waited for, and with what. */
export function openWaiting(edge: Edge): Waiting {
  const steps = new Map<string, string>();
  let all = 0;
  const edgeOf = remember(
    (name: string) => name,
    (name: string): Edge => {
      const progress = (step: string) => {
        steps.set(name, step);
        edge.progress(`${name}: ${step}`);
      };
      return { ...edge, progress };
    },
  );
  return {
    asks(count) {
      all = count;
    },
    begun(name) {
      steps.set(name, '');
      return edgeOf(name);
    },
    ended(name) {
      steps.delete(name);
      const left = [...steps].map(([other, step]) => (step === '' ? other : `${other} (${step})`));
      if (left.length > 0) edge.progress(`waiting for ${left.length} of ${all}: ${left.join(', ')}`);
    },
  };
}
