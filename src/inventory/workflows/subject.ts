import type { Dockerfile, WorkflowFile, WorkflowJob } from '../../domain/workflow.ts';

/** An environment that a job is for, and whether it is the one that users meet. */
export type Target = Readonly<{ environment: string; isLast: boolean }>;

/** A job as it is written, in its file. */
export type Written = Readonly<{ file: WorkflowFile; job: WorkflowJob }>;

/** One job of a workflow; `where` is `file:repository/path#job`. */
export type JobSubject = Readonly<
  Written & {
    where: string;
    targets: readonly Target[];
    /** The environments that are an axis of its matrix, where two or more are. */
    environmentAxis: readonly string[];
    /** The branches that stand for environments, where two or more start its workflow. */
    environmentBranches: readonly string[];
    /** Whether only pull requests start it. */
    isForReviewOnly: boolean;
  }
>;

/** One file that images are built by; `where` is `file:repository/path`. */
export type DockerfileSubject = Readonly<{ where: string; file: Dockerfile }>;

/** What a job does at one place: in a step of its own, or in what that step or the job itself calls. */
export type PlacedStep = Readonly<{
  /** The line of the job's own file: of the step, or of the call. */
  line: number;
  /** Whether it runs whenever its workflow does, or under a condition that its words do not decide. */
  runs: 'always' | 'open';
  /** Whether its failure fails nothing. */
  isPassedOver: boolean;
  /** What it says itself, with what the call handed it filled in. */
  uses: string | undefined;
  with: Readonly<Record<string, string>>;
  env: Readonly<Record<string, string>>;
  id: string | undefined;
  if: string | undefined;
  commands: readonly Command[];
  /** The environment of the job that it stands in: of the called one, where that names one. */
  environment?: WorkflowJob['environment'];
  /** The folder that its commands run in, as it is written; the root of the job where none is. */
  folder?: string | undefined;
}>;

/** The words of one command of a script, in order; an expression is one word. */
export type Command = readonly string[];
