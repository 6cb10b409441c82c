import type { Observation } from '../domain/observation.ts';
import { birthOf } from './origin.ts';
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
  const slot = world.slots.get(row.where);
  const counterparts = slot ? world.pairing.counterpartsOf(slot) : [];
  return counterparts.length > 0
    ? revisionHistory(
        world,
        row,
        counterparts.map(({ key }) => key),
      )
    : absenceAround(world, row);
}

/** Every revision of every counterpart since before the artifact's birth: numbered without a hole, each pinned by digest. */
function revisionHistory(world: World, row: Row, counterparts: readonly string[]): History {
  if (!row.artifact) return { covered: false };
  const birth = birthOf(world, row, row.artifact).at;
  const evidence = counterparts.map((key) => {
    const current = (world.sightingsIn.get(key) ?? []).map(({ image }) => ({
      image,
      revision: image.revision,
      pinned: image.declared.spec.digest,
    }));
    const earlier = (world.declaredIn.get(key) ?? []).map((image) => ({ image, revision: image.revision, pinned: image.declared.digest }));
    const all = [...earlier, ...current];
    const numbers = [...new Set(all.map(({ revision }) => revision?.number))]
      .filter((number) => number !== undefined)
      .toSorted((a, b) => a - b);
    const isWhole = numbers.length > 0 && numbers.every((number, at) => at === 0 || number === (numbers[at - 1] ?? 0) + 1);
    const reachesBack = all.some(({ revision }) => revision?.created !== undefined && revision.created <= birth);
    const isPinned = all.every(({ pinned, revision }) => pinned !== undefined && revision?.number !== undefined);
    return isWhole && reachesBack && isPinned ? all.map(({ image }) => image) : undefined;
  });
  const upstreamListed = listedIn(world, world.recordings.length - 1, row);
  if (!upstreamListed || evidence.some((images) => images === undefined)) return { covered: false };
  return { covered: true, evidence: [...evidence.flatMap((images) => images ?? []), ...upstreamListed] };
}

/** Two complete recordings around the arrival, in both of which the line is absent upstream. */
function absenceAround(world: World, row: Row): History {
  const first = (world.sightingsIn.get(row.where) ?? []).find(({ artifact }) => artifact?.key === row.artifact?.key)?.recording;
  if (first === undefined || first === 0) return { covered: false };
  const upstream = upstreamOf(world, row);
  const present = (world.sightingsOfLine.get(row.line) ?? []).some(
    ({ recording, image }) => upstream.includes(image.environment) && (recording === first || recording === first - 1),
  );
  const [before, after] = [listedIn(world, first - 1, row), listedIn(world, first, row)];
  return !present && before && after ? { covered: true, evidence: [...before, ...after] } : { covered: false };
}

/** The coverage that makes one recording complete for every environment upstream of a row. */
export function listedIn(world: World, recording: number, row: Row): readonly Observation[] | undefined {
  const answers = upstreamOf(world, row).map((environment) => world.silenceIn(recording, { of: 'running-image', environment }));
  return answers.every(({ covered }) => covered) ? answers.flatMap((answer) => (answer.covered ? answer.evidence : [])) : undefined;
}
