import type { BuildStep } from './build-step.ts';
import type { JobSubject } from './subject.ts';
import { axisOf } from './target.ts';

/** Something handed to a build that is another in every environment. */
export type BakedArgument = Readonly<{ name: string; value: string; line: number }>;

const EXPRESSION = /\$\{\{(?<inside>[^}]*)\}\}/g;
const ENVIRONMENT_INPUT = /(?:inputs|github\.event\.inputs)\.\w*(?:env|environment|stage|target)\w*/i;

/** What of a build's arguments depends on the environment: its name, a variable or secret of it, or the branch that stands for it. */
export function bakedBy(
  builds: readonly BuildStep[],
  { job, file }: JobSubject,
  environments: readonly string[],
): readonly BakedArgument[] {
  const axis = Object.entries(job.matrix).find(([, values]) => axisOf({ values }, environments).length > 1)?.[0];
  const isOfEnvironment = job.environment !== undefined;
  const isByBranch = file.triggers.some(({ branches }) => axisOf({ branches: [...branches] }, environments).length > 1);
  const depends = (inside: string) =>
    ENVIRONMENT_INPUT.test(inside) ||
    (axis !== undefined && inside.includes(`matrix.${axis}`)) ||
    (isOfEnvironment && /\b(?:vars|secrets)\.(?!GITHUB_TOKEN)/.test(inside)) ||
    (isByBranch && /github\.(?:ref_name|ref)\b/.test(inside));
  return builds.flatMap(({ arguments: given, line }) =>
    given
      .filter(({ value }) => [...value.matchAll(EXPRESSION)].some((found) => depends(found.groups?.inside ?? '')))
      .map(({ name, value }) => ({ name, value, line })),
  );
}
