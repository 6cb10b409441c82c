import type { AnyAttempt, ApprovalRecord, DeploymentRecord } from '../domain/observation.ts';
import { projectOf } from '../domain/project.ts';
import { tierOf } from '../domain/trust.ts';
import { buildsOfArtifact } from './origin.ts';
import type { Identified } from './row.ts';
import { sourceKeysOf } from './source-key.ts';
import type { World } from './world.ts';

/** How a record is of an artifact: surely, or only as it seems, and why no more than that. */
export type Binding = 'sure' | 'attempt-not-known' | 'run-made-several' | 'approval-only-claimed' | 'approval-names-only-its-commit';

type Moved = ApprovalRecord | DeploymentRecord;

/** What binds a record to the artifact of a row: the digest that it names, else its run, else its commit; undefined where nothing does. */
export function bindingOf(world: World, row: Identified, moved: Moved, deployments: readonly DeploymentRecord[]): Binding | undefined {
  const { digest } = moved.subject;
  const family = world.closure.familyOf(row.artifact);
  if (!digest) return byRun(world, row, moved, deployments) ?? byCommit(world, row, moved);
  if (!family.has(digest)) return undefined;
  return tierOf(moved.trust) === 'claimed' ? 'approval-only-claimed' : 'sure';
}

/** A run stands for what somebody recorded that it deployed, else for the one artifact of the line that it built. */
function byRun(world: World, row: Identified, { run, trust }: Moved, deployments: readonly DeploymentRecord[]): Binding | undefined {
  if (!run) return undefined;
  const family = world.closure.familyOf(row.artifact);
  const ofIt = (of: readonly Readonly<{ run?: AnyAttempt | undefined; trust: Moved['trust'] }>[]) =>
    of.filter((one) => tierOf(one.trust) !== 'claimed').flatMap((one) => (one.run && isOneRun(run, one.run) ? [one.run] : []));
  const told = ofIt(deployments.filter(({ subject }) => subject.digest && family.has(subject.digest)));
  const made = ofIt(buildsOfArtifact(world, row.artifact));
  if (told.length + made.length === 0) return undefined;
  if (tierOf(trust) === 'claimed') return 'approval-only-claimed';
  const isOfAttempt = ({ attempt }: AnyAttempt) => attempt !== undefined && attempt === run.attempt;
  if (told.some(isOfAttempt)) return 'sure';
  if (!made.some(isOfAttempt)) return 'attempt-not-known';
  return madeSeveral(world, row, run) ? 'run-made-several' : 'sure';
}

/** A run that made another artifact of the line as well may have deployed either. */
function madeSeveral(world: World, { artifact, lines }: Identified, run: AnyAttempt): boolean {
  const family = world.closure.familyOf(artifact);
  const ofRun = lines.flatMap((line) => world.buildsOfLine.get(line) ?? []).filter((build) => build.run && isOneRun(run, build.run));
  const others = ofRun.filter((build) => build.run?.attempt === run.attempt && !build.outputs.some(({ digest }) => family.has(digest)));
  const { platform } = artifact;
  return others.some(({ outputs }) => outputs.some((output) => (output.platform ?? platform) === (platform ?? output.platform)));
}

function byCommit(world: World, { artifact }: Identified, { repository, subject, run }: Moved): Binding | undefined {
  const project = repository ?? run?.repository;
  if (!subject.commit || !project) return undefined;
  const sources = [...buildsOfArtifact(world, artifact).flatMap(sourceKeysOf), ...(world.sourceOf(artifact)?.keys ?? [])];
  const key = `${projectOf(project)} ${subject.commit}`.toLowerCase();
  return sources.some((one) => one.toLowerCase() === key) ? 'approval-names-only-its-commit' : undefined;
}

/** Whether two names are of one run, whatever the attempt; what does not name its repository may be of any. */
export function isOneRun(one: AnyAttempt, other: AnyAttempt): boolean {
  if (one.platform !== other.platform || one.id !== other.id) return false;
  const [mine, theirs] = [one.repository, other.repository];
  return mine === undefined || theirs === undefined || projectOf(mine).toLowerCase() === projectOf(theirs).toLowerCase();
}
