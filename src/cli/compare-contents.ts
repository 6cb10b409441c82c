import { openLayerReader } from '../clients/layers/layer-reader.ts';
import { type Allowance, LAYER_LIMITS, openAllowance } from '../clients/layers/limits.ts';
import type { BlobTaker } from '../collect/define-source.ts';
import type { LayerContents } from '../domain/layer.ts';
import { AuditError, unreadable } from '../error.ts';
import { type ContentDifference, concludeContents, type PairOutcome } from '../explain/content-difference.ts';
import { compareLayerContents } from '../explain/layer-difference.ts';
import type { LayerPair, LayerPlan, LayerSide } from '../explain/layer-plan.ts';
import { formatSize } from './size.ts';

/** Where the layers of one image are read, and how many bytes that takes from the network. */
export type LayerPlace = Readonly<{
  bytesOf(side: LayerSide): number;
  read(side: LayerSide, open: () => BlobTaker): Promise<void>;
}>;

export type LayerPlaces = Readonly<{ a: LayerPlace; b: LayerPlace }>;

/** What is left to be downloaded; asked for one pair after the other. */
export type Budget = { leftBytes: number };

/** Compares, within a budget, what the layers hold in which two images differ: two at a time, nothing of them on disk. */
export async function compareContents(plan: LayerPlan, places: LayerPlaces, budget: Budget): Promise<ContentDifference> {
  const allowance = openAllowance(LAYER_LIMITS);
  const bytesOf = ({ a, b }: LayerPair) => (a ? places.a.bytesOf(a) : 0) + (b ? places.b.bytesOf(b) : 0);
  const allBytes = plan.pairs.reduce((total, pair) => total + bytesOf(pair), 0);
  const outcomes: PairOutcome[] = [];
  for (const pair of plan.pairs) {
    const bytes = bytesOf(pair);
    const beyond = `it takes ${formatSize(bytes)} of the budget, which has ${formatSize(budget.leftBytes)} left; --layers ${formatSize(allBytes)} is enough for all`;
    outcomes.push(bytes > budget.leftBytes ? { pair, unread: beyond } : await comparePair(pair, places, allowance));
    budget.leftBytes -= bytes > budget.leftBytes ? 0 : bytes;
  }
  return concludeContents(plan, outcomes);
}

async function comparePair(pair: LayerPair, places: LayerPlaces, allowance: Allowance): Promise<PairOutcome> {
  try {
    const a = pair.a && (await readLayer(pair.a, places.a, allowance));
    const b = pair.b && (await readLayer(pair.b, places.b, allowance));
    return { pair, difference: compareLayerContents(a, b) };
  } catch (error) {
    if (!(error instanceof AuditError) || error.because === undefined) throw error;
    return { pair, unread: `${error.because}: ${error.message.replace(/^it could not be read: /, '')}` };
  }
}

async function readLayer(side: LayerSide, place: LayerPlace, allowance: Allowance): Promise<LayerContents> {
  const { diffId, blob } = side;
  if (blob && /nondistributable|foreign/.test(blob.mediaType))
    throw unreadable('unsupported', `the layer ${blob.digest} is handed out by its vendor alone, which is not asked`);
  let reader: ReturnType<typeof openLayerReader> | undefined;
  const open = () => {
    // An attempt before this one was cut off.
    reader?.abandon();
    reader = openLayerReader({ diffId, ...(blob ? { blob } : {}) }, allowance);
    return reader;
  };
  try {
    await place.read(side, open);
  } catch (error) {
    reader?.abandon();
    throw error;
  }
  if (!reader) throw unreadable('unreachable', `the layer ${diffId} was not handed out`);
  return reader.contents;
}
