import type { Artifact } from './artifact.ts';
import type { Bases } from './base.ts';
import { compareArtifacts, type Difference } from './identity.ts';

/** Compares what was shipped with what was rehearsed, with what is known of what they stand on. */
export function compareIn({ bases }: Readonly<{ bases: Bases }>, shipped: Artifact, rehearsed: Artifact): Difference | undefined {
  return compareArtifacts(shipped, rehearsed, () => ({ shipped: bases.baseOf(shipped), rehearsed: bases.baseOf(rehearsed) }));
}
