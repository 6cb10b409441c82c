import type { Observation } from '../domain/observation.ts';
import { lineOf } from './image-class.ts';
import { upstreamOf } from './history.ts';
import { sourceOf } from './origin.ts';
import { rehearsalOf } from './rehearsal.ts';
import type { Artifact, Row } from './row.ts';
import type { World } from './world.ts';

/** An artifact that a row is compared with: what its counterpart runs or ran, or what of its line was rehearsed. */
export type Reference = Readonly<{ artifact: Artifact; upstream: string; evidence: readonly Observation[] }>;

/** Every reference of a row, one per artifact, by key; ungated counterparts count (SEMANTICS 29). */
export function referencesOf(world: World, row: Row): readonly Reference[] {
  const found = new Map<string, Reference>();
  for (const reference of [...ranInCounterpart(world, row), ...rehearsedInLine(world, row)]) {
    const { key } = reference.artifact;
    if (key !== row.artifact?.key && !found.has(key)) found.set(key, reference);
  }
  return [...found.values()].toSorted((a, b) => (a.artifact.key < b.artifact.key ? -1 : 1));
}

function ranInCounterpart(world: World, row: Row): Reference[] {
  const slot = world.slots.get(row.where);
  const counterparts = slot ? world.pairing.counterpartsOf(slot) : [];
  return counterparts.flatMap(({ key }) => {
    const ran = (world.sightingsIn.get(key) ?? []).flatMap(({ artifact, image }) =>
      artifact ? [{ artifact, upstream: key, evidence: [image] }] : [],
    );
    const declared = (world.declaredIn.get(key) ?? []).flatMap((image) => {
      const artifact = image.declared.digest && world.closure.artifactOf(image.declared.digest, row.artifact?.platform);
      return typeof artifact === 'object' ? [{ artifact, upstream: key, evidence: [image] }] : [];
    });
    return [...ran, ...declared];
  });
}

/** Artifacts of the line with counting evidence: seen upstream, or built from the same source and tested. */
function rehearsedInLine(world: World, row: Row): Reference[] {
  const upstream = upstreamOf(world, row);
  const seen = (world.sightingsOfLine.get(row.line) ?? [])
    .filter(({ image }) => upstream.includes(image.environment))
    .map(({ artifact }) => artifact);
  const source = row.artifact && sourceOf(world, row.artifact);
  const siblings = (source?.keys ?? [])
    .flatMap((key) => world.buildsFrom.get(key) ?? [])
    .flatMap(({ outputs }) => outputs.filter(({ image }) => lineOf(image, world.plan) === row.line))
    .map(({ digest }) => world.closure.artifactOf(digest, row.artifact?.platform));
  const distinct = new Map(
    [...seen, ...siblings].filter((artifact) => typeof artifact === 'object').map((artifact) => [artifact.key, artifact]),
  );
  return [...distinct.values()].flatMap((artifact) => {
    const rehearsal = rehearsalOf(world, artifact, { slot: row.where, environment: row.environment, line: row.line });
    return rehearsal ? [{ artifact, upstream: rehearsal.upstream, evidence: rehearsal.evidence }] : [];
  });
}
