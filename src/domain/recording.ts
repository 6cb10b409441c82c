import type { Observation } from './observation.ts';

/** What one collection saw, whole and dated; `digest` names its exact bytes. */
export type Recording = Readonly<{
  takenAt: Readonly<{ from: string; to: string }>;
  digest: string;
  /** The places that the collection was narrowed to, where it was. */
  only?: readonly string[];
  observations: readonly Observation[];
}>;
