import { indexBy, remember } from '../domain/order.ts';
import { type Artifact, isResolved } from './artifact.ts';
import { EMPTY_LAYER } from './identity.ts';
import { rankOf } from './pairing.ts';
import type { World } from './world.ts';

/** Finds, without comparing every pair, the artifacts of a line that could be akin to one by source or content. */
export type Relatives = Readonly<{ akinTo(artifact: Artifact | undefined, line: string, rank: number): readonly Artifact[] }>;

/** The most artifacts of one line whose content was not read that are looked at: one that was rehearsed is enough to be in doubt. */
const UNREAD_LOOKED_AT = 64;

/** Opens the relatives of everything that ran, by line and rank. */
export function openRelatives(world: World): Relatives {
  const chainsOf = openChains();
  const marksOf = (artifact: Artifact) => {
    const diffIds = artifact.config?.diffIds ?? [];
    const last = diffIds.findLast((diffId) => diffId !== EMPTY_LAYER);
    const source = world.sourceOf(artifact)?.keys ?? [];
    return [...source, ...(last === undefined ? [] : [`last ${last}`, `chain ${chainsOf(diffIds).at(-1)}`])];
  };
  const indexOf = remember(
    ({ line, rank }: { line: string; rank: number }) => `${rank} ${line}`,
    ({ line, rank }) => {
      const ran = (world.sightingsOfLine.get(line) ?? []).filter(({ image }) => rankOf(image.environment, world.plan) === rank);
      const artifacts = [...new Map(ran.flatMap(({ artifact }) => (artifact ? [[artifact.key, artifact] as const] : []))).values()];
      const unread = artifacts.filter((artifact) => !isResolved(artifact) || !artifact.config);
      return { unread: unread.slice(0, UNREAD_LOOKED_AT), byMark: indexBy(artifacts, marksOf) };
    },
  );
  return {
    akinTo(artifact, line, rank) {
      const { unread, byMark } = indexOf({ line, rank });
      const below = chainsOf(artifact?.config?.diffIds ?? []).map((chain) => `chain ${chain}`);
      const marks = artifact ? [...marksOf(artifact), ...below] : [];
      return [...unread, ...marks.flatMap((mark) => byMark.get(mark) ?? [])];
    },
  };
}

/** Numbers every run of layers from the bottom, so that equal runs have equal numbers whatever their length. */
function openChains(): (diffIds: readonly string[]) => readonly number[] {
  const numbers = new Map<string, number>();
  return (diffIds) => {
    let below = 0;
    return diffIds.map((diffId) => {
      const step = `${below} ${diffId}`;
      below = numbers.get(step) ?? numbers.size + 1;
      numbers.set(step, below);
      return below;
    });
  };
}
