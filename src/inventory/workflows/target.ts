import type { Plan } from '../../domain/plan.ts';
import { environmentIn, environmentsIn, isProduction } from './environment-word.ts';
import { settingIn } from './setting.ts';
import type { JobSubject, Target, Written } from './subject.ts';

/** A job with what is to be known of it before its steps are read. */
export function jobSubjectOf(where: string, written: Written, plan: Plan): JobSubject {
  const environments = plan.promotion.flat();
  const { triggers } = written.file;
  const branches = triggers.flatMap(({ event, branches: names }) => (event === 'push' ? names : []));
  const { if: condition = '' } = written.job;
  return {
    ...written,
    where,
    targets: targetsOf(written, plan),
    environmentAxis: axisOf(namedForEnvironments(written.job), environments),
    // A job that asks for one branch runs on that one alone.
    environmentBranches: condition.includes('github.ref') ? [] : axisOf({ branches }, environments),
    isForReviewOnly:
      triggers.length > 0 && triggers.every(({ event }) => event.startsWith('pull_request')) && !condition.includes('merged'),
  };
}

/** The environments that a job is for, by what it names as its environment or, where it names none, by its own name and its file's. */
function targetsOf({ file, job }: Written, { promotion }: Plan): readonly Target[] {
  const environments = promotion.flat();
  const named = job.environment ? valuesOf(job.environment.name, { file, job }) : [];
  const spoken = [job.id, job.name ?? '', file.name ?? '', file.path.split('/').at(-1) ?? ''];
  const guessed = spoken.map((text) => environmentsIn(text, environments)).find((words) => words.length > 0) ?? [];
  const found = named.length > 0 ? named : [...axisOf(namedForEnvironments(job), environments), ...guessed];
  return [...new Set(found)].map((environment) => ({ environment, isLast: isProduction(environment, promotion.at(-1) ?? []) }));
}

/** The axis of a matrix whose values are environments, at least two of them. */
export function axisOf(matrix: Readonly<Record<string, readonly string[]>>, environments: readonly string[]): readonly string[] {
  const axes = Object.values(matrix).map((values) => values.filter((value) => environmentIn(value, environments) !== undefined));
  return axes.find((values) => values.length > 1) ?? [];
}

const ENVIRONMENT_AXIS = /env|stage|deploy|cluster|tier|account|site|^to$/i;

/** The axes of a matrix that are named for environments, or that the job's environment is; stages of a Dockerfile are called `dev` and `prod` too. */
function namedForEnvironments({ matrix, environment }: Written['job']): Written['job']['matrix'] {
  const axes = Object.entries(matrix).filter(([name]) => ENVIRONMENT_AXIS.test(name) || environment?.name.includes(`matrix.${name}`));
  return Object.fromEntries(axes);
}

/** What an expression can stand for, where the file itself says so: an axis of the matrix, or the choices of an input. */
function valuesOf(text: string, { file, job }: Written): readonly string[] {
  const [, from, name = ''] = /^\$\{\{\s{0,9}(?<from>matrix|inputs|github\.event\.inputs)\.(?<name>[\w-]+)\s{0,9}\}\}$/.exec(text) ?? [];
  if (from === 'matrix') return settingIn(job.matrix, name) ?? [];
  if (from !== undefined) return file.inputs.find((input) => input.name === name)?.options ?? [];
  if (!text.includes('${{')) return [text];
  // Of a choice that an expression makes, every end that it spells out.
  return [...text.matchAll(/'(?<word>[^']{1,40})'/g)].flatMap(({ groups }) => groups?.word ?? []).filter((word) => environmentIn(word, []));
}
