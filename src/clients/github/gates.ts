import { matches } from '../../domain/glob.ts';
import { groupBy } from '../../domain/order.ts';
import type { Job, WorkflowRun } from './runs.ts';

/** Which jobs are a gate: by name, of every workflow or of one. */
export type GatePattern = Readonly<{ job: string; workflow?: string | undefined }>;

/** Gates by their names. */
export type Gates = Readonly<Record<string, GatePattern>>;

/** What a gate came to in one attempt of a run: the jobs that decided it, each of them one leg. */
export type GateResult = Readonly<{
  gate: string;
  attempt: number;
  result: 'passed' | 'failed';
  startedAt: string;
  at: string;
  legs: readonly Job[];
}>;

/** What a job is called that tests, where no gates are named: one of its words says so, and none that it does something else. */
const TESTS = wordIn(['tests?', 'testing', 'e2e', 'end-to-end', 'acceptance', 'smoke', 'regression', 'conformance']);
const MOVES = wordIn(['deploy', 'deploys', 'deployment', 'promote', 'release', 'rollout', 'rollback', 'sign', 'verify']);
const FAILED: ReadonlySet<string> = new Set(['failure', 'timed_out', 'startup_failure']);
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** The gate that a job belongs to, if any: that whose pattern it matches, else its own name where that says that it tests. */
export function gateOf(job: Pick<Job, 'name'>, run: Pick<WorkflowRun, 'path' | 'name'>, gates: Gates | undefined): string | undefined {
  const own = ownNameOf(job.name);
  if (!gates) return TESTS.test(own) && !MOVES.test(own) ? own : undefined;
  const isOf = ({ job: pattern, workflow }: GatePattern) =>
    [job.name, own].some((name) => matches(pattern, name)) && (workflow === undefined || mayHold(workflow, run));
  return Object.entries(gates).find(([, pattern]) => isOf(pattern))?.[0];
}

function wordIn(words: readonly string[]): RegExp {
  return new RegExp(`(?:^|[^a-z0-9])(?:${words.join('|')})(?:$|[^a-z0-9])`, 'i');
}

/** Whether a run is of a workflow that a pattern names: by its path, its file or its title. */
export function mayHold(workflow: string, { path, name }: Pick<WorkflowRun, 'path' | 'name'>): boolean {
  const [file = ''] = path.split('@');
  return [file, file.slice(file.lastIndexOf('/') + 1), name ?? ''].some((one) => one !== '' && matches(workflow, one));
}

/** `build / e2e (chrome, 2)` is `e2e`: called by another workflow, and one of a matrix. */
function ownNameOf(name: string): string {
  const called = name.slice(name.lastIndexOf(' / ') + 1).replace(/^\/ /, '');
  const matrix = called.indexOf(' (');
  return matrix > 0 && called.endsWith(')') ? called.slice(0, matrix) : called;
}

/**
 * What every gate of a run came to, attempt by attempt. A gate failed where one leg did; it passed where all of them did, and is undecided
 * otherwise: what was skipped or cancelled says nothing. A leg that was not executed again carries over; an attempt that executed none tells nothing new.
 */
export function resultsOf(run: WorkflowRun, jobs: readonly Job[], gates: Gates | undefined): readonly GateResult[] {
  const ofGates = [...groupBy(jobs, (job) => gateOf(job, run, gates) ?? '')].filter(([gate]) => gate !== '');
  return ofGates.flatMap(([gate, legs]) => {
    const attempts = [...new Set(legs.map(({ run_attempt }) => run_attempt))].toSorted((a, b) => a - b);
    const told = new Set<string>();
    return attempts.flatMap((attempt): GateResult[] => {
      const latest = latestOf(legs, attempt);
      const executions = latest.map(executionOf);
      const isNew = executions.some((one) => !told.has(one));
      for (const one of executions) told.add(one);
      const result = isNew ? resultOf(latest, isPartOf(latest, legs) || isGoingOn(run)) : undefined;
      return result === undefined ? [] : [{ gate, attempt, result, legs: latest, ...timesOf(latest) }];
    });
  });
}

/** Whether jobs may be to come that GitHub does not list yet. */
function isGoingOn({ status }: WorkflowRun): boolean {
  return status !== undefined && status !== null && status !== 'completed';
}

/** Of every name the last execution until an attempt; several jobs of one attempt may share a name. */
function latestOf(legs: readonly Job[], attempt: number): readonly Job[] {
  const until = legs.filter(({ run_attempt }) => run_attempt <= attempt);
  return [...groupBy(until, ({ name }) => name).values()].flatMap((ofName) => {
    const last = Math.max(...ofName.map(({ run_attempt }) => run_attempt));
    return ofName.filter(({ run_attempt }) => run_attempt === last);
  });
}

/** Whether jobs that share a name were more in another attempt: then it is not known which of them were executed again. */
function isPartOf(latest: readonly Job[], legs: readonly Job[]): boolean {
  const most = Math.max(...[...groupBy(legs, ({ run_attempt }) => `${run_attempt}`).values()].map((ofAttempt) => ofAttempt.length));
  return latest.length < most;
}

/** GitHub lists a job that was carried over under a new id, with the times of its one execution. */
function executionOf({ name, started_at, completed_at }: Job): string {
  return `${name} ${started_at} ${completed_at}`;
}

function resultOf(legs: readonly Job[], isPart: boolean): GateResult['result'] | undefined {
  const timed = legs.filter(({ started_at, completed_at }) => TIME.test(started_at ?? '') && TIME.test(completed_at ?? ''));
  if (timed.some(({ conclusion }) => FAILED.has(conclusion ?? ''))) return 'failed';
  return !isPart && timed.length === legs.length && legs.every(({ conclusion }) => conclusion === 'success') ? 'passed' : undefined;
}

/** From the first beginning, since every leg had to have the artifact, to the last end. */
function timesOf(legs: readonly Job[]): Readonly<{ startedAt: string; at: string }> {
  const texts = (pick: (job: Job) => string | null | undefined) => legs.flatMap((leg) => pick(leg) ?? []).toSorted();
  return { startedAt: texts(({ started_at }) => started_at)[0] ?? '', at: texts(({ completed_at }) => completed_at).at(-1) ?? '' };
}
