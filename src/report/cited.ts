import { canonicalJson, identify } from '../domain/identify.ts';
import type { Observation } from '../domain/observation.ts';
import { sortedBy } from '../domain/order.ts';
import type { Report } from '../domain/report.ts';
import { tellObservation } from './words.ts';

/** The evidence that findings cite, by its id, each fact as a sentence with where it was seen. */
export function evidenceOf(cited: ReadonlySet<Observation>): Report['evidence'] {
  return Object.fromEntries(sortedBy([...cited].map(tellCited), canonicalJson).toReversed());
}

function tellCited(seen: Observation): [string, Report['evidence'][string]] {
  const since = sinceOf(seen);
  return [identify(seen), { kind: seen.kind, at: seen.at, ...(since ? { since } : {}), origin: seen.origin, says: tellObservation(seen) }];
}

function sinceOf(seen: Observation): string | undefined {
  if (seen.kind === 'running-image') return seen.since;
  if (seen.kind === 'tag' || seen.kind === 'index' || seen.kind === 'manifest' || seen.kind === 'presence') return seen.pushedAt;
  return seen.kind === 'declared-image' ? seen.revision?.created : undefined;
}
