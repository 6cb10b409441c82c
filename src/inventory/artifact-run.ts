import type { RunningImage } from '../domain/observation.ts';
import type { StandingReason } from '../domain/standing.ts';
import { type Artifact, isResolved } from './artifact.ts';
import type { Closure } from './closure.ts';

/** What a container runs. A pod spec pinned by digest proves it, unless what the runtime reports resolves to another (SEMANTICS 10). */
export function artifactRunBy({ digest, declared, platform, phase }: RunningImage, closure: Closure): Artifact | StandingReason {
  const pinned = declared.spec.digest && closure.artifactOf(declared.spec.digest, platform);
  const reported = digest && phase !== 'waiting' ? closure.artifactOf(digest, platform) : undefined;
  if (!pinned) return reported ?? 'no-digest';
  if (typeof pinned === 'string' || !reported || typeof reported === 'string') return pinned;
  const contradicts = isResolved(pinned) && isResolved(reported) && pinned.key !== reported.key;
  return contradicts ? 'declared-contradicts-reported' : pinned;
}
