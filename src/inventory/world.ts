import type { Tag } from '../domain/content.ts';
import type { BuildRecord, DeclaredImage, Observation, RunningImage, TestRecord } from '../domain/observation.ts';
import type { Plan } from '../domain/plan.ts';
import type { Recording } from '../domain/recording.ts';
import type { Confidence } from '../domain/trust.ts';
import type { Artifact } from './artifact.ts';
import type { Bases } from './base.ts';
import type { Closure } from './closure.ts';
import type { Pairing, Slot } from './pairing.ts';
import type { Presences } from './presence.ts';
import type { Question, Silence } from './silence.ts';

/** An image line as it runs on one platform. */
export type Line = Readonly<{ line: string; platform: string | undefined }>;

/** What an artifact was made from, by record or by labels that are not its base's. */
export type Source = Readonly<{ keys: readonly string[]; at: string | undefined; build: BuildRecord | undefined; confidence: Confidence }>;

/** One running image in one recording, with the artifact it leads to where that is known. */
export type Sighting = Readonly<{ slot: string; line: string; recording: number; image: RunningImage; artifact: Artifact | undefined }>;

/** Everything observed, joined and indexed once; recordings are oldest first. */
export type World = Readonly<{
  plan: Plan;
  recordings: readonly Recording[];
  closure: Closure;
  bases: Bases;
  presences: Presences;
  silenceOn(question: Question): Silence;
  /** The same, asked of one recording alone. */
  silenceIn(recording: number, question: Question): Silence;
  /** The coverage of the newest recording that was to see an environment, where it did. */
  listingOf(environment: string): readonly Observation[] | undefined;
  pairing: Pairing;
  slots: ReadonlyMap<string, Slot>;
  /** The key of the slot that an image runs or is declared in. */
  slotOf(image: RunningImage | DeclaredImage): string;
  sightings: readonly Sighting[];
  /** Those of an artifact in a slot. */
  sightingsAt(artifact: Artifact, slot: string): readonly Sighting[];
  /** By artifact, rank and line: those in slots that some slot downstream has as a counterpart. */
  sightingsOnPath: ReadonlyMap<string, readonly Sighting[]>;
  /** Artifacts and digests that the newest recording saw at `rank slot KEY` or `rank line LINE`. */
  runsNow(place: string): ReadonlySet<string>;
  /** Of every artifact, the ranks it was seen in, with one sighting each. */
  ranksOf: ReadonlyMap<string, ReadonlyMap<number, Sighting>>;
  sightingsIn: ReadonlyMap<string, readonly Sighting[]>;
  sightingsOfLine: ReadonlyMap<string, readonly Sighting[]>;
  /** Every `recording environment line` that ran. */
  linesSeen: ReadonlySet<string>;
  declaredIn: ReadonlyMap<string, readonly DeclaredImage[]>;
  buildsOf: ReadonlyMap<string, readonly BuildRecord[]>;
  buildsOfLine: ReadonlyMap<string, readonly BuildRecord[]>;
  /** By source key and line: a commit that builds many images is compared within one line only. */
  buildsFrom: ReadonlyMap<string, readonly BuildRecord[]>;
  testsOf: ReadonlyMap<string, readonly TestRecord[]>;
  testsOfGate: ReadonlyMap<string, readonly TestRecord[]>;
  /** Those that name a digest, by the line they say it is of. */
  testsOfLine: ReadonlyMap<string, readonly TestRecord[]>;
  /** What an artifact was made from, where that is known. */
  sourceOf(artifact: Artifact): Source | undefined;
  /** Whether a build of the line made something that was never read. */
  hasUnreadOutput(line: Line): boolean;
  /** The results of configured gates that name a digest of the line. */
  gateBindingsOf(line: string): readonly TestRecord[];
  /** Whether one of those names a digest that was never read. */
  hasUnreadTest(line: string): boolean;
  /** The newest sight of every tag, by its reference. */
  tags: ReadonlyMap<string, Tag>;
}>;
