import type { DeploymentRecord, Observation } from '../domain/observation.ts';
import { groupBy, sortedBy } from '../domain/order.ts';
import { projectOf } from '../domain/project.ts';
import type { Protection } from '../domain/protection.ts';
import type { World } from './world.ts';

/** What the environment of a deployment asks for now: that says nothing of the day of the deployment, and much of what to mend. */
export type AskedReview = Readonly<{ is: 'nobody' | 'who-asked-too' | 'somebody-else' | 'not-known'; evidence: readonly Observation[] }>;

/** Opens what environments of the CI system ask for, by the newest recording that has them. */
export function openAskedReview({ recordings }: World): (deployment: DeploymentRecord) => AskedReview {
  const protections = recordings.flatMap(({ observations }, at) =>
    observations.flatMap((seen) => (seen.kind === 'protection' ? [{ seen, at }] : [])),
  );
  const named = groupBy(protections, ({ seen }) => keyOf(seen));
  return ({ environment, repository }) => {
    const all = repository === undefined ? [] : (named.get(keyOf({ environment, repository })) ?? []);
    const newest = sortedBy(all, ({ seen, at }) => `${String(at).padStart(6, '0')} ${seen.at} ${JSON.stringify(seen)}`).at(-1)?.seen;
    return newest ? { is: askedBy(newest), evidence: [newest] } : { is: 'not-known', evidence: [] };
  };
}

function keyOf({ environment, repository }: Pick<Protection, 'environment' | 'repository'>): string {
  return `${projectOf(repository)} ${environment}`.toLowerCase();
}

function askedBy({ reviewers, preventsSelfReview }: Protection): AskedReview['is'] {
  if (reviewers === 0) return 'nobody';
  return preventsSelfReview ? 'somebody-else' : 'who-asked-too';
}
