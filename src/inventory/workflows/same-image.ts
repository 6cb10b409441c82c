import type { BuildStep } from './build-step.ts';
import { environmentIn } from './environment-word.ts';
import type { JobSubject } from './subject.ts';
import type { Target } from './target.ts';

/** A job that builds, with what it builds and for which environments. */
export type Builder = Readonly<{ subject: JobSubject; builds: readonly BuildStep[]; targets: readonly Target[] }>;

/** Another job that builds the same image, and the two environments where it builds it for another. */
export type SecondBuild = Readonly<{
  image: string;
  line: number;
  other: JobSubject;
  otherLine: number;
  environments: readonly [string, string] | undefined;
}>;

/** The other builds of what a job builds; what is built for a pull request alone goes nowhere. */
export function secondBuildsOf(one: Builder, others: readonly Builder[], environments: readonly string[]): readonly SecondBuild[] {
  return others
    .filter(({ subject }) => !isForReviewOnly(subject))
    .flatMap((other) =>
      one.builds.flatMap((build) =>
        other.builds
          .filter((second) => isSame(build, second))
          .map((second) => ({
            image: build.repositories[0] ?? build.recipe,
            line: build.line,
            other: other.subject,
            otherLine: second.line,
            environments: pairOf(forWhom(one, build, environments), forWhom(other, second, environments)),
          })),
      ),
    );
}

/** Whether only pull requests start it. */
export function isForReviewOnly({ file }: JobSubject): boolean {
  return file.triggers.length > 0 && file.triggers.every(({ event }) => event.startsWith('pull_request'));
}

function isSame(a: BuildStep, b: BuildStep): boolean {
  if (a.repositories.length > 0 && b.repositories.length > 0) return a.repositories.some((name) => b.repositories.includes(name));
  return a.recipe === b.recipe;
}

/** The environment that a build is for: of its job, or by a word in its tags. */
function forWhom({ targets }: Builder, { tags }: BuildStep, environments: readonly string[]): string | undefined {
  return targets[0]?.environment ?? tags.flatMap((tag) => environmentIn(tag, environments) ?? []).at(0);
}

function pairOf(a: string | undefined, b: string | undefined): readonly [string, string] | undefined {
  return a !== undefined && b !== undefined && a !== b ? [a, b] : undefined;
}
