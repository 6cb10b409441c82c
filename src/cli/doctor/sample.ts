import type { ImageReference } from '../../domain/image-reference.ts';
import type { Wanted } from '../../domain/wanted.ts';

// Enough to meet every repository of a team's, and few enough for a minute.
const MOST_REPOSITORIES = 50;
// Of a commit the runs, jobs and logs may be read.
const MOST_COMMITS = 5;
const MOST_LINES = 100;

/** A little of what is wanted: one digest, one tag and one commit of each repository, so that permission is tried and nothing is read whole. */
export function sampleOf({ digests, tags, commits, lines }: Wanted): Wanted {
  const own = digests.filter(({ baseFor }) => baseFor === undefined);
  return {
    digests: firstOfEach(own, ({ seenIn: [reference] }) => nameOf(reference)).slice(0, MOST_REPOSITORIES),
    tags: firstOfEach(tags, nameOf).slice(0, MOST_REPOSITORIES),
    commits: firstOfEach(commits, ({ repository }) => repository).slice(0, MOST_COMMITS),
    lines: lines.slice(0, MOST_LINES),
  };
}

function firstOfEach<T>(all: readonly T[], nameOfOne: (one: T) => string): readonly T[] {
  const byName = new Map<string, T>();
  for (const one of all) if (!byName.has(nameOfOne(one))) byName.set(nameOfOne(one), one);
  return [...byName.values()];
}

function nameOf(reference: ImageReference | undefined): string {
  return reference ? `${reference.registry}/${reference.repository}` : '';
}
