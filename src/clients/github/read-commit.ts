import type { Seen } from '../../collect/define-source.ts';
import { AuditError, unreadable } from '../../error.ts';
import { builtInArtifacts, recordedInArtifacts } from './artifacts.ts';
import { boundTo } from './bind.ts';
import type { Build } from './builds.ts';
import { buildsInLog, mayBuild } from './built-in-log.ts';
import { expiredJobs } from './expired-jobs.ts';
import { type Gates, gateOf, mayHold, resultsOf } from './gates.ts';
import type { LogDigests } from './log-reader.ts';
import type { Left, Names } from './read-attested.ts';
import { digestsInLog, lossIn } from './read-log.ts';
import type { Kept } from './records-in-file.ts';
import { isOwn, type Job, jobsOf, runsOn, type WorkflowRun } from './runs.ts';
import type { Session } from './session.ts';
import { testsOf } from './test-fact.ts';

type Test = Extract<Seen, { kind: 'test' }>;

/** A commit of a repository. */
export type Commit = Readonly<{ repository: string; commit: string }>;

/** How runs are read: what counts as a gate, whether artifacts and logs are, what digests are called, and when now is. */
export type Reading = Readonly<{
  gates: Gates | undefined;
  artifacts: boolean;
  /** The names of artifacts in which jobs keep records. */
  records: readonly string[];
  logs: boolean;
  names: Names;
  now: Date;
}>;

/** What runs tell, and what of it could not be read. */
export type Told<F = Kept> = Readonly<{ facts: readonly F[]; left: readonly Left[] }>;

type ReadRun = Readonly<{ repository: string; run: WorkflowRun; jobs: readonly Job[] }>;

const NOTHING = { facts: [], left: [] } as const;
const CLOCK_SKEW_MS = 5 * 60_000;

/** What was built on a commit, where only logs say it, and what the gates came to that ran on it. */
export async function readCommit(session: Session, { repository, commit }: Commit, reading: Reading): Promise<Told> {
  const { github, builds } = session;
  const isUnbuilt = (run: WorkflowRun) => (reading.logs || reading.artifacts) && builds.around(repository, run).length === 0;
  const runs = (await runsOn(github, repository, commit)).filter((run) => isOwn(run) && (mayHoldGate(run, reading) || isUnbuilt(run)));
  const read = await Promise.all(runs.map(async (run) => ({ repository, run, jobs: await jobsOf(github, repository, run) })));
  const kept = await Promise.all(read.map((one) => readRecords(session, one, reading)));
  builds.add(kept.flatMap(({ facts }) => facts).filter((fact) => fact.kind === 'build'));
  // Every build of the commit has to be known before a gate can be said to have had one.
  const built = await Promise.all(read.map((one) => readBuilds(session, one, reading)));
  builds.add(built.flatMap(({ facts }) => facts));
  const tested = await Promise.all(read.map((one) => readTests(session, one, reading)));
  const told: readonly Told[] = [...kept, ...built, ...tested];
  const left = [...told.flatMap((one) => one.left), ...expiredJobs(read, reading.now)];
  return { facts: told.flatMap(({ facts }) => facts).map((fact) => ofThePast(fact, reading)), left };
}

/** Events whose runs are about the commit that GitHub names. Others name the head of the default branch, whoever set them off, and for what. */
const OF_ITS_COMMIT: ReadonlySet<string> = new Set([
  'push',
  'release',
  'schedule',
  'workflow_dispatch',
  'merge_group',
  'deployment',
  'deployment_status',
]);

function mayHoldGate(run: WorkflowRun, { gates }: Reading): boolean {
  return !gates || Object.values(gates).some(({ workflow }) => workflow === undefined || mayHold(workflow, run));
}

function readRecords(session: Session, { repository, run }: ReadRun, { records }: Reading): Promise<Told> {
  return records.length > 0 ? recordedInArtifacts(session, { repository, run }, records) : Promise.resolve(NOTHING);
}

/** Artifacts are asked who built only where no attestation says so of the run or its commit, and logs where nothing else does. */
async function readBuilds(session: Session, { repository, run, jobs }: ReadRun, reading: Reading): Promise<Told<Build>> {
  const building = jobs.filter((job) => job.conclusion === 'success' && gateOf(job, run, reading.gates) === undefined && mayBuild(job));
  if (building.length === 0 || session.builds.around(repository, run).length > 0) return NOTHING;
  const recorded = reading.artifacts ? await builtInArtifacts(session, { repository, run }) : NOTHING;
  if (recorded.facts.length > 0 || !reading.logs) return recorded;
  const { found, left } = await readLogs(session, repository, building, 'build');
  const facts = building.flatMap((job) => {
    const digests = found.get(job.id);
    return digests ? buildsInLog(digests, { repository, run, job, names: reading.names }) : [];
  });
  return { facts, left: [...recorded.left, ...left] };
}

/** Logs of gates are read only where something is known that they may have had. */
async function readTests(session: Session, { repository, run, jobs }: ReadRun, { gates, logs }: Reading): Promise<Told<Test>> {
  const results = resultsOf(run, jobs, gates);
  const builds = session.builds.around(repository, run);
  const legs = logs && builds.length > 0 ? results.flatMap((result) => result.legs) : [];
  const { found, left } = await readLogs(session, repository, legs, 'test');
  for (const { named } of found.values()) for (const digest of named) session.named.add(digest);
  const facts = results.flatMap((result) => testsOf(result, { repository, run }, boundTo(result, found, builds)));
  return {
    facts: facts.filter((fact) => fact.subject.digest !== undefined || fact.result === 'failed' || OF_ITS_COMMIT.has(run.event)),
    left,
  };
}

type ReadLogs = Readonly<{ found: ReadonlyMap<string, LogDigests>; left: readonly Left[] }>;

async function readLogs(session: Session, repository: string, jobs: readonly Job[], of: Left['of']): Promise<ReadLogs> {
  const found = new Map<string, LogDigests>();
  const left: Left[] = [];
  const once = [...new Map(jobs.map((job) => [job.id, job])).values()];
  await Promise.all(
    once.map(async (job) => {
      const locator = session.github.locate(`repos/${repository}/actions/jobs/${job.id}/logs`);
      try {
        const digests = await digestsInLog(session, repository, job);
        const error = lossIn(digests);
        found.set(job.id, digests);
        if (error) left.push({ of, locator, error });
      } catch (error) {
        if (!(error instanceof AuditError) || error.exitCode === 2) throw error;
        left.push({ of, locator, error });
      }
    }),
  );
  return { found, left };
}

function ofThePast<F extends Kept>(fact: F, { now }: Reading): F {
  if (Date.parse(fact.at ?? '') <= now.getTime() + CLOCK_SKEW_MS) return fact;
  throw unreadable('malformed', `${fact.locator} is of the future`, { hint: 'Set the clock of this machine.' });
}
