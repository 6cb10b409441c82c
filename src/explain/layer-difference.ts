import type { LayerContents, LayerEntry } from '../domain/layer.ts';
import { byText, groupBy } from '../domain/order.ts';

/** A path that two layers do not have alike, and in what. */
export type PathDifference = Readonly<{ path: string; is: 'only-a' | 'only-b' | 'changed'; what: readonly string[] }>;

/** How two layers differ: path by path, and, apart from them, in how many paths by nothing but times. */
export type LayerDifference = Readonly<{ paths: readonly PathDifference[]; times: number; entries: number }>;

const NOTHING: Pick<LayerContents, 'entries'> = { entries: [] };

/** Compares what two layers hold, in whatever order they hold it; one that is not there holds nothing. */
export function compareLayerContents(
  a: Pick<LayerContents, 'entries'> = NOTHING,
  b: Pick<LayerContents, 'entries'> = NOTHING,
): LayerDifference {
  const [ofA, ofB] = [byPath(a.entries), byPath(b.entries)];
  const paths = [...new Set([...ofA.keys(), ...ofB.keys()])].toSorted(byText);
  const compared = paths.map((path) => comparePath(path, ofA.get(path), ofB.get(path)));
  return {
    paths: compared.filter((one) => typeof one !== 'string'),
    times: compared.filter((one) => one === 'times').length,
    entries: paths.length,
  };
}

/** What is written twice is kept twice: which of them counts is for an unpacker to say. */
function byPath(entries: readonly LayerEntry[]): ReadonlyMap<string, readonly LayerEntry[]> {
  const groups = groupBy(entries, ({ path }) => path);
  const isPlain = groups.size === entries.length;
  return isPlain ? new Map([...withLinksResolved(groups)].map(([path, entry]) => [path, [entry]])) : groups;
}

/** Names of one file are one file under each of them, whichever a builder wrote first. */
function withLinksResolved(groups: ReadonlyMap<string, readonly LayerEntry[]>): ReadonlyMap<string, LayerEntry> {
  const entries = new Map([...groups].flatMap(([path, [entry]]) => (entry ? [[path, entry] as const] : [])));
  const links = [...entries.values()].filter(({ type, link }) => type === 'link' && entries.get(link)?.type === 'file');
  for (const [target, names] of groupBy(links, ({ link }) => link)) {
    const file = entries.get(target);
    if (!file) continue;
    const all = [target, ...names.map(({ path }) => path)].toSorted(byText);
    for (const path of all) entries.set(path, { ...file, path, link: all.join('\0') });
  }
  return entries;
}

function comparePath(path: string, a: readonly LayerEntry[] = [], b: readonly LayerEntry[] = []): PathDifference | 'same' | 'times' {
  if (b.length === 0) return { path, is: 'only-a', what: a.map(({ type }) => type) };
  if (a.length === 0) return { path, is: 'only-b', what: b.map(({ type }) => type) };
  if (a.length !== b.length) return { path, is: 'changed', what: [`written ${a.length} times and ${b.length} times`] };
  const what = [...new Set(a.flatMap((entry, at) => b.slice(at, at + 1).flatMap((other) => unequalIn(entry, other))))];
  if (what.length > 0) return { path, is: 'changed', what };
  return a.every(({ mtime }, at) => Number(mtime) === Number(b[at]?.mtime)) ? 'same' : 'times';
}

const TOLD: readonly Readonly<{ key: keyof LayerEntry; is: (entry: LayerEntry) => string | undefined }>[] = [
  { key: 'type', is: ({ type }) => type },
  { key: 'sha256', is: () => undefined },
  { key: 'size', is: ({ size }) => String(size) },
  { key: 'mode', is: ({ mode }) => mode.toString(8).padStart(4, '0') },
  { key: 'uid', is: ({ uid }) => String(uid) },
  { key: 'gid', is: ({ gid }) => String(gid) },
  { key: 'link', is: ({ type, link }) => (type === 'symlink' || type === 'link' ? link : undefined) },
  { key: 'device', is: ({ device }) => device },
  { key: 'more', is: () => undefined },
];
const NAMES: Readonly<Partial<Record<keyof LayerEntry, string>>> = { sha256: 'bytes', uid: 'owner', gid: 'group', more: 'attributes' };

function unequalIn(a: LayerEntry, b: LayerEntry): string[] {
  return TOLD.filter(({ key }) => a[key] !== b[key]).map(({ key, is }) => {
    const [before, after] = [is(a), is(b)];
    const name = NAMES[key] ?? key;
    return before === undefined || after === undefined ? name : `${name} ${before} → ${after}`;
  });
}
