import { type Known, known, unknown } from '../domain/known.ts';
import type { BuildRecord } from '../domain/observation.ts';
import { rememberPair, sortedBy } from '../domain/order.ts';
import { projectOf } from '../domain/project.ts';
import type { Artifact } from './artifact.ts';
import { type LabelConflict, labelConflictOf } from './label-conflict.ts';
import { buildsOfArtifact, buildsSilence, strongest } from './origin.ts';
import { isIdentified, type Row } from './row.ts';
import { sourceKeysOf } from './source-key.ts';
import type { World } from './world.ts';

/** Two records of one artifact that name two sources, the older one first; or signed provenance, and labels that contradict it. */
export type Conflict = Readonly<
  { between: 'records'; records: readonly [BuildRecord, BuildRecord] } | ({ between: 'labels' } & LabelConflict)
>;

/** What disagrees about the source of what a row runs; undefined only where all was read and nothing contradicts another. */
export function conflictOf(world: World, row: Row): Known<Conflict | undefined> {
  if (!isIdentified(row)) return unknown(row.missing ?? 'no-digest');
  const { builds, conflict } = recordsOf(world, row.artifact);
  if (conflict) return known({ between: 'records', records: conflict }, conflict);
  const labels = labelConflictOf(world, row.artifact, builds);
  if (labels.known && labels.value) return known({ between: 'labels', ...labels.value }, labels.evidence);
  if (!row.artifact.manifest) return unknown('content-unknown');
  const silence = buildsSilence(world, row);
  if (!silence.covered) return unknown(silence.because === 'not-configured' ? 'not-configured' : 'builds-not-covered');
  return labels.known ? known(undefined, [...builds, ...silence.evidence]) : labels;
}

const recordsOf = rememberPair((world: World, artifact: Artifact) => {
  const builds = sortedBy(
    strongest(buildsOfArtifact(world, artifact)),
    ({ at, run, origin }) => `${at} ${run?.id} ${run?.attempt} ${origin.locator}`,
  );
  return { builds, conflict: firstConflict(builds) };
});

/** Runs of one source are no conflict: of each source the first record is enough, so that many records make few pairs. */
function firstConflict(builds: readonly BuildRecord[]): readonly [BuildRecord, BuildRecord] | undefined {
  const firstOf = new Map<string, BuildRecord>();
  for (const build of builds) {
    const key = `${projectIn(build)} ${keysOf(build).join(' ')}`;
    if (firstOf.has(key)) continue;
    for (const before of firstOf.values()) if (disagree(before, build)) return [before, build];
    firstOf.set(key, build);
  }
  return undefined;
}

/** One git tree is one source, whatever commit and copy it was built from; a record that names less contradicts nothing. */
function disagree(one: BuildRecord, other: BuildRecord): boolean {
  if (!one.source || !other.source) return false;
  const [keys, others] = [keysOf(one), keysOf(other)];
  if (keys.some((key) => others.includes(key))) return false;
  return projectIn(one) !== projectIn(other) || (keys.length > 0 && others.length > 0 && namesAlike(one, other));
}

/** Whether both name a commit, or both a tree: a commit and a tree cannot be compared. */
function namesAlike({ source: one }: BuildRecord, { source: other }: BuildRecord): boolean {
  return (one?.commit !== undefined && other?.commit !== undefined) || (one?.tree !== undefined && other?.tree !== undefined);
}

/** Forges take names of repositories in either case. */
function projectIn({ source }: BuildRecord): string {
  return source ? projectOf(source.repository).toLowerCase() : '';
}

function keysOf(build: BuildRecord): readonly string[] {
  return sourceKeysOf(build).map((key) => key.toLowerCase());
}
