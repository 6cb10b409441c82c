import type { Dockerfile, WorkflowFile, WorkflowJob } from '../../domain/workflow.ts';

/** One job of a workflow, with the file it stands in; `where` is `file:repository/path#job`. */
export type JobSubject = Readonly<{ where: string; file: WorkflowFile; job: WorkflowJob }>;

/** One file that images are built by; `where` is `file:repository/path`. */
export type DockerfileSubject = Readonly<{ where: string; file: Dockerfile }>;

/** What a job does at one place: in a step of its own, or in what that step or the job itself calls. */
export type PlacedStep = Readonly<{
  /** The line of the job's own file: of the step, or of the call. */
  line: number;
  /** What it says itself, with what the call handed it filled in. */
  uses: string | undefined;
  with: Readonly<Record<string, string>>;
  env: Readonly<Record<string, string>>;
  id: string | undefined;
  if: string | undefined;
  commands: readonly Command[];
}>;

/** The words of one command of a script, in order; an expression is one word. */
export type Command = readonly string[];
