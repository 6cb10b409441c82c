import type { Observation } from '../domain/observation.ts';
import type { StandingReason } from '../domain/standing.ts';
import { historyOf, listedIn, upstreamOf } from './history.ts';
import { compareArtifacts, isEquivalent } from './identity.ts';
import { classOf } from './image-class.ts';
import { birthOf, buildsOfArtifact, originOf } from './origin.ts';
import { rankOf } from './pairing.ts';
import { rebuiltFrom } from './rebuilt.ts';
import { referencesOf } from './references.ts';
import { rehearsalOf, testsBoundTo, thresholdOf } from './rehearsal.ts';
import type { Artifact, Row, Standing } from './row.ts';
import { isResolved, type World } from './world.ts';

/** Where a row stands: the first of SEMANTICS 23–31 that holds. */
export function standingOf(world: World, row: Row): Standing {
  const vendor = vendorStanding(world, row);
  if (vendor) return vendor;
  if (!row.artifact) return unresolved(row.missing ?? 'no-digest', row.running);
  return (
    rehearsedStanding(world, row, row.artifact) ??
    equivalentStanding(world, row, row.artifact) ??
    otherPlatformStanding(world, row, row.artifact) ??
    foreignStanding(world, row) ??
    rebuiltOrAbsent(world, row, row.artifact)
  );
}

function unresolved(reason: StandingReason, evidence: readonly Observation[]): Standing {
  return { is: 'unresolved', reason, confidence: 'high', evidence };
}

/** A third-party name is a vendor's, unless its counterpart is ours; not decided where upstream could not be listed. */
function vendorStanding(world: World, row: Row): Standing | undefined {
  if (classOf(row.line, world.plan) === 'ours') return undefined;
  const slot = world.slots.get(row.where);
  const counterparts = slot ? world.pairing.counterpartsOf(slot) : [];
  if (counterparts.some(({ lines }) => [...lines].some((line) => classOf(line, world.plan) === 'ours'))) return undefined;
  if (!listedIn(world, world.recordings.length - 1, row)) return unresolved('upstream-not-listed', row.running);
  return { is: 'vendor', reason: 'third-party', confidence: 'high', evidence: row.running };
}

const arrivalOf = ({ where, environment, line }: Row) => ({ slot: where, environment, line });

function rehearsedStanding(world: World, row: Row, artifact: Artifact): Standing | undefined {
  const rehearsal = rehearsalOf(world, artifact, arrivalOf(row));
  if (!rehearsal) return undefined;
  return { is: 'selfsame', reason: 'rehearsed', confidence: 'high', ...rehearsal, evidence: [...row.running, ...rehearsal.evidence] };
}

function equivalentStanding(world: World, row: Row, artifact: Artifact): Standing | undefined {
  for (const { artifact: other } of referencesOf(world, row)) {
    const difference = compareArtifacts(artifact, other);
    if (!difference || !isEquivalent(difference.rung)) continue;
    const rehearsal = rehearsalOf(world, other, arrivalOf(row));
    if (!rehearsal) continue;
    const contents = [artifact.config, other.config].filter((config) => config !== undefined);
    const evidence = [...row.running, ...rehearsal.evidence, ...contents];
    return {
      is: 'equivalent',
      reason: 'same-root-filesystem',
      confidence: 'high',
      ...rehearsal,
      rung: difference.rung,
      difference,
      counterpart: other,
      evidence,
    };
  }
  return undefined;
}

/** Another member of the same index, or another output of the same build, was rehearsed. */
function otherPlatformStanding(world: World, row: Row, artifact: Artifact): Standing | undefined {
  const outputs = buildsOfArtifact(world, artifact).flatMap((build) => build.outputs);
  const ofBuild = outputs
    .filter(({ role }) => role === 'manifest')
    .map(({ digest, platform }) => world.closure.artifactOf(digest, platform));
  const others = [...world.closure.otherMembersOf(artifact), ...ofBuild.filter((other) => typeof other !== 'string')];
  for (const other of others) {
    if (other.platform === undefined || other.platform === artifact.platform) continue;
    const rehearsal = rehearsalOf(world, other, arrivalOf(row));
    if (rehearsal)
      return {
        is: 'untested',
        reason: 'other-platform',
        confidence: 'high',
        counterpart: other,
        evidence: [...row.running, ...rehearsal.evidence],
      };
  }
  return undefined;
}

function foreignStanding(world: World, row: Row): Standing | undefined {
  const origin = originOf(world, row);
  if (!origin.known || origin.value.builds.length > 0) return undefined;
  const [nearest] = referencesOf(world, row);
  return {
    is: 'foreign',
    reason: 'no-build-made-it',
    confidence: origin.value.confidence,
    evidence: [...row.running, ...origin.evidence],
    ...(nearest ? { counterpart: nearest.artifact, difference: compareArtifacts(row.artifact ?? nearest.artifact, nearest.artifact) } : {}),
  };
}

function rebuiltOrAbsent(world: World, row: Row, artifact: Artifact): Standing {
  const rebuilt = rebuiltFrom(world, row, artifact);
  if (typeof rebuilt === 'object') return rebuilt;
  // "No evidence names it" can be said only of what is known under all of its digests.
  if (rebuilt === 'content-unknown' || !isResolved(artifact)) return unresolved('content-unknown', row.running);
  return untestedStanding(world, row, artifact) ?? unresolved(rebuilt ?? reasonOfDoubt(world, row), row.running);
}

function untestedStanding(world: World, row: Row, artifact: Artifact): Standing | undefined {
  const absence = thresholdOf(world.plan) === 'observed' ? absenceUpstream(world, row) : absenceOfPass(world, row);
  if (!absence) return undefined;
  const tests = testsBoundTo(world, artifact);
  return { is: 'untested', reason: absence.reason, confidence: 'high', evidence: [...row.running, ...tests, ...absence.evidence] };
}

type Absence = Readonly<{ reason: StandingReason; evidence: readonly Observation[] }>;

function absenceUpstream(world: World, row: Row): Absence | undefined {
  const history = historyOf(world, row);
  if (!history.covered) return undefined;
  const below = rankOf(row.environment, world.plan) - 1;
  const earlier = (world.sightingsOf.get(row.artifact?.key ?? '') ?? []).find(({ image }) => {
    const rank = rankOf(image.environment, world.plan);
    return rank >= 0 && rank < below;
  });
  if (earlier) return { reason: 'skipped-rank', evidence: [...history.evidence, earlier.image] };
  const slot = world.slots.get(row.where);
  const hasCounterpart = slot !== undefined && world.pairing.counterpartsOf(slot).length > 0;
  return { reason: hasCounterpart ? 'never-upstream' : 'no-counterpart', evidence: history.evidence };
}

/** Gates bound a digest of this line before the arrival, tests were listed, and no pass names this artifact. */
function absenceOfPass(world: World, row: Row): Absence | undefined {
  if (world.plan.gates.length === 0) return undefined;
  const bindings = gateBindings(world, row);
  const bound = bindings.filter(({ at }) => at <= arrivalTime(world, row));
  const silence = testsSilence(world, row);
  return bound.length > 0 && silence.covered
    ? { reason: 'no-passed-gate', evidence: [...bound.slice(0, 1), ...silence.evidence] }
    : undefined;
}

/** Whether every test was listed that could have passed the artifact: from its birth to the newest recording. */
function testsSilence(world: World, row: Row) {
  const since = row.artifact && birthOf(world, row, row.artifact).at;
  return world.silenceOn({ of: 'test', since, until: world.recordings.at(-1)?.takenAt.from });
}

/** The results of configured gates that name a digest built in the row's line. */
function gateBindings(world: World, row: Row) {
  const digests = (world.buildsOfLine.get(row.line) ?? []).flatMap(({ outputs }) => outputs.map(({ digest }) => digest));
  const tests = [...new Set(digests)].flatMap((digest) => world.testsOf.get(digest) ?? []);
  return tests.filter(({ gate }) => world.plan.gates.includes(gate)).toSorted((a, b) => (a.at < b.at ? -1 : 1));
}

function arrivalTime(world: World, row: Row): string {
  const first = (world.sightingsIn.get(row.where) ?? []).find(({ artifact }) => artifact?.key === row.artifact?.key);
  return first?.image.revision?.created ?? world.recordings[first?.recording ?? 0]?.takenAt.to ?? '';
}

/** What is missing, where nothing could be proved: the first thing that a person could mend. */
function reasonOfDoubt(world: World, row: Row): StandingReason {
  if (thresholdOf(world.plan) !== 'observed') {
    if (!testsSilence(world, row).covered) return 'tests-not-covered';
    return gateBindings(world, row).length > 0 ? 'gate-younger-than-arrival' : 'gate-names-no-digest';
  }
  if (!upstreamOf(world, row).every((environment) => world.silenceOn({ of: 'running-image', environment }).covered))
    return 'upstream-not-listed';
  const slot = world.slots.get(row.where);
  return slot && world.pairing.counterpartsOf(slot).length > 0 ? 'history-younger-than-artifact' : 'no-counterpart';
}
