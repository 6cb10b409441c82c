import type { Dockerfile, WorkflowFile, WorkflowJob, WorkflowStep } from '../../domain/workflow.ts';
import { commandsOf } from './commands.ts';
import { bothOf, type Condition, conditionOf } from './condition.ts';
import { settingIn } from './setting.ts';
import type { PlacedStep, Written } from './subject.ts';

/** Everything that was read of how repositories build, test and deploy. */
export type Files = Readonly<{ workflows: readonly WorkflowFile[]; actions: readonly WorkflowFile[]; dockerfiles: readonly Dockerfile[] }>;

/** What a job does, step by step, and what it calls that was not read. */
export type Doings = Readonly<{ steps: readonly PlacedStep[]; unread: readonly string[] }>;

/** A workflow may call one that calls another; GitHub lets it go on for ten. */
const DEEPEST = 10;
/** Calls of one job that are followed: more than people write, and few enough for files that mean harm. */
const MOST_CALLS = 500;

/** The steps of a job, with those of the actions and workflows that it calls where they were read. */
export function doingsOf({ file, job }: Written, files: Files): Doings {
  const start = {
    given: {},
    depth: 0,
    calls: { left: MOST_CALLS },
    environment: job.environment,
    runs: 'always',
    isPassedOver: job.continueOnError,
  } as const;
  return expand({ file, job, ...start }, files);
}

type Frame = Readonly<{
  file: WorkflowFile;
  job: WorkflowJob;
  given: Readonly<Record<string, string>>;
  depth: number;
  calls: { left: number };
  environment: WorkflowJob['environment'];
  /** Under what condition it is called. */
  runs: Condition;
  isPassedOver: boolean;
  line?: number;
}>;

function expand(frame: Frame, files: Files): Doings {
  const { file, job, given, environment } = frame;
  const runs = bothOf(frame.runs, conditionOf(job.if, given));
  if (runs === 'never') return NOTHING;
  if (job.uses !== undefined)
    return called(
      { ...frame, runs, isPassedOver: frame.isPassedOver || job.continueOnError },
      { uses: job.uses, line: frame.line ?? job.line, with: job.with },
      files,
    );
  const parts = job.steps.map((step): Doings => {
    const line = frame.line ?? step.line;
    const ofStep = bothOf(runs, conditionOf(step.if, given));
    if (ofStep === 'never') return NOTHING;
    const isPassedOver = frame.isPassedOver || job.continueOnError || step.continueOnError;
    if (step.uses !== undefined && isOwn(step.uses))
      return called({ ...frame, runs: ofStep, isPassedOver }, { uses: step.uses, line, with: step.with }, files);
    const around = {
      line,
      given,
      env: { ...file.env, ...job.env },
      environment,
      runs: ofStep,
      isPassedOver,
    };
    return { steps: [placed(step, around)], unread: [] };
  });
  return joined(parts);
}

const NOTHING: Doings = { steps: [], unread: [] };

/** What lies in a repository: an action of a folder, or a workflow of any repository. */
function isOwn(uses: string): boolean {
  return uses.startsWith('./') || /\/\.github\/workflows\/[^/@]+@/.test(uses);
}

type Call = Readonly<{ uses: string; line: number; with: Readonly<Record<string, string>> }>;

function joined(parts: readonly Doings[]): Doings {
  return { steps: parts.flatMap(({ steps }) => steps), unread: parts.flatMap(({ unread }) => unread) };
}

function called(frame: Frame, { uses, line, with: handed }: Call, files: Files): Doings {
  const { file, given, depth, calls, environment } = frame;
  calls.left -= 1;
  const target = depth < DEEPEST && calls.left >= 0 ? targetOf(uses, file, files) : undefined;
  // An action that has no steps of its own does all that it does in code, or in an image.
  if (!target || target.jobs.length === 0) return { steps: [], unread: [uses] };
  const defaults = Object.fromEntries(target.inputs.flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, value]])));
  const filled = Object.fromEntries(Object.entries(handed).map(([name, value]) => [name, fillIn(value, given)]));
  const inner = { ...defaults, ...filled };
  return joined(
    target.jobs.map((job) =>
      expand({ ...frame, file: target, job, given: inner, depth: depth + 1, line, environment: job.environment ?? environment }, files),
    ),
  );
}

function targetOf(uses: string, from: WorkflowFile, { workflows, actions }: Files): WorkflowFile | undefined {
  const isOfSame = (one: WorkflowFile) => one.repository === from.repository && one.commit === from.commit && one.ref === from.ref;
  if (uses.startsWith('./')) {
    const path = uses.slice(2).replace(/\/$/, '');
    const names = [path, `${path}/action.yml`, `${path}/action.yaml`].map((name) => name.replace(/^\//, ''));
    return [...workflows, ...actions].find((one) => isOfSame(one) && names.includes(one.path));
  }
  const [, repository, path, ref] = /^(?<repository>[^/]+\/[^/]+)\/(?<path>[^@]+)@(?<ref>.+)$/.exec(uses) ?? [];
  return workflows.find((one) => one.repository === repository && one.path === path && (one.ref ?? one.commit) === ref);
}

type Around = Readonly<{
  line: number;
  given: Readonly<Record<string, string>>;
  env: Readonly<Record<string, string>>;
  environment: WorkflowJob['environment'];
  runs: PlacedStep['runs'];
  isPassedOver: boolean;
}>;

function placed(
  { id, if: when, uses, run, folder, with: handed, env }: WorkflowStep,
  { line, given, env: around, environment, runs, isPassedOver }: Around,
): PlacedStep {
  const fill = (settings: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, fillIn(value, given)]));
  const known = fill({ ...around, ...env });
  return {
    line,
    runs,
    isPassedOver,
    id,
    if: when,
    uses,
    with: Object.fromEntries(Object.entries(fill(handed)).map(([name, value]) => [name, withVariables(value, known, EXPRESSION)])),
    env: known,
    ...(environment ? { environment } : {}),
    commands: run === undefined ? [] : commandsOf(withVariables(withVariables(fillIn(run, given), known, EXPRESSION), known, VARIABLE)),
    ...(folder === undefined ? {} : { folder: fillIn(folder, given) }),
  };
}

/** What a caller handed over stands where the called names it. */
function fillIn(text: string, given: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{\{\s*inputs\.(?<name>[\w-]+)\s*\}\}/g, (whole, name: string) => settingIn(given, name) ?? whole);
}

const EXPRESSION = /\$\{\{\s*env\.(?<name>\w+)\s*\}\}/g;
const VARIABLE = /\$(?:\{(?<braced>\w+)\}|(?<name>[A-Za-z_]\w*))/g;

/** A variable stands for its value where the file says it, and the value is no expression itself. */
function withVariables(text: string, known: Readonly<Record<string, string>>, form: RegExp): string {
  return text.replaceAll(form, (whole: string, ...found: readonly unknown[]) => {
    // The named groups come last.
    const { name, braced } = found.at(-1) as { name?: string; braced?: string };
    const value = settingIn(known, name ?? braced ?? '');
    return value === undefined || value.includes('$') ? whole : value;
  });
}
