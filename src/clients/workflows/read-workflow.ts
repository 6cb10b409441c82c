import type { FileName } from './file-name.ts';
import { type Branches, entriesOf, isNothing, settingsIn, textIn, textsOf } from './look-up.ts';
import { readStrategy } from './matrix.ts';
import { type Mistake, malformed, nameOf, type ReadFile } from './mistake.ts';
import { plantTree, type Tree } from './tree.ts';
import { inputsOf, readTriggers } from './triggers.ts';
import type { WorkflowFact } from './workflow-fact.ts';

type Job = WorkflowFact['jobs'][number];
type Step = NonNullable<Job['steps']>[number];

// A reader needs the first few to mend them all.
const MOST_MISTAKES = 20;

/** Reads a workflow, or the action.yml of an action, as it is written; nothing is run, and no expression is evaluated. */
export function readWorkflow(text: string, file: FileName): ReadFile<WorkflowFact> {
  const { tree, mistakes: wrong } = plantTree(text);
  if (!tree) return { mistakes: wrong };
  const mistakes: Mistake[] = [];
  const fact = /^(?:.*\/)?action\.ya?ml$/.test(file.path) && !file.path.startsWith('.github/workflows/') ? actionIn : workflowIn;
  const told = fact(tree, file, mistakes);
  return { ...(told ? { fact: told } : {}), mistakes: mistakes.slice(0, MOST_MISTAKES) };
}

function workflowIn(tree: Tree, file: FileName, mistakes: Mistake[]): WorkflowFact | undefined {
  const top = entriesOf(tree, 'the file', mistakes);
  const [on, jobs] = [top.get('on'), top.get('jobs')];
  if (isNothing(on) || isNothing(jobs)) {
    mistakes.push(malformed(1, `it has no \`${isNothing(on) ? 'on' : 'jobs'}\`: it is no workflow`));
    return undefined;
  }
  return {
    kind: 'workflow-file',
    ...file,
    is: 'workflow',
    ...named(top, mistakes),
    ...readTriggers(on, mistakes),
    env: settingsIn(top, 'env', mistakes),
    jobs: [...entriesOf(jobs, 'jobs', mistakes)].flatMap(([id, job]) => jobIn(id, job, { folder: folderIn(top, mistakes), mistakes })),
  };
}

/** What a composite action does are the steps of its one job; what another does stands in code, or in an image. */
function actionIn(tree: Tree, file: FileName, mistakes: Mistake[]): WorkflowFact | undefined {
  const top = entriesOf(tree, 'the file', mistakes);
  const runs = top.get('runs');
  if (isNothing(runs)) {
    mistakes.push(malformed(1, 'it has no `runs`: it is no action'));
    return undefined;
  }
  const inside = entriesOf(runs, 'runs', mistakes);
  const outputs = [...entriesOf(top.get('outputs'), 'outputs', mistakes)].flatMap(([name, output]) => {
    const value = textIn(entriesOf(output, `outputs.${name}`, mistakes), 'value', mistakes);
    return value === undefined ? [] : [[name, value] as const];
  });
  const steps = inside.get('using')?.is === 'text' && textIn(inside, 'using', mistakes) === 'composite' ? inside.get('steps') : undefined;
  const job: Job = { id: 'runs', line: runs.line, outputs: Object.fromEntries(outputs), steps: stepsIn(steps, { mistakes }) };
  const inputs = inputsOf('action', top.get('inputs'), mistakes);
  return { kind: 'workflow-file', ...file, is: 'action', ...named(top, mistakes), triggers: [], inputs, jobs: steps ? [job] : [] };
}

/** What is around a job or a step: the folder that scripts run in there, and where mistakes are told. */
type Around = Readonly<{ folder?: string | undefined; mistakes: Mistake[] }>;

/** Where scripts run that say nothing themselves. */
function folderIn(entries: Branches, mistakes: Mistake[]): string | undefined {
  const run = entriesOf(entriesOf(entries.get('defaults'), 'defaults', mistakes).get('run'), 'run', mistakes);
  return textIn(run, 'working-directory', mistakes);
}

function jobIn(id: string, tree: Tree, { folder, mistakes }: Around): readonly Job[] {
  if (tree.is !== 'map') {
    mistakes.push(malformed(tree.line, `jobs.${nameOf(id)}: there is no map of keys and values`));
    return [];
  }
  const entries = entriesOf(tree, `jobs.${id}`, mistakes);
  const strategy = entries.get('strategy');
  const environment = environmentIn(entries.get('environment'), mistakes);
  return [
    {
      id,
      line: tree.line,
      ...named(entries, mistakes),
      needs: [...textsOf(entries.get('needs'), 'needs', mistakes)],
      ...given('if', entries, mistakes),
      ...passedOver(entries, mistakes),
      ...given('uses', entries, mistakes),
      with: settingsIn(entries, 'with', mistakes),
      env: settingsIn(entries, 'env', mistakes),
      ...(environment ? { environment } : {}),
      ...readStrategy(strategy, mistakes),
      outputs: settingsIn(entries, 'outputs', mistakes),
      steps: stepsIn(entries.get('steps'), { folder: folderIn(entries, mistakes) ?? folder, mistakes }),
    },
  ];
}

function environmentIn(tree: Tree | undefined, mistakes: Mistake[]): Job['environment'] {
  if (isNothing(tree)) return undefined;
  if (tree.is === 'text') return { name: textsOf(tree, 'environment', mistakes)[0] ?? '', line: tree.line };
  const entries = entriesOf(tree, 'environment', mistakes);
  const name = textIn(entries, 'name', mistakes);
  if (name === undefined) mistakes.push(malformed(tree.line, 'environment: it has no name'));
  return name === undefined ? undefined : { name, line: tree.line, deployment: textIn(entries, 'deployment', mistakes) !== 'false' };
}

function stepsIn(tree: Tree | undefined, around: Around): Step[] {
  if (isNothing(tree)) return [];
  if (tree.is !== 'list') {
    around.mistakes.push(malformed(tree.line, 'steps: there is no list'));
    return [];
  }
  return tree.items.flatMap((item) => stepIn(item, around));
}

function stepIn(tree: Tree, { folder: around, mistakes }: Around): readonly Step[] {
  if (tree.is !== 'map') {
    mistakes.push(malformed(tree.line, 'a step is no map of keys and values'));
    return [];
  }
  const entries = entriesOf(tree, 'a step', mistakes);
  const folder = textIn(entries, 'working-directory', mistakes) ?? around;
  return [
    {
      line: tree.line,
      ...given('id', entries, mistakes),
      ...named(entries, mistakes),
      ...given('if', entries, mistakes),
      ...passedOver(entries, mistakes),
      ...given('uses', entries, mistakes),
      ...given('run', entries, mistakes),
      ...(folder !== undefined && entries.has('run') ? { folder } : {}),
      with: settingsIn(entries, 'with', mistakes),
      env: settingsIn(entries, 'env', mistakes),
    },
  ];
}

function named(entries: Branches, mistakes: Mistake[]): { name?: string } {
  return given('name', entries, mistakes);
}

/** The text of a key under its own name, where there is one. */
function given<K extends string>(key: K, entries: Branches, mistakes: Mistake[]): { [key in K]?: string } {
  const text = textIn(entries, key, mistakes);
  // A computed name is widened to any text.
  return text === undefined ? {} : ({ [key]: text } as { [key in K]?: string });
}

/** What an expression decides is not taken for a promise: only `true` says that a failure fails nothing. */
function passedOver(entries: Branches, mistakes: Mistake[]): { continueOnError?: true } {
  return textIn(entries, 'continue-on-error', mistakes) === 'true' ? { continueOnError: true } : {};
}
