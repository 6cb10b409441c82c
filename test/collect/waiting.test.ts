import { describe, expect, it } from 'vitest';
import { openWaiting } from '../../src/collect/waiting.ts';
import { openEdge } from '../fakes/edge.ts';

function watched(all: number) {
  const steps: string[] = [];
  const waiting = openWaiting({ ...openEdge(), progress: (step) => void steps.push(step) });
  waiting.asks(all);
  return { steps, waiting };
}

describe('the line of progress', () => {
  it('says whose step it is', () => {
    const { steps, waiting } = watched(1);

    waiting.begun('harbour').progress('pods');

    expect(steps).toEqual(['harbour: pods']);
  });

  it('says who is waited for, and what was last heard of them, whenever one has ended', () => {
    const { steps, waiting } = watched(4);
    const [harbour] = ['harbour', 'quay', 'dock'].map((name) => waiting.begun(name));
    harbour?.progress('pods');
    harbour?.progress('nodes');

    waiting.ended('dock');

    expect(steps.at(-1)).toBe('waiting for 2 of 4: harbour (nodes), quay');
  });

  it('names nobody when the last has ended', () => {
    const { steps, waiting } = watched(2);
    for (const name of ['harbour', 'quay']) waiting.begun(name);

    for (const name of ['harbour', 'quay']) waiting.ended(name);

    expect(steps).toEqual(['waiting for 1 of 2: quay']);
  });

  it('hands a source the same edge in every round', () => {
    const { waiting } = watched(1);
    const first = waiting.begun('harbour');
    waiting.ended('harbour');

    const again = waiting.begun('harbour');

    expect(again).toBe(first);
  });
});
