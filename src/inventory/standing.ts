import type { Observation } from '../domain/observation.ts';
import type { StandingReason } from '../domain/standing.ts';
import { absenceOf, reasonOfDoubt } from './absence.ts';
import { type Artifact, isResolved } from './artifact.ts';
import { compareIn } from './compare.ts';
import { listedNow } from './history.ts';
import { compareArtifacts, isEquivalent, isOneArtifact } from './identity.ts';
import { classOf } from './image-class.ts';
import { buildsOfArtifact, originOf } from './origin.ts';
import { rankOf } from './pairing.ts';
import { byNearness, rebuiltFrom } from './rebuilt.ts';
import type { References } from './references.ts';
import { mayBeRehearsed, rehearsalOf, testsBoundTo } from './rehearsal.ts';
import type { Parity, Row, Standing } from './row.ts';
import { sureCounterparts } from './sure-counterparts.ts';
import type { World } from './world.ts';

/** Where a row stands: the first of SEMANTICS 23–31 that holds. */
export function standingOf(world: World, references: References, row: Row): Standing {
  const vendor = vendorStanding(world, row);
  if (vendor) return vendor;
  if (!row.artifact) return unresolved(row.missing ?? 'no-digest', row.running);
  return (
    rehearsedStanding(world, row, row.artifact) ??
    equivalentStanding(world, references, row, row.artifact) ??
    doubtfulStanding(world, row, [row.artifact, ...equivalentsOf(references, row, row.artifact)]) ??
    otherPlatformStanding(world, row, row.artifact) ??
    doubtfulStanding(world, row, otherPlatformsOf(world, row.artifact)) ??
    foreignStanding(world, references, row, row.artifact) ??
    rebuiltOrAbsent(world, references, row, row.artifact)
  );
}

function unresolved(reason: StandingReason, evidence: readonly Observation[]): Standing {
  return { is: 'unresolved', reason, confidence: 'high', evidence };
}

/** Whether a row has a third party's name, and no counterpart that is known to be ours. */
export function isByVendorsName(world: World, row: Row): boolean {
  const isOurs = (name: string) => classOf(name, world.plan) === 'ours';
  return !isOurs(row.line) && !sureCounterparts(world, row).some(({ lines }) => [...lines].some(isOurs));
}

/** A third-party name is a vendor's, unless its counterpart is ours; not decided where upstream could not be listed. */
function vendorStanding(world: World, row: Row): Standing | undefined {
  if (!isByVendorsName(world, row)) return undefined;
  if (!listedNow(world, row)) return unresolved('upstream-not-listed', row.running);
  return { is: 'vendor', reason: 'third-party', confidence: 'high', evidence: row.running, parity: parityOf(world, row) };
}

/** By artifact where it is known, else by the digest that the runtime reports: a vendor's content is not fetched. */
function parityOf(world: World, row: Row): Parity {
  const rank = rankOf(row.environment, world.plan) - 1;
  const places = row.counterparts.length > 0 ? row.counterparts.map(({ key }) => `slot ${key}`) : row.lines.map((line) => `line ${line}`);
  const there = places.map((place) => world.runsNow(`${rank} ${place}`)).filter((marks) => marks.size > 0);
  if (there.length === 0) return 'absent upstream';
  const mine = [row.artifact?.key, ...row.running.flatMap(({ digest, declared }) => [digest, declared.spec.digest])];
  return mine.some((mark) => mark !== undefined && there.some((marks) => marks.has(mark))) ? 'same' : 'differs';
}

function rehearsedStanding(world: World, row: Row, artifact: Artifact): Standing | undefined {
  const rehearsal = rehearsalOf(world, artifact, row);
  if (!rehearsal) return undefined;
  const platformNotNamed =
    rehearsal.level === 'index' && world.closure.otherMembersOf(artifact).length > 0 && !isSeenUpstream(world, row, artifact);
  return { is: 'selfsame', reason: 'rehearsed', ...rehearsal, platformNotNamed, evidence: [...row.running, ...rehearsal.evidence] };
}

function isSeenUpstream({ ranksOf, plan }: World, { environment }: Row, { key }: Artifact): boolean {
  return ranksOf.get(key)?.has(rankOf(environment, plan) - 1) ?? false;
}

function equivalentStanding(world: World, references: References, row: Row, artifact: Artifact): Standing | undefined {
  for (const { artifact: other } of references(row)) {
    const difference = compareArtifacts(artifact, other);
    if (!difference || !isEquivalent(difference.rung)) continue;
    const rehearsal = rehearsalOf(world, other, row);
    if (!rehearsal) continue;
    const contents = [artifact.config, other.config].filter((config) => config !== undefined);
    const evidence = [...row.running, ...rehearsal.evidence, ...contents];
    const { rung } = difference;
    return { is: 'equivalent', reason: 'same-root-filesystem', ...rehearsal, rung, difference, counterpart: other, evidence };
  }
  return undefined;
}

function equivalentsOf(references: References, row: Row, artifact: Artifact): readonly Artifact[] {
  const others = references(row).map((reference) => reference.artifact);
  return others.filter((other) => isEquivalent(compareArtifacts(artifact, other)?.rung ?? 'different'));
}

/** What was not rehearsed for sure, and may have been, where a place could not be seen: nobody is accused by a doubt. */
function doubtfulStanding(world: World, row: Row, artifacts: readonly Artifact[]): Standing | undefined {
  if (!artifacts.some((artifact) => mayBeRehearsed(world, artifact, row))) return undefined;
  return unresolved(listedNow(world, row) ? 'arrival-not-known' : 'upstream-not-listed', row.running);
}

/** Other members of the same index, and other outputs of the same build. */
function otherPlatformsOf(world: World, artifact: Artifact): readonly Artifact[] {
  const outputs = buildsOfArtifact(world, artifact).flatMap((build) => build.outputs);
  const ofBuild = outputs
    .filter(({ role }) => role === 'manifest')
    .map(({ digest, platform }) => world.closure.artifactOf(digest, platform));
  if (artifact.platform === undefined) return [];
  const others = [...world.closure.otherMembersOf(artifact), ...ofBuild.filter((other) => typeof other !== 'string')];
  return others.filter(({ platform }) => platform !== undefined && platform !== artifact.platform);
}

/** Another platform of the same release was rehearsed. */
function otherPlatformStanding(world: World, row: Row, artifact: Artifact): Standing | undefined {
  for (const other of otherPlatformsOf(world, artifact)) {
    const rehearsal = rehearsalOf(world, other, row);
    if (!rehearsal) continue;
    const evidence = [...row.running, ...rehearsal.evidence];
    return { is: 'untested', reason: 'other-platform', confidence: 'high', upstream: rehearsal.upstream, counterpart: other, evidence };
  }
  return undefined;
}

function foreignStanding(world: World, references: References, row: Row, artifact: Artifact): Standing | undefined {
  const origin = originOf(world, row);
  if (!origin.known || origin.value.builds.length > 0) return undefined;
  const related = references(row).flatMap(({ artifact: counterpart, upstream }) => {
    const difference = compareIn(world, artifact, counterpart);
    return difference && !isOneArtifact(difference.rung) ? [{ counterpart, upstream, difference }] : [];
  });
  const [nearest = {}] = related.toSorted((a, b) => byNearness(a.difference, b.difference));
  const { confidence } = origin.value;
  return { is: 'foreign', reason: 'no-build-made-it', confidence, evidence: [...row.running, ...origin.evidence], ...nearest };
}

function rebuiltOrAbsent(world: World, references: References, row: Row, artifact: Artifact): Standing {
  const rebuilt = rebuiltFrom(world, row, artifact, references(row));
  if (typeof rebuilt === 'object') return rebuilt;
  // "No evidence names it" can be said only of what is known under all of its digests.
  if (rebuilt === 'content-unknown' || !isResolved(artifact)) return unresolved('content-unknown', row.running);
  return untestedStanding(world, row, artifact) ?? unresolved(rebuilt ?? reasonOfDoubt(world, row), row.running);
}

function untestedStanding(world: World, row: Row, artifact: Artifact): Standing | undefined {
  const absence = absenceOf(world, row);
  if (!absence) return undefined;
  const tests = testsBoundTo(world, artifact);
  return { is: 'untested', reason: absence.reason, confidence: 'high', evidence: [...row.running, ...tests, ...absence.evidence] };
}
