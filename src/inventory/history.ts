import type { Observation } from '../domain/observation.ts';
import type { Artifact } from './artifact.ts';
import { declaredArtifact } from './declared.ts';
import { madeAt } from './origin.ts';
import { rankOf } from './pairing.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

/** Whether "it never ran upstream" may be said of a row, and by what (SEMANTICS 22). */
export type History = Readonly<{ covered: true; evidence: readonly Observation[] } | { covered: false }>;

/** The environments one rank above a row's. */
export function upstreamOf(world: World, { environment }: Pick<Row, 'environment'>): readonly string[] {
  return world.plan.promotion[rankOf(environment, world.plan) - 1] ?? [];
}

/** The upstream history of a row, covered by pinned revisions without a hole or by complete recordings around the arrival. */
export function historyOf(world: World, row: Row): History {
  const revisions: History = row.counterparts.length > 0 ? revisionHistory(world, row, row.artifact) : { covered: false };
  return revisions.covered ? revisions : absenceAround(world, row);
}

/** Every revision of every counterpart since before the artifact's birth: numbered without a hole, each fixed to one artifact. */
function revisionHistory(world: World, row: Row, artifact: Artifact | undefined): History {
  const listed = listedNow(world, row);
  if (!artifact || !listed) return { covered: false };
  const birth = madeAt(artifact);
  if (birth === undefined) return { covered: false };
  const revisions = row.counterparts.map(({ key }) => revisionsOf(world, key, artifact.platform));
  const isCovered = revisions.every(
    (all) => isWithoutHole(all) && all.every(({ fixed }) => fixed) && all.some(({ created }) => created !== undefined && created <= birth),
  );
  return isCovered ? { covered: true, evidence: [...revisions.flat().flatMap(({ evidence }) => evidence), ...listed] } : { covered: false };
}

type RevisionSeen = Readonly<{ number: number | undefined; created: string | undefined; fixed: boolean; evidence: readonly Observation[] }>;

/** The revisions of a slot: what it runs, and what older ones declared. */
function revisionsOf(world: World, slot: string, platform: string | undefined): readonly RevisionSeen[] {
  const earlier = (world.declaredIn.get(slot) ?? []).map((image) => {
    const declared = declaredArtifact(world, image, platform);
    return { ...image.revision, fixed: declared !== undefined, evidence: declared?.evidence ?? [image] };
  });
  const current = (world.sightingsIn.get(slot) ?? []).map(({ image, artifact }) => ({
    ...image.revision,
    fixed: image.declared.spec.digest !== undefined && artifact !== undefined,
    evidence: [image],
  }));
  return [...earlier, ...current].map(({ number, created, fixed, evidence }) => ({ number, created, fixed, evidence }));
}

function isWithoutHole(revisions: readonly RevisionSeen[]): boolean {
  if (revisions.length === 0 || revisions.some(({ number }) => number === undefined)) return false;
  const numbers = [...new Set(revisions.map(({ number = 0 }) => number))].toSorted((a, b) => a - b);
  return numbers.every((number, at) => at === 0 || number === (numbers[at - 1] ?? 0) + 1);
}

/** Two complete recordings around the arrival, in both of which the line is absent upstream. */
function absenceAround(world: World, row: Row): History {
  const first = (world.sightingsIn.get(row.where) ?? []).find(({ artifact }) => artifact?.key === row.artifact?.key)?.recording;
  if (first === undefined || first === 0) return { covered: false };
  const present = upstreamOf(world, row).some((environment) =>
    row.lines.some((line) => [first, first - 1].some((recording) => world.linesSeen.has(`${recording} ${environment} ${line}`))),
  );
  // An arrival is one only where the recording before could have seen it, and did not.
  const { environment, workload } = row;
  const own = [first - 1, first].map((recording) =>
    world.silenceIn(recording, { of: 'running-image', environment, cluster: ownCluster(workload) }),
  );
  if (own.some(({ covered }) => !covered)) return { covered: false };
  const [before, after] = [listedIn(world, first - 1, row), listedIn(world, first, row)];
  return !present && before && after ? { covered: true, evidence: [...before, ...after] } : { covered: false };
}

/** What was injected stands for all clusters of its environment. */
function ownCluster({ cluster }: Row['workload']): string | undefined {
  return cluster === '*' ? undefined : cluster;
}

/** The coverage that makes one recording complete for every environment upstream of a row. */
function listedIn(world: World, recording: number, row: Row): readonly Observation[] | undefined {
  const answers = upstreamOf(world, row).map((environment) => world.silenceIn(recording, { of: 'running-image', environment }));
  return answers.every(({ covered }) => covered) ? answers.flatMap((answer) => (answer.covered ? answer.evidence : [])) : undefined;
}

/** The coverage of the newest recording that was to see each environment upstream; undefined where one could not be listed. */
export function listedNow(world: World, row: Pick<Row, 'environment'>): readonly Observation[] | undefined {
  const answers = upstreamOf(world, row).map((environment) => world.listingOf(environment));
  return answers.every((answer) => answer !== undefined) ? answers.flat() : undefined;
}
