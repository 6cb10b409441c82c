import { type ContentDifference, type PairOutcome, tellPair } from '../explain/content-difference.ts';
import type { Comparison } from '../explain/difference.ts';
import type { PathDifference } from '../explain/layer-difference.ts';
import type { PackageDifference } from '../explain/package-difference.ts';
import { printable } from '../report/printable.ts';
import { tellPackages } from './tell-packages.ts';

/**
 * How two images compare on a platform; where they have attached bills of materials, the packages in which they differ; and, where that was asked for
 * and they have other layers, what these hold.
 */
export type ComparedInDepth = Comparison & Readonly<{ packages?: PackageDifference; contents?: ContentDifference }>;

type Named = Readonly<{ what: string; digest: string }>;
type Told = Readonly<{ a: Named; b: Named; comparisons: readonly ComparedInDepth[] }>;

const MOST_PATHS = 20;

/** Both images and how they compare, for people. */
export function tellDifference({ a, b, comparisons }: Told): string {
  const heads = [a, b].map(({ what, digest }) => (what === digest ? digest : `${what} = ${digest}`));
  return [...heads, ...comparisons.flatMap(tellComparison)].map((line) => `${printable(line)}\n`).join('');
}

function tellComparison({ platform, verdict, rung, says, cause, contents, builders, packages }: ComparedInDepth): string[] {
  const about = verdict === 'one artifact' ? says : `${verdict}: ${says}`;
  const because = cause && verdict !== 'one artifact' ? ` (${cause.replaceAll('-', ' ')})` : '';
  const line = `${platform ? `${platform}: ` : ''}${about}${because}`;
  const built = builders ? [`  built by ${builders.a.join(', ')} against ${builders.b.join(', ')}`] : [];
  const head = [line, ...built, ...(packages ? tellPackages(packages) : [])];
  if (contents) return [...head, `  contents: ${contents.verdict}: ${contents.says}`, ...contents.outcomes.flatMap(tellOutcome)];
  const haveOtherLayers = verdict === 'different' && ['same-base', 'base-differs', 'different'].includes(rung ?? '');
  return haveOtherLayers ? [...head, '  bytes differ, content not compared; --layers compares it'] : head;
}

function tellOutcome(outcome: PairOutcome): string[] {
  const head = `  ${tellPair(outcome.pair)}`;
  if ('unread' in outcome) return [`${head}: not compared: ${outcome.unread}`];
  const { paths, times, entries } = outcome.difference;
  const rest = paths.length > MOST_PATHS ? [`    and ${paths.length - MOST_PATHS} more, which --json lists`] : [];
  return [
    `${head}: ${paths.length} of ${entries} paths differ${times > 0 ? `, and ${times} in times alone` : ''}`,
    ...paths.slice(0, MOST_PATHS).map(tellPath),
    ...rest,
  ];
}

function tellPath({ path, is, what }: PathDifference): string {
  const whose = is === 'changed' ? '' : `only in ${is === 'only-a' ? 'A' : 'B'}, `;
  return `    /${withBytes(path)}: ${whose}${withBytes(what.join(', '))}`;
}

/** Bytes of a name that are no UTF-8, which are lone surrogates here, as hexadecimal. */
function withBytes(text: string): string {
  return text.replace(/[\udc80-\udcff]/gu, (surrogate) => `\\x${(surrogate.charCodeAt(0) & 0xff).toString(16)}`);
}
