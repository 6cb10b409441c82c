import type { LayerDifference } from './layer-difference.ts';
import type { Configuration, LayerPair, LayerPlan, LayerSide } from './layer-plan.ts';

/** What came of two layers: how they differ, or why they were not compared. */
export type PairOutcome = Readonly<{ pair: LayerPair }> & (Readonly<{ difference: LayerDifference }> | Readonly<{ unread: string }>);

/** How the contents of two images differ in the layers that they do not share. */
export type ContentDifference = Readonly<{
  verdict: 'equal but for times' | 'equal' | 'different' | 'not decided';
  says: string;
  outcomes: readonly PairOutcome[];
}>;

/** Concludes from every pair of layers: that only times differ is said where every one was compared, and where nothing else differs. */
export function concludeContents({ configuration }: Pick<LayerPlan, 'configuration'>, outcomes: readonly PairOutcome[]): ContentDifference {
  const compared = outcomes.flatMap((outcome) => ('difference' in outcome ? [outcome.difference] : []));
  const unread = outcomes.length - compared.length;
  const [paths, times, entries] = [
    sum(compared, ({ paths: found }) => found.length),
    sum(compared, ({ times: n }) => n),
    sum(compared, (one) => one.entries),
  ];
  if (paths > 0) return { verdict: 'different', says: differentSays(outcomes, paths, unread), outcomes };
  // A layer that is written in one image alone and holds nothing is none.
  if (unread > 0)
    return {
      verdict: 'not decided',
      says: `${unread} of ${count(outcomes.length, 'pair')} of layers ${unread === 1 ? 'was' : 'were'} not compared, and in the others nothing but times differs`,
      outcomes,
    };
  const same = `all ${count(entries, 'path')} of the layers that differ are the same`;
  const how = times > 0 ? `${same} but for the times of ${times}` : `${same}, packed in another way`;
  const verdict = times > 0 ? 'equal but for times' : 'equal';
  return { verdict, says: `${how}; ${rebuildSays(configuration)}`, outcomes };
}

function rebuildSays({ is, says }: Configuration): string {
  if (is === 'same') return `a rebuild of the same files with ${says}`;
  return is === 'different' ? `the images do not run alike: ${says}` : says;
}

function differentSays(outcomes: readonly PairOutcome[], paths: number, unread: number): string {
  const differing = outcomes.filter((outcome) => 'difference' in outcome && outcome.difference.paths.length > 0);
  const [first] = differing;
  const where = first ? ` first in ${tellPair(first.pair)}` : '';
  const others = unread > 0 ? `; ${count(unread, 'pair')} of layers not compared` : '';
  return `${count(paths, 'path')} in ${count(differing.length, 'pair')} of layers differ in more than times,${where}${others}`;
}

/** A pair of layers as words: its place, what made it, and the part it is of. */
export function tellPair({ a, b }: LayerPair): string {
  const side = a ?? b;
  if (!side) return 'no layer';
  const places =
    a && b && (a.at !== b.at || a.of !== b.of) ? `layer ${a.at} of ${a.of} against ${b.at} of ${b.of}` : `layer ${side.at} of ${side.of}`;
  const whose = a && b ? '' : ` of ${a ? 'A' : 'B'} alone`;
  return `${places}${whose}${stepOf(a, b)}${partOf(side)}`;
}

function stepOf(a: LayerSide | undefined, b: LayerSide | undefined): string {
  const steps = [...new Set([a?.step, b?.step].filter((step) => step !== undefined))];
  return steps.length > 0 ? ` by ${steps.map((step) => `"${step}"`).join(' against ')}` : '';
}

function partOf({ part }: LayerSide): string {
  return part === 'unknown' ? '' : ` (${part} part)`;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
