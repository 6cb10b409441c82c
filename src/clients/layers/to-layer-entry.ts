import type { LayerEntry } from '../../domain/layer.ts';
import { byText } from '../../domain/order.ts';
import { unreadable } from '../../error.ts';
import type { TarHeader } from './tar-header.ts';
import { unlikeTar } from './tar-text.ts';

const LONGEST_PATH = 4096;
const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** What is read from an extended header elsewhere, or is a time, or names an owner whose number counts. */
const KNOWN: ReadonlySet<string> = new Set([
  'path',
  'linkpath',
  'size',
  'uid',
  'gid',
  'uname',
  'gname',
  'mtime',
  'atime',
  'ctime',
  'LIBARCHIVE.creationtime',
]);

type Notes = Readonly<{ pax?: ReadonlyMap<string, string>; name?: string; link?: string }>;

/** An entry as a runtime unpacks it: what an extended header says counts above the header. */
export function toLayerEntry(header: TarHeader, { pax, name, link }: Notes, sha256: string): LayerEntry {
  const path = pathOf(pax?.get('path') ?? name ?? header.name);
  const told = pax?.get('linkpath') ?? link ?? header.link;
  const isLink = header.type === 'link' || header.type === 'symlink';
  const entry: LayerEntry = {
    path,
    type: header.type,
    mode: header.mode,
    uid: numberOf(pax?.get('uid')) ?? header.uid,
    gid: numberOf(pax?.get('gid')) ?? header.gid,
    size: header.size,
    sha256,
    link: header.type === 'link' ? pathOf(told) : isLink ? told : '',
    device: header.type.endsWith('-device') ? header.device : '',
    more: moreOf(pax),
    mtime: pax?.get('mtime') ?? String(header.mtime),
  };
  return asWhiteout(entry) ?? entry;
}

/** What a name leads to from the root, whatever it begins with; one that leads out of it is no name in an image. */
function pathOf(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (name === '' || name.length > LONGEST_PATH) throw unlikeTar('has an entry without a name, or with one without end');
  if (!parts.includes('..')) return parts.join('/');
  throw unreadable('untrusted', `it has an entry called "${name}", which leads out of it`, {
    hint: 'Do not unpack it, and find out who built it: no builder writes such a name.',
  });
}

/** A whiteout takes away, whatever else is written of it. */
function asWhiteout({ path, mtime }: LayerEntry): LayerEntry | undefined {
  const slash = path.lastIndexOf('/') + 1;
  const last = path.slice(slash);
  if (!last.startsWith(WHITEOUT)) return undefined;
  const isOpaque = last === OPAQUE;
  const nothing = { mode: 0, uid: 0, gid: 0, size: 0, sha256: '', link: '', device: '', more: '', mtime };
  const taken = isOpaque ? path.slice(0, Math.max(0, slash - 1)) : `${path.slice(0, slash)}${last.slice(WHITEOUT.length)}`;
  return { path: taken, type: isOpaque ? 'opaque' : 'whiteout', ...nothing };
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw unlikeTar('has an owner that is none');
  return Number(text);
}

function moreOf(pax: ReadonlyMap<string, string> | undefined): string {
  const kept = [...(pax ?? [])].filter(([key]) => !KNOWN.has(key)).toSorted(([a], [b]) => byText(a, b));
  return kept.length > 0 ? JSON.stringify(kept) : '';
}
