import { type Known, known, unknown } from '../domain/known.ts';
import type { RunningImage } from '../domain/observation.ts';
import { sortedBy } from '../domain/order.ts';
import { isResolved } from './artifact.ts';
import type { Row } from './row.ts';

/** One of several artifacts that a slot runs at once. */
export type Share = Readonly<{ digest: string; instances: number; nodes: number | undefined; since: string | undefined }>;

/** What a slot runs, all of it: one share where everything runs one artifact. */
export type Mix = Readonly<{
  shares: readonly Share[];
  rollout: RunningImage['rollout'];
  /** Whether this row is the one that is told: the smallest share. */
  isOutlier: boolean;
}>;

/** The mix of a row's slot, from all its rows; digests that were not read may be one artifact. */
export function mixOf(row: Row, ofSlot: readonly Row[]): Known<Mix> {
  if (ofSlot.length > 1 && ofSlot.some(({ artifact }) => !artifact || !isResolved(artifact))) return unknown('content-unknown');
  return known(
    toMix(row, ofSlot),
    ofSlot.flatMap(({ running }) => running),
  );
}

function toMix(row: Row, ofSlot: readonly Row[]): Mix {
  const ordered = sortedBy(ofSlot, ({ instances, artifact }) => `${String(instances).padStart(9, '0')} ${artifact?.key ?? ''}`);
  const rollouts = ofSlot.flatMap(({ running }) => running.map(({ rollout }) => rollout));
  const inTransit = rollouts.includes('paused') ? 'paused' : 'rolling';
  return {
    shares: ordered.toReversed().map(toShare),
    rollout: rollouts.every((rollout) => rollout === 'settled') ? 'settled' : inTransit,
    isOutlier: ordered[0] === row,
  };
}

function toShare({ artifact, running, instances }: Row): Share {
  const nodes = running.map((image) => image.nodes).filter((count) => count !== undefined);
  const since = running.map((image) => image.since).filter((time) => time !== undefined);
  return {
    digest: artifact?.digest ?? running[0]?.digest ?? 'not known',
    instances,
    nodes: nodes.length > 0 ? Math.max(...nodes) : undefined,
    since: since.toSorted()[0],
  };
}
