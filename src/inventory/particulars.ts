import { type Known, known, unknown } from '../domain/known.ts';
import type { TestRecord } from '../domain/observation.ts';
import { mayBePassedUnseen, testsSilence } from './absence.ts';
import type { Base } from './base.ts';
import { type EvidenceEnd, evidenceEndOf } from './evidence-end.ts';
import { madeTimes } from './made-times.ts';
import { buildsOfArtifact } from './origin.ts';
import { provedBaseOf } from './proved-base.ts';
import { testsBoundTo } from './rehearsal.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

/** How many whole hours ago an artifact was made, by whoever says the latest and the earliest. */
export type Hours = Readonly<{ atLeast: number; atMost: number }>;

/** What is on record of a row, word for word. */
export type Particulars = Readonly<{
  /** When the newest recording ended: what was seen is counted to there, never to the clock. */
  effectiveAt: string;
  /** Every test that names the row's artifact; known where every one was listed that could. */
  testsOf(row: Row): Known<readonly TestRecord[]>;
  /** The base that is named for the row and that its layers bear out. */
  baseOf(row: Row): Known<Base>;
  /** How old what the row runs is. */
  hoursOf(row: Row): Known<Hours>;
  /** The labels of the row's image. */
  labelsOf(row: Row): Known<Readonly<Record<string, string>>>;
  /** When the last record of the row's build is deleted, where that is within so many days. */
  evidenceEndOf(row: Row, withinDays: number): Known<EvidenceEnd | 'lasts' | 'none'>;
}>;

/** Opens the particulars of a world's rows. */
export function openParticulars(world: World): Particulars {
  const effectiveAt = world.recordings.at(-1)?.takenAt.to ?? '';
  return {
    effectiveAt,
    testsOf: (row) => testsOf(world, row),
    baseOf: (row) => provedBaseOf(world, row),
    evidenceEndOf: (row, withinDays) => evidenceEndOf(world, row, withinDays),
    hoursOf: (row) => hoursOf(world, row, effectiveAt),
    labelsOf: ({ artifact, missing }) =>
      artifact?.config
        ? known(artifact.config.labels, [artifact.config])
        : unknown(artifact ? 'content-unknown' : (missing ?? 'no-digest')),
  };
}

function testsOf(world: World, row: Row): Known<readonly TestRecord[]> {
  if (!row.artifact) return unknown(row.missing ?? 'no-digest');
  const silence = testsSilence(world, row);
  if (!silence.covered) return unknown(silence.because === 'not-configured' ? 'not-configured' : 'tests-not-covered');
  if (mayBePassedUnseen(world, row)) return unknown('build-not-known');
  const tests = testsBoundTo(world, row.artifact);
  return known(tests, [...tests, ...silence.evidence]);
}

const HOUR_MS = 60 * 60 * 1000;

function hoursOf(world: World, { artifact, missing }: Row, effectiveAt: string): Known<Hours> {
  if (!artifact) return unknown(missing ?? 'no-digest');
  const times = madeTimes(world, artifact);
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return unknown('birth-not-known');
  const since = (time: string) => Math.floor((Date.parse(effectiveAt) - Date.parse(time)) / HOUR_MS);
  const evidence = [artifact.manifest, artifact.config, ...buildsOfArtifact(world, artifact)].filter((seen) => seen !== undefined);
  return known({ atLeast: since(last), atMost: since(first) }, evidence);
}
