import { type Artifact, isResolved } from './artifact.ts';
import { buildsOfArtifact } from './origin.ts';
import type { World } from './world.ts';

const EPOCH = '1970-01-01';

/**
 * Every time at which somebody says that an artifact was made, earliest first: its build records, the registry that it was pushed to,
 * and its own config. They agree on "before" or "after" only where all of them do.
 */
export function madeTimes(world: World, artifact: Artifact): readonly string[] {
  if (!isResolved(artifact)) return [];
  const { manifest, index, config } = artifact;
  const recorded = buildsOfArtifact(world, artifact).flatMap(({ at, pushedAt }) => [at, pushedAt]);
  // Reproducible builds set the creation time to nothing.
  const created = config?.created?.startsWith(EPOCH) ? undefined : config?.created;
  const held = [manifest, index].filter((one) => one !== undefined);
  const listed = world.presences.pushesOf(held.map(({ digest }) => digest));
  const times = [...recorded, ...[...held, ...listed].map(({ pushedAt }) => pushedAt), created].filter((time) => time !== undefined);
  return [...new Set(times)].toSorted();
}
