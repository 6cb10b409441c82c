import type { Plan } from '../../domain/plan.ts';
import { environmentIn, isProduction } from './environment-word.ts';
import type { JobSubject } from './subject.ts';

/** An environment that a job is for, and whether it is the one that users meet. */
export type Target = Readonly<{ environment: string; isLast: boolean }>;

/** The environments that a job is for, by what it names as its environment or, where it names none, by its own name and its file's. */
export function targetsOf({ file, job }: JobSubject, { promotion }: Plan): readonly Target[] {
  const environments = promotion.flat();
  const named = job.environment ? valuesOf(job.environment.name, { file, job }) : [];
  const spoken = [job.id, job.name ?? '', file.name ?? '', file.path.split('/').at(-1) ?? ''];
  const guessed = spoken.map((text) => environmentIn(text, environments)).find((word) => word !== undefined);
  const found = named.length > 0 ? named : [...axisOf(job.matrix, environments), ...(guessed === undefined ? [] : [guessed])];
  return [...new Set(found)].map((environment) => ({ environment, isLast: isProduction(environment, promotion.at(-1) ?? []) }));
}

/** The axis of a matrix whose values are environments, at least two of them. */
export function axisOf(matrix: Readonly<Record<string, readonly string[]>>, environments: readonly string[]): readonly string[] {
  const axes = Object.values(matrix).map((values) => values.filter((value) => environmentIn(value, environments) !== undefined));
  return axes.find((values) => values.length > 1) ?? [];
}

/** What an expression can stand for, where the file itself says so: an axis of the matrix, or the choices of an input. */
function valuesOf(text: string, { file, job }: Pick<JobSubject, 'file' | 'job'>): readonly string[] {
  const [, from, name = ''] = /^\$\{\{\s{0,9}(?<from>matrix|inputs|github\.event\.inputs)\.(?<name>[\w-]+)\s{0,9}\}\}$/.exec(text) ?? [];
  if (from === 'matrix') return job.matrix[name] ?? [];
  if (from !== undefined) return file.inputs.find((input) => input.name === name)?.options ?? [];
  return text.includes('${{') ? [] : [text];
}
