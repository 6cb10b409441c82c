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

/** The recordings, each once: one that is given twice saw nothing twice. */
export function distinctRecordings(recordings: readonly Recording[]): readonly Recording[] {
  return [...new Map(recordings.map((recording) => [recording.digest, recording])).values()];
}
