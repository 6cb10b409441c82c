import type { Sighting } from './world.ts';

/** When an artifact was in its place at the latest: a container that runs it had started, or a revision that pins it was made. */
export function thereBy(here: readonly Sighting[]): string {
  const times = here.flatMap(({ image }) => {
    const pinned = image.declared.spec.digest === undefined ? undefined : image.revision?.created;
    return [image.at, image.since ?? image.at, pinned ?? image.at];
  });
  return times.reduce((one, other) => (other < one ? other : one), times[0] ?? '');
}
