import { identify } from '../domain/identify.ts';
import type { ApprovalRecord, DeploymentRecord, Observation } from '../domain/observation.ts';
import { indexBy, sortedBy } from '../domain/order.ts';
import type { SeenApproval } from './leave-time.ts';
import { buildsOfArtifact } from './origin.ts';
import type { Identified } from './row.ts';
import type { World } from './world.ts';

/** The approvals and deployments that may be of a row's artifact, by their digest, run or commit; each once. */
export type LeaveFiles = Readonly<{
  of(row: Identified): Readonly<{ approvals: readonly SeenApproval[]; deployments: readonly DeploymentRecord[] }>;
}>;

/** Files approvals and deployments by what they may be looked up by: of many rows each has few. */
export function openLeaveFiles(world: World): LeaveFiles {
  const approvals = indexBy(distinct(world, 'approval'), ({ seen }) => keysOf(seen));
  const deployments = indexBy(distinct(world, 'deployment'), ({ seen }) => keysOf(seen));
  return {
    of({ artifact }) {
      const builds = buildsOfArtifact(world, artifact);
      const digests = [...world.closure.familyOf(artifact)].map((digest) => `digest ${digest}`);
      const making = [...digests, ...builds.flatMap(({ run }) => (run ? [`run ${run.id}`] : []))];
      const deployed = foundBy(deployments, making).map(({ seen }) => seen);
      const moving = deployed.flatMap(({ run }) => (run ? [`run ${run.id}`] : []));
      const keys = [...builds.flatMap(({ source }) => source?.commit ?? []), ...(world.sourceOf(artifact)?.keys ?? [])];
      const commits = keys.map((key) => `commit ${key.slice(key.lastIndexOf(' ') + 1).toLowerCase()}`);
      const approved = foundBy(approvals, [...making, ...moving, ...commits]);
      return { deployments: deployed, approvals: approved.map(({ seen, seenIn }) => ({ approval: seen, seenIn })) };
    },
  };
}

type Records = { approval: ApprovalRecord; deployment: DeploymentRecord };
type Filed<R> = Readonly<{ seen: R; seenIn: number }>;

/** Every record of a kind once, with the first recording that had it. */
function distinct<K extends keyof Records>({ recordings }: World, kind: K): readonly Filed<Records[K]>[] {
  const isOfKind = (one: Observation): one is Extract<Observation, { kind: K }> & Records[K] => one.kind === kind;
  const all = recordings.flatMap(({ observations }, seenIn) => observations.filter(isOfKind).map((seen) => ({ seen, seenIn })));
  return [...new Map(all.toReversed().map((one) => [nameOf(one.seen), one])).values()];
}

function nameOf(seen: ApprovalRecord | DeploymentRecord): string {
  return `${seen.at} ${identify(seen)} ${seen.origin.source}`;
}

function keysOf({ subject: { digest, commit }, run }: ApprovalRecord | DeploymentRecord): readonly string[] {
  if (digest) return [`digest ${digest}`];
  return [...(run ? [`run ${run.id}`] : []), ...(commit ? [`commit ${commit.toLowerCase()}`] : [])];
}

function foundBy<R extends ApprovalRecord | DeploymentRecord>(
  files: ReadonlyMap<string, readonly Filed<R>[]>,
  keys: readonly string[],
): readonly Filed<R>[] {
  const found = new Set([...new Set(keys)].flatMap((key) => files.get(key) ?? []));
  return sortedBy([...found], ({ seen }) => nameOf(seen));
}
