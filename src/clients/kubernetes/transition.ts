import { groupBy } from '../../domain/order.ts';
import type { Pod } from './objects.ts';
import type { Belonging, Owners } from './owner.ts';

/** The time a rollout may take, and when that is to be measured from. */
export type Grace = Readonly<{ graceMs: number; now: Date }>;

/** The workloads whose pods are of several revisions, the newest of them younger than the grace: whatever their controller says, they are on the way. */
export function workloadsInTransition(pods: readonly Pod[], owners: Owners, grace: Grace): ReadonlySet<string> {
  const alive = pods.filter(({ status: { phase } }) => phase !== 'Succeeded' && phase !== 'Failed').map((pod) => owners.belongingOf(pod));
  const groups = groupBy(
    alive.filter(({ revision }) => revision),
    ({ workload }) => transitionKey(workload),
  );
  return new Set([...groups].filter(([, belongings]) => isYoung(belongings, grace)).map(([key]) => key));
}

/** What a workload is looked up by among those in transition. */
export function transitionKey({ namespace, kind, name }: Belonging['workload']): string {
  return `${namespace}/${kind}/${name}`;
}

function isYoung(belongings: readonly Belonging[], { graceMs, now }: Grace): boolean {
  const revisions = new Map(belongings.map(({ revision }) => [revision?.name, revision]));
  const newest = [...revisions.values()].reduce((a, b) => ((b?.number ?? 0) > (a?.number ?? 0) ? b : a));
  return revisions.size > 1 && newest?.created !== undefined && now.getTime() - Date.parse(newest.created) < graceMs;
}
