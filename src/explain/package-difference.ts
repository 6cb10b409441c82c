import type { AttachedBill, Bill, BillsRead, Package } from '../domain/bill.ts';
import { byText, groupBy, sortedBy } from '../domain/order.ts';
import { Trust } from '../domain/trust.ts';

type Versions = readonly string[];

/** The bill that stands for one of two images. */
export type BillTold = Omit<AttachedBill, 'packages'> & Readonly<{ packages: number }>;

/** The packages in which two bills differ; a package in several versions is one. */
export type PackagesCompared = Readonly<{
  a: BillTold;
  b: BillTold;
  changed: readonly Readonly<{ name: string; a: Versions; b: Versions }>[];
  onlyA: readonly Readonly<{ name: string; versions: Versions }>[];
  onlyB: readonly Readonly<{ name: string; versions: Versions }>[];
  same: number;
}>;

/** How the packages of two images differ as their bills tell it, or why that is not told; what of their bills was not read stands beside it. */
export type PackageDifference = Readonly<{ says: string; compared?: PackagesCompared; unread: readonly string[] }>;

/** Compares the packages of two images by the bills attached to them; undefined where there is none of either, as far as was read. */
export function comparePackages(a: BillsRead, b: BillsRead): PackageDifference | undefined {
  const unread = [...a.unread.map((why) => `A: ${why}`), ...b.unread.map((why) => `B: ${why}`)];
  if (a.bills.length + b.bills.length + unread.length === 0) return undefined;
  const pair = pairOf(a.bills, b.bills);
  if (typeof pair === 'string') return { says: `not compared: ${pair}`, unread };
  const compared = compareBills(...pair);
  return { says: saysOf(compared), compared, unread };
}

type Pair = readonly [AttachedBill, AttachedBill];

/** One bill of each image in one format; where several would do, none is chosen, since they are of different parts of what was built. */
function pairOf(a: readonly AttachedBill[], b: readonly AttachedBill[]): Pair | string {
  const without = [a.length === 0 ? 'A' : [], b.length === 0 ? 'B' : []].flat();
  if (without.length > 0) return `no SBOM of ${without.join(' or of ')} was read`;
  const formats = (['SPDX', 'CycloneDX'] as const).filter((format) =>
    [a, b].every((bills) => bills.some((bill) => bill.format === format)),
  );
  if (formats.length === 0) return `the SBOM of A is ${a[0]?.format}, that of B ${b[0]?.format}: formats name packages differently`;
  const pairs = formats.flatMap((format) => {
    const [ofA, ofB] = [strongestIn(format, a), strongestIn(format, b)];
    const [[one], [other]] = [ofA, ofB];
    return ofA.length === 1 && ofB.length === 1 && one && other ? [[one, other] as const] : [];
  });
  const [best] = sortedBy(pairs, (pair) => `${Math.max(...pair.map(rankOf))}`);
  if (!best) return 'several SBOMs of one format are attached, and which of them is of the image is not said';
  const empty = best.findIndex(({ packages }) => packages.length === 0);
  return empty < 0 ? best : `the SBOM of ${empty === 0 ? 'A' : 'B'} lists no package`;
}

/** Those of the strongest trust that tell different things. */
function strongestIn(format: Bill['format'], bills: readonly AttachedBill[]): readonly AttachedBill[] {
  const ours = bills.filter((bill) => bill.format === format);
  const strongest = Math.min(...ours.map(rankOf));
  const told = ours.filter((bill) => rankOf(bill) === strongest).toSorted((one, other) => byText(one.digest, other.digest));
  return [...new Map(told.map((bill) => [JSON.stringify(bill.packages.map(keyOf).toSorted(byText)), bill])).values()];
}

function rankOf({ trust }: AttachedBill): number {
  return Trust.options.indexOf(trust);
}

function keyOf({ name, version = '' }: Package): string {
  return `${name}\n${version}`;
}

function compareBills(a: AttachedBill, b: AttachedBill): PackagesCompared {
  const [ofA, ofB] = [versionsOf(a), versionsOf(b)];
  const alone = (own: typeof ofA, other: typeof ofA) =>
    [...own].filter(([name]) => !other.has(name)).map(([name, versions]) => ({ name, versions }));
  const shared = [...ofA].flatMap(([name, versions]) => {
    const others = ofB.get(name);
    return others ? [{ name, a: versions, b: others }] : [];
  });
  const changed = shared.filter((one) => one.a.join('\n') !== one.b.join('\n'));
  const same = shared.length - changed.length;
  return { a: toldOf(a, ofA.size), b: toldOf(b, ofB.size), changed, onlyA: alone(ofA, ofB), onlyB: alone(ofB, ofA), same };
}

function versionsOf({ packages }: AttachedBill): ReadonlyMap<string, Versions> {
  const byName = groupBy(
    sortedBy(packages, ({ name }) => name),
    ({ name }) => name,
  );
  return new Map([...byName].map(([name, all]) => [name, [...new Set(all.map(({ version }) => version ?? ''))].toSorted(byText)]));
}

function toldOf({ packages: _, ...bill }: AttachedBill, packages: number): BillTold {
  return { ...bill, packages };
}

function saysOf({ a, b, changed, onlyA, onlyB, same }: PackagesCompared): string {
  const isOther = a.generator !== b.generator || a.generator === undefined;
  const caution = isOther ? '; other generators made them, or unnamed ones, which may be why' : '';
  if (changed.length + onlyA.length + onlyB.length === 0) return `the SBOMs list the same: ${same} ${same === 1 ? 'package' : 'packages'}`;
  return `by the SBOMs, ${changed.length} in another version, ${onlyA.length} only in A, ${onlyB.length} only in B, ${same} the same${caution}`;
}
