import { type Known, known, unknown } from '../domain/known.ts';
import type { RunningImage } from '../domain/observation.ts';
import { groupBy, indexBy, sortedBy } from '../domain/order.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

/**
 * The ephemeral containers beside a row: in the pods of its workload; `other-row` where another row of the workload
 * tells them, `injected` where the row stands for many workloads, each of which has rows of its own.
 */
export type Debugging = readonly RunningImage[] | 'other-row' | 'injected';

/** Opens the question which workloads have ephemeral containers, as of the recording that each row is of; none only where all pods were listed. */
export function openDebugging(world: World, rows: readonly Row[]): (row: Row) => Known<Debugging> {
  const ephemeral = indexBy(
    world.recordings.flatMap(({ observations }, at) =>
      observations.flatMap((seen) => (seen.kind === 'running-image' && seen.role === 'ephemeral' ? [{ image: seen, at }] : [])),
    ),
    ({ image, at }) => `${at} ${placeOf(image)}`,
  );
  const first = new Set([...groupBy(rows, placeOf).values()].map(([row]) => row));
  return (row) => {
    if (row.workload.namespace === '*') return known('injected');
    const at = (world.sightingsIn.get(row.where) ?? []).find(({ image }) => row.running.includes(image))?.recording ?? -1;
    const found = ephemeral.get(`${at} ${placeOf(row)}`) ?? [];
    if (found.length > 0 && !first.has(row)) return known('other-row');
    if (found.length === 0) return noneIn(world, row, at);
    const images = sortedBy(found, ({ image }) => `${image.container} ${image.since ?? ''} ${image.origin.locator}`).map(
      ({ image }) => image,
    );
    return known(images, images);
  };
}

function noneIn(world: World, { environment, workload }: Row, at: number): Known<Debugging> {
  const { cluster, namespace } = workload;
  const silence = world.silenceIn(at, { of: 'running-image', environment, cluster, namespace });
  return silence.covered ? known([], silence.evidence) : unknown('pods-not-listed');
}

function placeOf({ environment, workload }: Pick<RunningImage, 'environment' | 'workload'>): string {
  return [environment, workload.cluster, workload.namespace, workload.kind, workload.name].join(' ');
}
