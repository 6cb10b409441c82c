import { inUtc } from '../../domain/record.ts';
import type { Trust } from '../../domain/trust.ts';
import type { Build } from './builds.ts';
import type { GateResult } from './gates.ts';
import type { LogDigests } from './log-reader.ts';

/** A digest that a gate had, and how far that can be trusted. */
export type Bound = Readonly<{ digest: string; image: Build['outputs'][number]['image']; trust: Trust }>;

/**
 * The digests that a gate had (SEMANTICS 16): it began after they were pushed, its log names them, and a build of its run or commit made them. For a
 * pass every leg has to name them, for a failure one that failed. Where nothing but a log says who built a digest, whoever wrote that log could have
 * forged both: such a test is a claim.
 */
export function boundTo(
  { result, legs, startedAt }: GateResult,
  logs: ReadonlyMap<string, LogDigests>,
  builds: readonly Build[],
): readonly Bound[] {
  const namedBy = legs.map(({ id, conclusion }) => ({ conclusion, named: logs.get(id)?.named ?? new Set<string>() }));
  const names = (digest: string) =>
    result === 'passed'
      ? namedBy.every(({ named }) => named.has(digest))
      : namedBy.some(({ conclusion, named }) => conclusion !== 'success' && named.has(digest));
  const bound = new Map<string, Bound>();
  for (const build of builds.toSorted((a, b) => Number(isLogged(a)) - Number(isLogged(b))))
    for (const { digest, image } of build.outputs) {
      const pushedAt = build.pushedAt ?? build.at;
      if (bound.has(digest) || pushedAt === undefined || pushedAt > inUtc(startedAt) || !names(digest)) continue;
      bound.set(digest, { digest, image, trust: isLogged(build) ? 'log' : 'recorded' });
    }
  return [...bound.values()];
}

function isLogged({ trust }: Build): boolean {
  return trust === 'log' || trust === 'declared' || trust === 'label';
}
