import type { Revision } from '../../domain/observation.ts';
import { type Cohort, memberOf } from './cohort.ts';
import type { Belonging, Owners } from './owner.ts';

/** The time a rollout may take, and when that is to be measured from. */
export type Grace = Readonly<{ graceMs: number; now: Date }>;

/** The workloads whose pods are of several revisions, the newest of them younger than the grace: whatever their controller says, they are on the way. */
export function workloadsInTransition(cohorts: readonly Cohort[], owners: Owners, grace: Grace): ReadonlySet<string> {
  const revisions = new Map<string, Revisions>();
  for (const cohort of cohorts) {
    const { workload, revision } = owners.belongingOf(memberOf(cohort));
    if (!revision || cohort.look.isOver) continue;
    const key = transitionKey(workload);
    revisions.set(key, withOne(revisions.get(key), revision));
  }
  return new Set([...revisions].filter(([, known]) => isYoung(known, grace)).map(([key]) => key));
}

/** What a workload is looked up by among those in transition. */
export function transitionKey({ namespace, kind, name }: Belonging['workload']): string {
  return `${namespace}/${kind}/${name}`;
}

/** The newest of the revisions that pods of a workload are of, and whether there are several. */
type Revisions = Readonly<{ newest: Revision; areSeveral: boolean }>;

function withOne(known: Revisions | undefined, revision: Revision): Revisions {
  if (!known) return { newest: revision, areSeveral: false };
  if (known.newest.name === revision.name) return known;
  return { newest: (revision.number ?? 0) > (known.newest.number ?? 0) ? revision : known.newest, areSeveral: true };
}

function isYoung({ newest, areSeveral }: Revisions, { graceMs, now }: Grace): boolean {
  return areSeveral && newest.created !== undefined && now.getTime() - Date.parse(newest.created) < graceMs;
}
