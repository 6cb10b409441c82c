import type { Observation } from '../domain/observation.ts';
import { sortedBy } from '../domain/order.ts';
import type { Artifact } from './artifact.ts';
import { declaredArtifact } from './declared.ts';
import { lineOf } from './image-class.ts';
import { rankOf } from './pairing.ts';
import { rehearsalOf } from './rehearsal.ts';
import { openRelatives, type Relatives } from './relatives.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

/** An artifact that a row is compared with: what its counterpart runs or ran, or what of its line was rehearsed. */
export type Reference = Readonly<{ artifact: Artifact; line: string; upstream: string; evidence: readonly Observation[] }>;

/** Every reference of a row, one per artifact, by key; ungated counterparts count (SEMANTICS 29). */
export type References = (row: Row) => readonly Reference[];

/** Opens the references of a world's rows; each row's are found once. */
export function openReferences(world: World): References {
  const relatives = openRelatives(world);
  const found = new WeakMap<Row, readonly Reference[]>();
  return (row) => {
    const known = found.get(row) ?? referencesOf(world, relatives, row);
    found.set(row, known);
    return known;
  };
}

function referencesOf(world: World, relatives: Relatives, row: Row): readonly Reference[] {
  const found = new Map<string, Reference>();
  for (const reference of [...ranInCounterpart(world, row), ...rehearsedInLine(world, relatives, row)]) {
    const { key } = reference.artifact;
    const before = found.get(key);
    const isNearer = !before || (!row.lines.includes(before.line) && row.lines.includes(reference.line));
    if (key !== row.artifact?.key && isNearer) found.set(key, reference);
  }
  return sortedBy([...found.values()], ({ artifact }) => artifact.key);
}

function ranInCounterpart(world: World, { counterparts, artifact: shipped }: Row): Reference[] {
  return counterparts.flatMap(({ key }) => {
    const ran = (world.sightingsIn.get(key) ?? []).flatMap(({ artifact, image, line }) =>
      artifact ? [{ artifact, line, upstream: key, evidence: [image] }] : [],
    );
    const declared = (world.declaredIn.get(key) ?? []).flatMap((image) => {
      const found = declaredArtifact(world, image, shipped?.platform);
      const line = lineOf(image.declared, world.plan);
      return found ? [{ artifact: found.artifact, line, upstream: key, evidence: found.evidence }] : [];
    });
    return [...ran, ...declared];
  });
}

/**
 * Artifacts of the line with counting evidence that could tell something of the row: of the same source, akin by content,
 * or not read, so that they could be anything.
 */
function rehearsedInLine(world: World, relatives: Relatives, row: Row): Reference[] {
  const source = row.artifact && world.sourceOf(row.artifact);
  const siblings = (source?.keys ?? [])
    .flatMap((key) => row.lines.flatMap((line) => (world.buildsFrom.get(`${key} ${line}`) ?? []).map((build) => ({ build, line }))))
    .flatMap(({ build, line }) => build.outputs.filter(({ image }) => lineOf(image, world.plan) === line))
    .map(({ digest }) => world.closure.artifactOf(digest, row.artifact?.platform));
  const rank = rankOf(row.environment, world.plan) - 1;
  const akin = row.lines.flatMap((line) => relatives.akinTo(row.artifact, line, rank));
  const distinct = new Map(
    [...siblings, ...akin].filter((artifact) => typeof artifact === 'object').map((artifact) => [artifact.key, artifact]),
  );
  return [...distinct.values()].flatMap((artifact) => {
    const rehearsal = rehearsalOf(world, artifact, row);
    return rehearsal ? [{ artifact, line: row.line, upstream: rehearsal.upstream, evidence: rehearsal.evidence }] : [];
  });
}
