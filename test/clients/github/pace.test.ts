import { describe, expect, it } from 'vitest';
import { openPace } from '../../../src/clients/github/pace.ts';
import { openEdge } from '../../fakes/edge.ts';

/** A world whose clock goes on while one sleeps, and not otherwise. */
function openWorld() {
  let now = Date.parse('2026-03-01T12:00:00Z');
  const waited: number[] = [];
  const said: string[] = [];
  const edge = {
    ...openEdge(),
    now: () => new Date(now),
    progress: (step: string) => void said.push(step),
    sleep: async (ms: number) => {
      waited.push(ms);
      now += ms;
    },
  };
  return { edge, waited, said, pass: (ms: number) => void (now += ms) };
}

describe('requests to a host that limits them', () => {
  it('wait for the next minute where this one is spent, and say so', async () => {
    const { edge, waited, said } = openWorld();
    const pace = openPace({ host: 'api.tea.test', mostAMinute: 10 }, edge);

    await Promise.all([5, 1, 1, 1, 1, 1, 1].map((points) => pace.turn(points)));

    expect(waited).toEqual([60_000]);
    expect(said).toEqual(['api.tea.test limits requests: waiting 60 s']);
  });

  it('do not wait where time has passed of itself', async () => {
    const { edge, waited, pass } = openWorld();
    const pace = openPace({ host: 'api.tea.test', mostAMinute: 1 }, edge);
    await pace.turn(1);
    pass(60_000);

    await pace.turn(1);

    expect(waited).toEqual([]);
  });

  it('all wait for what one of them was told, once', async () => {
    const { edge, waited, said } = openWorld();
    const pace = openPace({ host: 'api.tea.test', mostAMinute: 100 }, edge);
    for (const ms of [30_000, 1000]) pace.pause(ms);

    await Promise.all([1, 2, 3].map(() => pace.turn(1)));

    expect(waited).toEqual([30_000]);
    expect(said).toHaveLength(1);
  });

  it('are spent in the minute that they are made in: a short pause begins no new one', async () => {
    const { edge, waited } = openWorld();
    const pace = openPace({ host: 'api.tea.test', mostAMinute: 2 }, edge);
    await pace.turn(2);
    pace.pause(1000);

    await pace.turn(1);

    expect(waited).toEqual([60_000]);
  });

  it('wait no longer than a minute where the clock was set back', async () => {
    const { edge, waited, pass } = openWorld();
    const pace = openPace({ host: 'api.tea.test', mostAMinute: 1 }, edge);
    await pace.turn(1);
    pass(-3_600_000);

    await pace.turn(1);
    await pace.turn(1);

    expect(waited).toEqual([60_000]);
  });
});
