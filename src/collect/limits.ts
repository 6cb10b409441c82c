import pLimit, { type LimitFunction } from 'p-limit';

/** Runs jobs for a host, at most `perHost` of one host at a time: the only place that knows about pacing. */
export function openLimits(perHost: number): <T>(host: string, job: () => Promise<T>) => Promise<T> {
  const hosts = new Map<string, LimitFunction>();
  return (host, job) => {
    const limit = hosts.get(host) ?? pLimit(perHost);
    hosts.set(host, limit);
    return limit(job);
  };
}
