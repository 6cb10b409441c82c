import { z } from 'zod';
import { seen } from './seen.ts';

/** Lines count from one, as editors count them. */
const line = z.number().int().positive();

/** What was set by name: literals and expressions as they are written, redacted at the source; what one expression sets as a whole is `*`. */
const settings = z.record(z.string(), z.string()).default({});

/**
 * Where a file was read: the repository without its host, and the commit where one was checked out or asked for. What is there only because
 * another repository calls it has the branch, tag or commit that it is called by.
 */
const file = { repository: z.string(), commit: z.string().optional(), ref: z.string().optional(), path: z.string() };

/** One step of a job, as written: it uses an action, or runs a script. */
export const WorkflowStep = z.object({
  line,
  id: z.string().optional(),
  name: z.string().optional(),
  if: z.string().optional(),
  /** Its failure fails nothing. */
  continueOnError: z.boolean().default(false),
  uses: z.string().optional(),
  run: z.string().optional(),
  /** The folder that a script runs in, as it is written for the step, its job or its workflow; the root of the job where none is. */
  folder: z.string().optional(),
  with: settings,
  env: settings,
});
export type WorkflowStep = z.infer<typeof WorkflowStep>;

/** One job of a workflow, as written; one that calls another workflow has `uses` and no steps. */
export const WorkflowJob = z.object({
  id: z.string(),
  line,
  name: z.string().optional(),
  needs: z.array(z.string()).default([]),
  if: z.string().optional(),
  /** Its failure fails nothing. */
  continueOnError: z.boolean().default(false),
  uses: z.string().optional(),
  with: settings,
  env: settings,
  /** The deployment environment that it names; `deployment: false` takes its secrets and records nothing. */
  environment: z.object({ name: z.string(), line, deployment: z.boolean().default(true) }).optional(),
  /** Every axis with its values, as far as they are literal, and what `include` adds to an axis; `matrixIsComputed` where an expression makes it. */
  matrix: z.record(z.string(), z.array(z.string())).default({}),
  matrixIsComputed: z.boolean().default(false),
  outputs: settings,
  steps: z.array(WorkflowStep).default([]),
});
export type WorkflowJob = z.infer<typeof WorkflowJob>;

/** A workflow of a repository, or a composite action that lies in it (its steps are its only job's), as it was written at one commit. */
export const WorkflowFile = z.object({
  ...seen,
  kind: z.literal('workflow-file'),
  ...file,
  is: z.enum(['workflow', 'action']),
  name: z.string().optional(),
  /** What starts it; the branches and tags that its filters let through, none where it has no filter. */
  triggers: z.array(
    z.object({ event: z.string(), branches: z.array(z.string()).default([]), tags: z.array(z.string()).default([]), line }),
  ),
  /** What a person or a caller hands it; `choice` offers only what is listed. */
  inputs: z
    .array(
      z.object({
        event: z.string(),
        name: z.string(),
        line,
        type: z.string().optional(),
        options: z.array(z.string()).default([]),
        default: z.string().optional(),
      }),
    )
    .default([]),
  env: settings,
  jobs: z.array(WorkflowJob),
});
export type WorkflowFile = z.infer<typeof WorkflowFile>;

/** A file that images are built by, with everything it takes from elsewhere; defaults of arguments are filled in. */
export const Dockerfile = z.object({
  ...seen,
  kind: z.literal('dockerfile'),
  ...file,
  /** Every image it names, in order: of a stage, of `COPY --from`, of a mount; another stage of the same file is none. */
  images: z.array(z.object({ line, image: z.string(), as: z.enum(['stage', 'copy', 'mount']), stage: z.string().optional() })),
  /** What can be handed to the build, and the first line that keeps it in the image, where one does. */
  arguments: z.array(z.object({ name: z.string(), line, default: z.string().optional(), keptAt: line.optional() })).default([]),
});
export type Dockerfile = z.infer<typeof Dockerfile>;
