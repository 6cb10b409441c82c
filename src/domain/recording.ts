import type { Observation } from './observation.ts';

/** What one collection saw, whole and dated; `digest` names its exact bytes. */
export type Recording = Readonly<{
  takenAt: Readonly<{ from: string; to: string }>;
  digest: string;
  /** The places that the collection was narrowed to, where it was. */
  only?: readonly string[];
  /** The digest of the recording that was taken before it into the same folder. */
  previous?: string;
  observations: readonly Observation[];
}>;
