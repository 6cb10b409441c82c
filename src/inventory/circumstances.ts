import type { Known } from '../domain/known.ts';
import { type Age, ageOf } from './age.ts';
import { type Debugging, openDebugging } from './debugging.ts';
import { type Compared, leadOf, type NotCompared, type Waiting, waitingFor } from './lead.ts';
import { type OutOfBand, openOutOfBand } from './out-of-band.ts';
import type { Row } from './row.ts';
import { type OtherUnderTag, openSameTag } from './same-tag.ts';
import { openTestOrder, type TestOrder } from './test-order.ts';
import { openTraces } from './trace.ts';
import type { World } from './world.ts';

/** What is true of a row whatever its standing. */
export type Circumstances = Readonly<{
  /** Whether the gates had passed before the row's artifact reached the end of the path. */
  testOrderOf(row: Row): Known<TestOrder>;
  /** What else runs now under the row's tag, from another commit. */
  otherUnderTagOf(row: Row): Known<OtherUnderTag | 'no-tag' | undefined>;
  /** How what the row runs was made before or after what its counterpart runs now. */
  leadOf(row: Row): Known<Compared | NotCompared>;
  /** What waits upstream to be promoted to the row. */
  waitingFor(row: Row): Known<Waiting | NotCompared | 'not-behind' | 'not-proven'>;
  /** How old what the row runs is, where a rule was given a limit. */
  ageOf(row: Row, limit: number | undefined): Known<Age>;
  /** The ephemeral containers in the pods of the row's workload. */
  debuggingOf(row: Row): Known<Debugging>;
  /** Whether the row runs what its template and its manifest declare. */
  outOfBandOf(row: Row): Known<OutOfBand>;
  /** What is akin to an artifact that nobody built, what it stands on, what names it and when it was pushed, as far as that is known. */
  traceOf(row: Row): Known<string>;
}>;

/** Opens the circumstances of a world's rows. */
export function openCircumstances(world: World, rows: readonly Row[]): Circumstances {
  return {
    testOrderOf: openTestOrder(world),
    otherUnderTagOf: openSameTag(world),
    leadOf: (row) => leadOf(world, row),
    waitingFor: (row) => waitingFor(world, row),
    ageOf: (row, limit) => ageOf(world, row, limit),
    debuggingOf: openDebugging(world, rows),
    outOfBandOf: openOutOfBand(world),
    traceOf: openTraces(world),
  };
}
