import type { Edge } from './define-source.ts';

/** Who is waited for: each that begins is handed an edge of its own, and says when it has ended. */
export type Waiting = Readonly<{ begun(name: string): Edge; ended(name: string): void }>;

/** Tells on the one line of progress whose step it is, and, whenever one of several has ended, which are still waited for, and with what. */
export function openWaiting(all: number, edge: Edge): Waiting {
  const steps = new Map<string, string>();
  return {
    begun(name) {
      steps.set(name, '');
      const progress = (step: string) => {
        steps.set(name, step);
        edge.progress(`${name}: ${step}`);
      };
      return { ...edge, progress };
    },
    ended(name) {
      steps.delete(name);
      const left = [...steps].map(([other, step]) => (step === '' ? other : `${other} (${step})`));
      if (left.length > 0) edge.progress(`waiting for ${left.length} of ${all}: ${left.join(', ')}`);
    },
  };
}
