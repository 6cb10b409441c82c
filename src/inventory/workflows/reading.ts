import { andThen, type Known, known, unknown } from '../../domain/known.ts';
import { groupBy, rememberOf, sortedBy } from '../../domain/order.ts';
import { fileKey } from '../../domain/place.ts';
import type { Dockerfile, WorkflowFile } from '../../domain/workflow.ts';
import type { World } from '../world.ts';
import { does, unreadIn } from './activity.ts';
import { type BuildStep, buildStepOf } from './build-step.ts';
import { type Doings, doingsOf, type Files } from './delivery.ts';
import type { Activity } from './known-tools.ts';
import { neededBy } from './needed-by.ts';
import { deployedBy, shippedBy } from './shipping.ts';
import type { JobSubject, PlacedStep } from './subject.ts';
import { jobSubjectOf } from './target.ts';

/** The workflows of the newest recording that was to read any, with what each job does; every job is read once. */
export type Reading = Readonly<{
  /** Every environment of the path. */
  environments: readonly string[];
  files: Files;
  jobs: readonly JobSubject[];
  /** Its steps that run whenever its workflow does. */
  stepsOf(subject: JobSubject): readonly PlacedStep[];
  /** All of its steps, whatever their conditions. */
  everyStepOf(subject: JobSubject): readonly PlacedStep[];
  /** Whether a job runs what was not read, and might do anything. */
  isHidden(subject: JobSubject): boolean;
  /** What a job runs that was not read. */
  unreadBy(subject: JobSubject): readonly string[];
  /** The jobs of its repository at its commit, itself among them. */
  siblingsOf(subject: JobSubject): readonly JobSubject[];
  /** The other jobs of its repository; not known where its files were not all read. */
  othersOf(subject: JobSubject): Known<readonly JobSubject[]>;
  /** The jobs that it waits for, and those that they wait for. */
  neededBy(subject: JobSubject): readonly JobSubject[];
  shippedBy(subject: JobSubject): Known<readonly BuildStep[]>;
  deployedBy(subject: JobSubject): Known<readonly PlacedStep[]>;
}>;

/** Reads what the jobs of a world's workflows do. */
export function openReading(world: Pick<World, 'recordings' | 'silenceOn' | 'plan'>): Reading {
  const files = newestFiles(world);
  const jobs = sortedBy(
    withoutCalled(files).flatMap((file) => file.jobs.map((job) => jobSubjectOf(fileKey(file, job.id), { file, job }, world.plan))),
    ({ where, file }) => `${where} ${file.commit}`,
  );
  const byRepository = groupBy(jobs, repositoryOf);
  const siblingsOf = (subject: JobSubject) => byRepository.get(repositoryOf(subject)) ?? [];
  const doings = rememberOf((subject: JobSubject) => doingsOf(subject, files));
  const stepsOf = rememberOf((subject: JobSubject) => doings(subject).steps.filter(({ runs }) => runs === 'always'));
  const stepsThat = (activity: Activity, subject: JobSubject) => stepsWhich(activity, subject, doings(subject));
  return {
    environments: world.plan.promotion.flat(),
    files,
    jobs,
    stepsOf,
    everyStepOf: (subject) => doings(subject).steps,
    isHidden: (subject) => isHidden(doings(subject)),
    unreadBy: (subject) => unreadBy(doings(subject)),
    siblingsOf,
    othersOf: (subject) => othersOf(subject, siblingsOf(subject), world),
    neededBy: rememberOf((subject: JobSubject) => neededBy(subject, siblingsOf(subject))),
    shippedBy: rememberOf((subject: JobSubject) =>
      andThen(shippedBy(stepsThat, subject), (steps) => known(steps.map((step) => buildStepOf(step, stepsOf(subject))))),
    ),
    deployedBy: rememberOf((subject: JobSubject) => deployedBy(stepsThat, subject, stepsOf(subject))),
  };
}

/** A workflow that only others start is read where they call it, with what they hand it; it stands by itself where nobody was seen to. What is there only because it is called from elsewhere never does. */
function withoutCalled({ workflows }: Files): readonly WorkflowFile[] {
  const called = new Set(
    workflows.flatMap((file) =>
      file.jobs.flatMap(({ uses }) => (uses?.startsWith('./') ? [`${file.repository} ${file.commit} ${uses.slice(2)}`] : [])),
    ),
  );
  const isOnlyCalled = ({ triggers }: WorkflowFile) => triggers.length > 0 && triggers.every(({ event }) => event === 'workflow_call');
  const isOwnCalled = (file: WorkflowFile) => isOnlyCalled(file) && called.has(`${file.repository} ${file.commit} ${file.path}`);
  return workflows.filter((file) => file.ref === undefined && !isOwnCalled(file));
}

function repositoryOf({ file }: JobSubject): string {
  return `${file.repository} ${file.commit}`;
}

function othersOf(
  subject: JobSubject,
  siblings: readonly JobSubject[],
  { silenceOn }: Pick<World, 'silenceOn'>,
): Known<readonly JobSubject[]> {
  const silence = silenceOn({ of: 'workflow-file', project: subject.file.repository });
  if (!silence.covered) return unknown('workflows-not-covered');
  const others = siblings.filter((one) => one !== subject);
  return known(others, [...others.map(({ file }) => file), ...silence.evidence]);
}

function stepsWhich(activity: Activity, { file }: JobSubject, doings: Doings): Known<readonly PlacedStep[]> {
  const found = doings.steps.filter((step) => does(activity, step));
  const sure = found.filter(({ runs }) => runs === 'always');
  if (sure.length > 0) return known(sure, [file]);
  if (found.length > 0) return unknown('runs-under-a-condition');
  return isHidden(doings) ? unknown('calls-what-was-not-read') : known([], [file]);
}

const MOVES = ['build', 'push', 'deploy'] as const;

/** Whether it runs what was not read, or may do something to an image under a condition that its words do not decide. */
const isHidden = rememberOf(({ steps, unread }: Doings): boolean => {
  const mayMove = (step: PlacedStep) => step.runs === 'open' && MOVES.some((activity) => does(activity, step));
  return unread.length > 0 || steps.some((step) => unreadIn(step) !== undefined || mayMove(step));
});

function unreadBy({ steps, unread }: Doings): readonly string[] {
  return [...new Set([...unread, ...steps.flatMap((step) => unreadIn(step) ?? [])])];
}

/** A checkout is read again each time, a commit once: of each file the newest sight counts. */
function newestFiles({ recordings }: Pick<World, 'recordings'>): Files {
  const asked = recordings.findLast(({ observations }) =>
    observations.some((seen) => seen.kind === 'expected' && seen.of === 'workflow-file'),
  );
  const observations = asked?.observations ?? [];
  const files = newest(observations.filter((seen) => seen.kind === 'workflow-file'));
  return {
    workflows: files.filter(({ is }) => is === 'workflow'),
    actions: files.filter(({ is }) => is === 'action'),
    dockerfiles: newest(observations.filter((seen) => seen.kind === 'dockerfile')),
  };
}

function newest<F extends WorkflowFile | Dockerfile>(files: readonly F[]): readonly F[] {
  const ordered = sortedBy(files, ({ at, origin }) => `${at} ${origin.source} ${origin.locator}`);
  return [...new Map(ordered.map((file) => [`${fileKey(file)} ${file.commit}`, file])).values()];
}
