import type { Edge } from '../../collect/define-source.ts';

/** The turn of requests to a host that limits how fast it is asked. */
export type Pace = Readonly<{
  /** Waits until a request of so many points may be made, and says so where that is not at once. */
  turn(points: number): Promise<void>;
  /** Lets nobody have a turn for so long: a limit is of whoever logs in, and not of one request. */
  pause(ms: number): void;
}>;

const MINUTE_MS = 60_000;

/** Opens the turns of a host that takes so many points a minute. */
export function openPace({ host, mostAMinute }: Readonly<{ host: string; mostAMinute: number }>, edge: Edge): Pace {
  let [pausedUntil, minute, spent] = [0, 0, 0];
  const begin = (now: number) => {
    // A clock that was set back would have everybody wait until it is there again.
    if (now >= minute + MINUTE_MS || now < minute) [minute, spent] = [now, 0];
  };
  const take = async (points: number) => {
    const now = edge.now().getTime();
    begin(now);
    const until = Math.max(pausedUntil, spent + points > mostAMinute ? minute + MINUTE_MS : 0);
    pausedUntil = 0;
    if (until > now) {
      edge.progress(`${host} limits requests: waiting ${Math.ceil((until - now) / 1000)} s`);
      await edge.sleep(until - now);
      begin(Math.max(until, edge.now().getTime()));
    }
    spent += points;
  };
  let last = Promise.resolve();
  return {
    turn: (points) => (last = last.then(() => take(points))),
    pause: (ms) => (pausedUntil = Math.max(pausedUntil, edge.now().getTime() + ms)),
  };
}
