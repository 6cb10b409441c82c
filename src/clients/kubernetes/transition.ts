import type { Revision } from '../../domain/observation.ts';
import type { Pod } from './objects.ts';
import type { Belonging, Owners } from './owner.ts';

/** The time a rollout may take, and when that is to be measured from. */
export type Grace = Readonly<{ graceMs: number; now: Date }>;

/** The workloads whose pods are of several revisions, the newest of them younger than the grace: whatever their controller says, they are on the way. */
export function workloadsInTransition(pods: readonly Pod[], owners: Owners, grace: Grace): ReadonlySet<string> {
  const revisions = new Map<string, Map<string, Revision>>();
  for (const pod of pods) {
    if (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') continue;
    const { workload, revision } = owners.belongingOf(pod);
    if (!revision) continue;
    const key = transitionKey(workload);
    const known = revisions.get(key) ?? new Map<string, Revision>();
    revisions.set(key, known.set(revision.name, revision));
  }
  return new Set([...revisions].filter(([, known]) => isYoung([...known.values()], grace)).map(([key]) => key));
}

/** What a workload is looked up by among those in transition. */
export function transitionKey({ namespace, kind, name }: Belonging['workload']): string {
  return `${namespace}/${kind}/${name}`;
}

function isYoung(revisions: readonly Revision[], { graceMs, now }: Grace): boolean {
  const newest = revisions.reduce((a, b) => ((b.number ?? 0) > (a.number ?? 0) ? b : a));
  return revisions.length > 1 && newest.created !== undefined && now.getTime() - Date.parse(newest.created) < graceMs;
}
