import type { BuildRecord, Observation, RunningImage } from '../domain/observation.ts';
import type { StandingReason, StandingSummary } from '../domain/standing.ts';
import type { Artifact } from './artifact.ts';
import type { Difference } from './identity.ts';
import type { Slot } from './pairing.ts';

/** Whether upstream runs the same of a vendor's line, another, or none. */
export type Parity = 'same' | 'differs' | 'absent upstream';

/** A standing with what it rests on and what it names. */
export type Standing = Readonly<
  StandingSummary & {
    evidence: readonly Observation[];
    /** Where upstream the counterpart ran or was tested, as a slot key or a gate. */
    upstream?: string;
    counterpart?: Artifact;
    /** The evidence names an index of several platforms, and not this one; nothing of it was seen upstream. */
    platformNotNamed?: boolean;
    /** The evidence is that a channel upstream published it: nobody saw it run there. */
    isPublication?: boolean;
    /** How what a vendor built compares with what upstream runs of it. */
    parity?: Parity;
    shipped?: BuildRecord;
    rehearsed?: BuildRecord;
    difference?: Difference;
  }
>;

/** Slot × artifact: what is judged. */
export type Row = Readonly<{
  /** The slot's key: `environment/cluster/namespace/Kind/name/container`. */
  where: string;
  environment: string;
  workload: RunningImage['workload'];
  container: string;
  /** The image line: registry/repository after mirrors. */
  line: string;
  /** The lines that are one with it within its pair, itself first. */
  lines: readonly string[];
  /** What plays its part upstream; none is no reason to drop it. */
  counterparts: readonly Slot[];
  /** Undefined where the artifact itself is not known. */
  artifact: Artifact | undefined;
  /** Why it is not known, where it is not. */
  missing: StandingReason | undefined;
  running: readonly RunningImage[];
  instances: number;
  /** Its slot runs nothing: it is judged as it is declared. */
  pending: boolean;
  /** Only a channel of a registry names it: it is judged as published, and what runs is not known. */
  published: boolean;
  /** Whether it runs at the end of the promotion path. */
  last: boolean;
}>;

/** A row whose artifact is known. */
export type Identified = Row & Readonly<{ artifact: Artifact }>;

/** Whether a row's artifact is known. */
export function isIdentified(row: Row): row is Identified {
  return row.artifact !== undefined;
}
