import { parseImageReference } from '../domain/image-reference.ts';
import type { RunningImage } from '../domain/observation.ts';
import type { StandingReason } from '../domain/standing.ts';
import { type Artifact, isResolved } from './artifact.ts';
import type { Closure } from './closure.ts';
import { lineOf } from './image-class.ts';
import type { World } from './world.ts';

/** What a container runs. A pod spec pinned by digest proves it, unless what the runtime reports resolves to another (SEMANTICS 10). */
export function artifactRunBy({ digest, declared, platform, phase }: RunningImage, closure: Closure): Artifact | StandingReason {
  const pinned = declared.spec.digest && closure.artifactOf(declared.spec.digest, platform);
  const reported = digest && phase !== 'waiting' ? closure.artifactOf(digest, platform) : undefined;
  if (!pinned) return reported ?? 'no-digest';
  if (typeof pinned === 'string' || !reported || typeof reported === 'string') return pinned;
  const contradicts = isResolved(pinned) && isResolved(reported) && pinned.key !== reported.key;
  return contradicts ? 'declared-contradicts-reported' : pinned;
}

type Reading = Pick<World, 'closure' | 'silenceOn' | 'plan'>;

/**
 * The same, where what was to be read of it was read: what could not be may be an index whose members differ, so that an equal digest
 * proves nothing. Where no source of content is configured, equal digests are what there is.
 */
export function artifactRead(image: RunningImage, { closure, silenceOn, plan }: Reading): Artifact | StandingReason {
  const found = artifactRunBy(image, closure);
  if (typeof found === 'string' || isResolved(found)) return found;
  const { spec } = image.declared;
  const names = [spec, parseImageReference(lineOf(spec, plan)) ?? spec];
  const silences = names.map(({ registry, repository }) => silenceOn({ of: 'content', registry, repository }));
  return silences.some((silence) => !silence.covered && silence.because === 'not-covered') ? 'content-unknown' : found;
}
