import type { ImageReference } from '../../domain/image-reference.ts';
import type { Wanted } from '../../domain/wanted.ts';

// Enough to meet every repository of a team's, and few enough for a minute.
const MOST_REPOSITORIES = 50;
const MOST_OF_ANY = 100;

/** A little of what is wanted: one digest and one tag of each repository, so that permission is tried and nothing is read whole. */
export function sampleOf({ digests, tags, commits, lines }: Wanted): Wanted {
  const own = digests.filter(({ baseFor }) => baseFor === undefined);
  return {
    digests: firstOfEach(own, ({ seenIn: [reference] }) => reference),
    tags: firstOfEach(tags, (tag) => tag),
    commits: commits.slice(0, MOST_OF_ANY),
    lines: lines.slice(0, MOST_OF_ANY),
  };
}

function firstOfEach<T>(all: readonly T[], referenceOf: (one: T) => ImageReference | undefined): readonly T[] {
  const byRepository = new Map<string, T>();
  for (const one of all) {
    const reference = referenceOf(one);
    const name = reference ? `${reference.registry}/${reference.repository}` : '';
    if (!byRepository.has(name)) byRepository.set(name, one);
  }
  return [...byRepository.values()].slice(0, MOST_REPOSITORIES);
}
