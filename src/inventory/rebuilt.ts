import type { BuildRecord, Observation } from '../domain/observation.ts';
import { byText } from '../domain/order.ts';
import type { StandingReason } from '../domain/standing.ts';
import { type Confidence, weakest } from '../domain/trust.ts';
import { type Artifact, isResolved } from './artifact.ts';
import { compareIn } from './compare.ts';
import { historyOf } from './history.ts';
import { type Difference, isOneArtifact } from './identity.ts';
import type { Reference } from './references.ts';
import { rehearsalOf } from './rehearsal.ts';
import type { Row, Standing } from './row.ts';
import type { Source, World } from './world.ts';

type Candidate = Readonly<{
  reference: Reference;
  difference: Difference;
  reason: 'same-source' | 'derived';
  confidence: Confidence;
  shipped: Source | undefined;
  rehearsed: Source | undefined;
}>;

const NOT_COMPARED: Difference = { rung: 'different', cause: 'not-compared', says: 'the bytes differ; their content was not compared' };

/**
 * The row's standing as a rebuild of what was rehearsed: from the same source by a build not older, or from the rehearsed artifact
 * by content (SEMANTICS 29). A reason, where something kept it from being decided; undefined, where nothing suggests a rebuild.
 */
export function rebuiltFrom(
  world: World,
  row: Row,
  artifact: Artifact,
  references: readonly Reference[],
): Standing | StandingReason | undefined {
  const others = new Set(world.closure.otherMembersOf(artifact).map(({ key }) => key));
  const subject = { artifact, shipped: world.sourceOf(artifact), others };
  const judged = references.map((reference) => judgeReference(world, row, subject, reference));
  const [nearest] = judged.filter((one) => typeof one === 'object').toSorted(byCandidate);
  if (nearest) return toStanding(world, row, artifact, nearest);
  return judged.includes('content-unknown') ? 'content-unknown' : judged.find((one) => typeof one === 'string');
}

type Subject = Readonly<{ artifact: Artifact; shipped: Source | undefined; others: ReadonlySet<string> }>;

function judgeReference(
  world: World,
  row: Row,
  { artifact, shipped, others }: Subject,
  reference: Reference,
): Candidate | StandingReason | undefined {
  const rehearsed = world.sourceOf(reference.artifact);
  // One commit builds many images: what another line's image was made from says nothing of this one (SEMANTICS 2).
  const isOfLine = row.lines.includes(reference.line);
  const isSameSource = isOfLine && (shipped?.keys.some((key) => rehearsed?.keys.includes(key)) ?? false);
  // Another platform of one release is no rebuild of it.
  const isOtherOutput =
    shipped?.build !== undefined && shipped.build === rehearsed?.build && artifact.platform !== reference.artifact.platform;
  if (others.has(reference.artifact.key) || isOtherOutput) return undefined;
  const difference = differenceBetween(world, artifact, reference.artifact);
  // What was not read may be the very same artifact under another digest.
  if (!difference) return 'content-unknown';
  if (isOneArtifact(difference.rung) || difference.rung === 'same-index-other-platform') return undefined;

  const candidate = { reference, difference, shipped, rehearsed };
  if (shipped && rehearsed && isSameSource) {
    const isLater = isNotOlder(shipped, rehearsed) || historyOf(world, row).covered;
    const confidence = weakest([shipped.confidence, rehearsed.confidence]);
    return isLater ? { ...candidate, reason: 'same-source', confidence } : 'upstream-rebuilt-since';
  }
  if (!isDerived(difference) || isOlder(artifact, reference.artifact)) return undefined;
  return { ...candidate, reason: 'derived', confidence: 'medium' };
}

function differenceBetween(world: World, a: Artifact, b: Artifact): Difference | undefined {
  const compared = compareIn(world, a, b);
  if (compared) return compared;
  // Where both configs were read and are not compared, something hides in them, and they may be equal.
  const isHidden = a.config !== undefined && b.config !== undefined;
  return isResolved(a) && isResolved(b) && a.key !== b.key && !isHidden ? NOT_COMPARED : undefined;
}

/** Same rootfs with other runtime config, the same upper layers on another base, the rehearsed layers plus more, or all packed anew. */
function isDerived({ rung, cause }: Difference): boolean {
  return rung === 'same-rootfs-runtime-config' || rung === 'base-differs' || cause === 'layers-added' || cause === 'layers-converted';
}

function isNotOlder(shipped: Source, rehearsed: Source): boolean {
  const [a, b] = [shipped.build?.run, rehearsed.build?.run];
  if (a && b && a.platform === b.platform && a.id === b.id) return true;
  return shipped.at !== undefined && rehearsed.at !== undefined && shipped.at >= rehearsed.at;
}

function isOlder(a: Artifact, b: Artifact): boolean {
  const [mine, theirs] = [a.config?.created, b.config?.created];
  return mine !== undefined && theirs !== undefined && mine < theirs;
}

const RUNG_ORDER = ['same-rootfs-metadata', 'same-rootfs-labels', 'same-rootfs-runtime-config', 'base-differs', 'same-base', 'different'];

/** Orders differences by how near they leave two artifacts. */
export function byNearness(a: Difference, b: Difference): number {
  return RUNG_ORDER.indexOf(a.rung) - RUNG_ORDER.indexOf(b.rung);
}

/** Same rootfs first, then same source, then the nearer rung, the newest, and the key. */
function byCandidate(a: Candidate, b: Candidate): number {
  const isSameRootfs = ({ difference }: Candidate) => (difference.rung.startsWith('same-rootfs') ? 0 : 1);
  const isSameSource = ({ reason }: Candidate) => (reason === 'same-source' ? 0 : 1);
  const madeAt = ({ rehearsed }: Candidate) => rehearsed?.at ?? '';
  return (
    isSameRootfs(a) - isSameRootfs(b) ||
    isSameSource(a) - isSameSource(b) ||
    byNearness(a.difference, b.difference) ||
    byText(madeAt(b), madeAt(a)) ||
    byText(a.reference.artifact.key, b.reference.artifact.key)
  );
}

function toStanding(
  world: World,
  row: Row,
  artifact: Artifact,
  { reference, difference, reason, confidence, ...sources }: Candidate,
): Standing {
  const { artifact: counterpart } = reference;
  const rehearsal = rehearsalOf(world, counterpart, row);
  const builds: BuildRecord[] = [sources.shipped?.build, sources.rehearsed?.build].filter((build) => build !== undefined);
  const contents = [artifact.config, counterpart.config].filter((config) => config !== undefined);
  const evidence: Observation[] = [...row.running, ...reference.evidence, ...(rehearsal?.evidence ?? []), ...builds, ...contents];
  return {
    is: 'rebuilt',
    reason,
    rung: difference.rung,
    confidence,
    evidence: [...new Set(evidence)],
    upstream: rehearsal?.upstream ?? reference.upstream,
    counterpart,
    difference,
    shipped: sources.shipped?.build,
    rehearsed: sources.rehearsed?.build,
    ...(rehearsal ? { tier: rehearsal.tier, order: rehearsal.order } : {}),
  };
}
