import type { BuildStep } from './build-step.ts';
import { environmentIn } from './environment-word.ts';
import type { JobSubject } from './subject.ts';

/** A job that builds, with what it builds. */
export type Builder = Readonly<{ subject: JobSubject; builds: readonly BuildStep[] }>;

/** Another job that builds the same image, and the two environments where it builds it for another. */
export type SecondBuild = Readonly<{
  image: string;
  line: number;
  other: JobSubject;
  /** Its name, and where it builds. */
  otherAt: string;
  environments: readonly [string, string] | undefined;
}>;

/** The other builds of what a job builds; what is built for a pull request alone goes nowhere. */
export function secondBuildsOf(one: Builder, others: readonly Builder[], environments: readonly string[]): readonly SecondBuild[] {
  return others
    .filter(({ subject }) => !subject.isForReviewOnly)
    .flatMap((other) =>
      one.builds.flatMap((build) =>
        other.builds
          .filter((second) => isSame(build, second))
          .map((second) => ({
            image: build.repositories[0] ?? `the image of ${build.recipe}`,
            line: build.line,
            other: other.subject,
            otherAt: `${other.subject.job.id} (${other.subject.file.path}:${second.line})`,
            environments: pairOf(forWhom(one, build, environments), forWhom(other, second, environments)),
          })),
      ),
    );
}

function isSame(a: BuildStep, b: BuildStep): boolean {
  // Another file or stage makes another image, and members for other platforms are put together afterwards.
  if (a.variant !== b.variant || areApart(a.platforms, b.platforms)) return false;
  if (a.repositories.length > 0 && b.repositories.length > 0) return a.repositories.some((name) => b.repositories.includes(name));
  // What an expression stands for is not known, so neither is whether it is the same.
  return a.recipe !== undefined && a.recipe === b.recipe && !/\$/.test(a.recipe);
}

function areApart(a: readonly string[], b: readonly string[]): boolean {
  return a.length > 0 && b.length > 0 && !a.some((platform) => b.includes(platform));
}

/** The environment that a build is for: of its job, or by a word in its tags. */
function forWhom({ subject: { targets } }: Builder, { tags }: BuildStep, environments: readonly string[]): string | undefined {
  return targets[0]?.environment ?? tags.flatMap((tag) => environmentIn(tag, environments) ?? []).at(0);
}

function pairOf(a: string | undefined, b: string | undefined): readonly [string, string] | undefined {
  return a !== undefined && b !== undefined && a !== b ? [a, b] : undefined;
}
