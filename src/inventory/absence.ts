import type { Observation } from '../domain/observation.ts';
import { rememberPair } from '../domain/order.ts';
import type { StandingReason } from '../domain/standing.ts';
import type { Artifact } from './artifact.ts';
import { historyOf, listedNow } from './history.ts';
import { buildsOfArtifact, madeAt } from './origin.ts';
import { rankOf } from './pairing.ts';
import { testsBoundTo, thresholdOf } from './rehearsal.ts';
import type { Row } from './row.ts';
import type { Silence } from './silence.ts';
import type { Sighting, World } from './world.ts';

/** A covered absence of counting evidence, by its reason. */
export type Absence = Readonly<{ reason: StandingReason; evidence: readonly Observation[] }>;

/** The absence of counting evidence for a row, where it is covered (SEMANTICS 30). */
export function absenceOf(world: World, row: Row): Absence | undefined {
  return thresholdOf(world.plan) === 'observed' ? absenceUpstream(world, row) : absenceOfPass(world, row);
}

function absenceUpstream(world: World, row: Row): Absence | undefined {
  const history = historyOf(world, row);
  if (!history.covered) return undefined;
  const below = rankOf(row.environment, world.plan) - 1;
  const isEarlier = (rank: number) => rank >= 0 && rank < below;
  const ranks = world.ranksOf.get(row.artifact?.key ?? '') ?? new Map<number, Sighting>();
  const earlier = [...ranks].find(([rank]) => isEarlier(rank))?.[1];
  if (earlier) return { reason: 'skipped-rank', evidence: [...history.evidence, earlier.image] };
  return { reason: reasonOfAbsence(row), evidence: history.evidence };
}

function reasonOfAbsence({ counterparts, lines }: Row): StandingReason {
  if (counterparts.length === 0) return 'no-counterpart';
  const ranItsLine = counterparts.some((slot) => lines.some((line) => slot.lines.has(line)));
  return ranItsLine ? 'never-upstream' : 'other-line';
}

/** Gates bound a digest of this line before the arrival, tests were listed, and no pass names this artifact. */
function absenceOfPass(world: World, row: Row): Absence | undefined {
  if (world.plan.gates.length === 0) return undefined;
  if (mayBePassedUnseen(world, row)) return undefined;
  const bound = gateBindings(world, row).filter(({ at }) => at <= arrivalTime(world, row));
  const silence = testsSilence(world, row);
  return bound.length > 0 && silence.covered
    ? { reason: 'no-passed-gate', evidence: [...bound.slice(0, 1), ...silence.evidence] }
    : undefined;
}

/**
 * Whether a gate may have passed on the artifact under a digest that nobody read: an index above it that only its build could name,
 * or a digest of the line whose content is not known.
 */
export function mayBePassedUnseen(world: World, { artifact, lines }: Row): boolean {
  return !artifact || mayBeBuiltUnseen(world, artifact) || lines.some(world.hasUnreadTest);
}

const mayBeBuiltUnseen = rememberPair((world: World, artifact: Artifact): boolean => {
  const builds = buildsOfArtifact(world, artifact);
  return builds.length === 0 || builds.some(({ outputs }) => outputs.some(({ digest }) => world.closure.roleOf(digest) === 'unknown'));
});

/** Whether every test was listed that could have passed the artifact: from its birth to the newest recording. */
export function testsSilence(world: World, { artifact }: Row): Silence {
  return artifact ? testsSilenceOf(world, artifact) : silenceSince(world, undefined);
}

const testsSilenceOf = rememberPair((world: World, artifact: Artifact) => silenceSince(world, artifact));

function silenceSince(world: World, artifact: Artifact | undefined): Silence {
  const since = artifact && madeAt(artifact);
  return world.silenceOn({ of: 'test', ...aboutOf(world, { artifact }), since, until: world.recordings.at(-1)?.takenAt.from });
}

/** Every digest of a row's artifact, for a source that kept only what was wanted. */
function aboutOf({ closure }: World, { artifact }: Pick<Row, 'artifact'>): { about?: ReadonlySet<string> } {
  return artifact ? { about: closure.familyOf(artifact) } : {};
}

/** Whether the tests of now are listed, so that only those of the artifact's time are missing. */
function isListedNow(world: World, row: Row): boolean {
  const now = world.recordings.at(-1)?.takenAt.from;
  return world.silenceOn({ of: 'test', ...aboutOf(world, row), since: now, until: now }).covered;
}

/** The results of configured gates that name a digest of the row's line, oldest first. */
function gateBindings(world: World, { lines, artifact }: Row) {
  const ofLine = lines.flatMap((line) => world.gateBindingsOf(line));
  const ofArtifact = artifact ? testsBoundTo(world, artifact).filter(({ gate }) => world.plan.gates.some(({ name }) => name === gate)) : [];
  return [...new Set([...ofLine, ...ofArtifact])].toSorted((a, b) => (a.at < b.at ? -1 : 1));
}

/** When the artifact came to the row's slot, as far as recordings and revisions tell. */
export function arrivalTime(world: World, row: Row): string {
  const first = (world.sightingsIn.get(row.where) ?? []).find(({ artifact }) => artifact?.key === row.artifact?.key);
  return first?.image.revision?.created ?? world.recordings[first?.recording ?? 0]?.takenAt.to ?? '';
}

/** What is missing, where nothing could be proved: the first thing that a person could mend. */
export function reasonOfDoubt(world: World, row: Row): StandingReason {
  if (thresholdOf(world.plan) !== 'observed') return doubtOfPass(world, row);
  if (row.published && !listedNow(world, row)) return 'not-published-upstream';
  if (!listedNow(world, row)) return 'upstream-not-listed';
  if (row.counterparts.length === 0) return 'no-counterpart';
  const newest = world.recordings.length - 1;
  const isIdle = row.counterparts.every(({ key }) => !(world.sightingsIn.get(key) ?? []).some(({ recording }) => recording === newest));
  return isIdle ? 'upstream-idle' : 'history-younger-than-artifact';
}

function doubtOfPass(world: World, row: Row): StandingReason {
  const silence = testsSilence(world, row);
  if (!silence.covered && silence.because === 'not-configured') return 'tests-not-configured';
  if (!silence.covered) return isListedNow(world, row) ? 'evidence-expired' : 'tests-not-covered';
  if (gateBindings(world, row).length === 0) return 'gate-names-no-digest';
  return mayBePassedUnseen(world, row) ? 'build-not-known' : 'gate-younger-than-arrival';
}
